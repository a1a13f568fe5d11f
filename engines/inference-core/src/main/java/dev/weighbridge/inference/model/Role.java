package dev.weighbridge.inference.model;

import java.util.Locale;

/**
 * What a weight is for.
 *
 * @param layer of the block, those of an encoder after the decoder's, or -1 outside of the blocks
 * @param expert of the MLP, or -1 where there is one MLP alone
 */
public record Role(Part part, int layer, int expert) {
    /** Places where weights stand. Matrices are {@code [outputs, inputs]}. */
    public enum Part {
        /** {@code [vocabulary, embedding size]}. */
        EMBEDDING,
        /** {@code [hidden, embedding size]}. */
        EMBEDDING_PROJECTION,
        /** {@code [context length, hidden]}. */
        POSITIONS,
        EMBEDDING_NORM,
        EMBEDDING_NORM_BIAS,
        ATTENTION_NORM,
        ATTENTION_NORM_BIAS,
        QUERY(true),
        QUERY_BIAS,
        KEY(true),
        KEY_BIAS,
        VALUE(true),
        VALUE_BIAS,
        QUERY_NORM,
        KEY_NORM,
        ATTENTION_OUTPUT(true),
        ATTENTION_OUTPUT_BIAS,
        ATTENTION_POST_NORM,
        ATTENTION_POST_NORM_BIAS,
        CROSS_NORM,
        CROSS_NORM_BIAS,
        CROSS_QUERY(true),
        CROSS_KEY(true),
        CROSS_VALUE(true),
        CROSS_OUTPUT(true),
        MLP_NORM,
        MLP_NORM_BIAS,
        /** {@code [experts, hidden]}. */
        ROUTER,
        GATE(true),
        GATE_BIAS,
        UP(true),
        UP_BIAS,
        DOWN(true),
        DOWN_BIAS,
        MLP_POST_NORM,
        MLP_POST_NORM_BIAS,
        /** Of a decoder, {@code [buckets, heads]}. */
        RELATIVE_BIASES,
        /** Of its encoder. */
        ENCODER_RELATIVE_BIASES,
        ENCODER_NORM,
        ENCODER_NORM_BIAS,
        FINAL_NORM,
        FINAL_NORM_BIAS,
        /** {@code [embedding size, hidden]}. */
        HEAD_PROJECTION,
        HEAD(true),
        HEAD_BIAS;

        private final boolean linear;

        Part() {
            this(false);
        }

        Part(boolean linear) {
            this.linear = linear;
        }

        /** Whether it is the matrix of a linear layer, which a precision may quantize. */
        public boolean linear() {
            return linear;
        }
    }

    /** A weight outside of the blocks. */
    public static Role of(Part part) {
        return new Role(part, -1, -1);
    }

    /** A weight of a block. */
    public static Role of(Part part, int layer) {
        return new Role(part, layer, -1);
    }

    /** A name for graphs and messages, for example {@code block.3.query_bias}. */
    public String id() {
        return (layer < 0 ? "" : "block." + layer + ".")
                + (expert < 0 ? "" : "expert." + expert + ".")
                + part.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return id();
    }
}
