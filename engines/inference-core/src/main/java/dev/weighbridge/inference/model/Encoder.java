package dev.weighbridge.inference.model;

import java.util.List;

/**
 * What reads the whole prompt before a decoder answers: each of its tokens sees all others. It has the decoder's embedding. Weights
 * of its blocks are those of the layers after the decoder's, see {@link Definition#encoderLayer}.
 *
 * @param blocks at least one; their attention is not causal
 * @param finalNorm of what the decoder's cross-attention reads
 * @param startToken that begins every answer, and is no part of it
 */
public record Encoder(List<Block> blocks, Norm finalNorm, int startToken) {
    public Encoder {
        blocks = List.copyOf(blocks);
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("an encoder has one block at least");
        }
    }
}
