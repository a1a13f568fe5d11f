package dev.weighbridge.inference.model;

import org.jspecify.annotations.Nullable;

/**
 * One layer of a decoder.
 *
 * @param residual how attention, MLP and norms are put together
 * @param attentionNorm {@code null} only where the form has none there
 * @param mlpNorm as above; {@code null} in the parallel form where the MLP reads what the attention reads
 * @param attentionPostNorm of what the attention gives, before it is added to the stream; mostly {@code null}
 * @param mlpPostNorm of what the MLP gives, before it is added to the stream; mostly {@code null}
 * @param cross attention to what an encoder read, between attention and MLP; {@code null} where there is no encoder
 */
public record Block(
        Residual residual,
        @Nullable Norm attentionNorm,
        Attention attention,
        @Nullable Norm attentionPostNorm,
        @Nullable Norm mlpNorm,
        Mlp mlp,
        @Nullable Norm mlpPostNorm,
        @Nullable Cross cross) {

    /**
     * Attention of a decoder's tokens to all that the encoder gave, with neither positions nor window.
     *
     * @param norm of what the queries are made from
     */
    public record Cross(Norm norm, Attention attention) {}

    /** Where norms stand, and what is added to what; {@code x} is the stream. */
    public enum Residual {
        /** {@code x += attention(norm(x)); x += mlp(norm(x))}. */
        SEQUENTIAL,
        /** {@code x += attention(norm(x)) + mlp(norm(x))}, both from the same {@code x}. */
        PARALLEL,
        /** {@code x = norm(x + attention(x)); x = norm(x + mlp(x))}, as in the first transformers. */
        NORM_AFTER
    }

    /** A block without an encoder. */
    public Block(
            Residual residual,
            @Nullable Norm attentionNorm,
            Attention attention,
            @Nullable Norm attentionPostNorm,
            @Nullable Norm mlpNorm,
            Mlp mlp,
            @Nullable Norm mlpPostNorm) {
        this(residual, attentionNorm, attention, attentionPostNorm, mlpNorm, mlp, mlpPostNorm, null);
    }

    public Block {
        if (cross != null && residual != Residual.SEQUENTIAL) {
            throw new IllegalArgumentException("cross-attention stands in blocks of the form SEQUENTIAL alone");
        }
        boolean complete = attentionNorm != null && (mlpNorm != null || residual == Residual.PARALLEL);
        if (!complete) {
            throw new IllegalArgumentException("a block of the form " + residual + " has a norm too few");
        }
    }

    /** The usual form, in which attention and MLP each read the normalized stream one after the other. */
    public static Block sequential(Norm norm, Attention attention, Mlp mlp) {
        return new Block(Residual.SEQUENTIAL, norm, attention, null, norm, mlp, null);
    }

    /** The same with attention to an encoder. */
    public Block withCross(Cross other) {
        return new Block(residual, attentionNorm, attention, attentionPostNorm, mlpNorm, mlp, mlpPostNorm, other);
    }
}
