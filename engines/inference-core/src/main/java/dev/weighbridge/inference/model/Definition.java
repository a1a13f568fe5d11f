package dev.weighbridge.inference.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoder as data. Tokens are looked up in the embedding, pass the blocks in their order, then the last norm and the head.
 *
 * @param vocabularySize rows of the embedding, and logits of a token
 * @param hiddenSize width of the residual stream
 * @param contextLength longest sequence for which the model's positions hold, in tokens
 * @param embedding what happens between a token's row and the first block
 * @param blocks at least one
 * @param finalNorm before the head; {@code null} where the last block ends with a norm of its own
 * @param head what turns the stream into logits
 * @param encoder that reads the prompt, or {@code null} where the decoder itself does
 */
public record Definition(
        int vocabularySize,
        int hiddenSize,
        int contextLength,
        Embedding embedding,
        List<Block> blocks,
        @Nullable Norm finalNorm,
        Head head,
        @Nullable Encoder encoder) {
    /** A decoder that reads its prompt itself. */
    public Definition(
            int vocabularySize,
            int hiddenSize,
            int contextLength,
            Embedding embedding,
            List<Block> blocks,
            @Nullable Norm finalNorm,
            Head head) {
        this(vocabularySize, hiddenSize, contextLength, embedding, blocks, finalNorm, head, null);
    }

    public Definition {
        blocks = List.copyOf(blocks);
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("a decoder has one block at least");
        }
        if (blocks.stream().anyMatch(block -> (block.cross() == null) != (encoder == null))) {
            throw new IllegalArgumentException("blocks attend to an encoder where there is one, and only there");
        }
    }

    /** Number of blocks. */
    public int layers() {
        return blocks.size();
    }

    /** The layer under which the weights of an encoder's block are known. */
    public int encoderLayer(int block) {
        return layers() + block;
    }

    /** Attention of a block. */
    public Attention attention(int layer) {
        return blocks.get(layer).attention();
    }
}
