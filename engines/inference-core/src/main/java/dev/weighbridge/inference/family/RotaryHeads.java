package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Norm;
import java.util.Collections;

/**
 * Heads with rotary positions, by the fields that most families have for them: {@code hidden_size}, {@code num_attention_heads},
 * {@code num_key_value_heads}, {@code head_dim}, {@code max_position_embeddings} and the positions' own.
 *
 * @param hiddenSize width of the residual stream
 * @param attention without biases, windows, caps and norms, which a family adds
 * @param contextLength up to which the positions hold
 */
record RotaryHeads(int hiddenSize, Attention attention, int contextLength) {
    /**
     * Reads them.
     *
     * @param share of a head that is rotated unless the configuration says another one
     * @param standardContext where the configuration does not say how long the context is
     */
    static RotaryHeads of(Configuration config, double share, int standardContext) {
        int hidden = config.whole("hidden_size");
        int heads = config.whole("num_attention_heads");
        return of(config, hidden, config.headSize(hidden, heads), share, standardContext);
    }

    /** With heads of a size that does not follow from the width. */
    static RotaryHeads ofSize(Configuration config, int standardHeadSize, int standardContext) {
        int hidden = config.whole("hidden_size");
        return of(config, hidden, config.whole("head_dim", standardHeadSize), 1, standardContext);
    }

    /** A decoder of such heads whose blocks are all alike, with the embedding and the head that most families have. */
    Definition decoder(Configuration config, Norm norm, Block block) {
        return new Definition(
                config.whole("vocab_size"),
                hiddenSize,
                contextLength,
                Embedding.plain(hiddenSize),
                Collections.nCopies(config.parts("num_hidden_layers"), block),
                norm,
                Head.plain(config.flag("tie_word_embeddings", false)));
    }

    private static RotaryHeads of(Configuration config, int hidden, int headSize, double share, int standardContext) {
        int heads = config.whole("num_attention_heads");
        RotaryPositions positions =
                RotaryPositions.of(config, headSize, share, config.whole("max_position_embeddings", standardContext));
        Attention attention = Attention.rotary(
                heads, config.keyValueHeads("num_key_value_heads", heads, heads), headSize, positions.rotary());
        return new RotaryHeads(hidden, attention, positions.contextLength());
    }
}
