package dev.weighbridge.inference.model;

import org.jspecify.annotations.Nullable;

/**
 * Causal self-attention of one block: {@code softmax(cap(scale * q k') + bias) v} over the positions that a token may see.
 *
 * @param heads of the queries
 * @param keyValueHeads of keys and values; divides {@code heads}, and neighbouring query heads share one
 * @param headSize width of a head
 * @param scale of the products of queries and keys
 * @param rotary how queries and keys are rotated, or {@code null}
 * @param alibi what is added to the scores, or {@code null}
 * @param window how many positions a token sees, itself included; 0 when all before it
 * @param softcap {@code c} in {@code c * tanh(score / c)}, applied to the scaled products; 0 when there is none
 * @param inputBias whether queries, keys and values have biases
 * @param outputBias whether the output has one
 * @param headNorm of every query and key head before it is rotated, or {@code null}
 * @param relative buckets of the biases that are learned for distances, or {@code null}
 */
public record Attention(
        int heads,
        int keyValueHeads,
        int headSize,
        double scale,
        @Nullable Rotary rotary,
        @Nullable Alibi alibi,
        int window,
        double softcap,
        boolean inputBias,
        boolean outputBias,
        @Nullable HeadNorm headNorm,
        @Nullable RelativeBuckets relative) {

    /**
     * A norm over each head by itself.
     *
     * @param norm of its values; never has a bias
     * @param shared whether all heads have the same weight, {@code [headSize]}; otherwise it is {@code [heads, headSize]}
     */
    public record HeadNorm(Norm norm, boolean shared) {}

    public Attention {
        if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(heads + " heads cannot share " + keyValueHeads);
        }
    }

    /** Heads with rotary positions and nothing else, scaled by the root of their size. */
    public static Attention rotary(int heads, int keyValueHeads, int headSize, @Nullable Rotary rotary) {
        return new Attention(
                heads, keyValueHeads, headSize, 1 / Math.sqrt(headSize), rotary, null, 0, 0, false, false, null, null);
    }

    /** The same with biases of queries, keys and values, and of the output. */
    public Attention withBiases(boolean input, boolean output) {
        return new Attention(
                heads,
                keyValueHeads,
                headSize,
                scale,
                rotary,
                alibi,
                window,
                softcap,
                input,
                output,
                headNorm,
                relative);
    }

    /** The same, seeing only so many positions. */
    public Attention withWindow(int positions) {
        return new Attention(
                heads,
                keyValueHeads,
                headSize,
                scale,
                rotary,
                alibi,
                positions,
                softcap,
                inputBias,
                outputBias,
                headNorm,
                relative);
    }

    /** The same with another scale and cap of the scores. */
    public Attention withScores(double newScale, double cap) {
        return new Attention(
                heads,
                keyValueHeads,
                headSize,
                newScale,
                rotary,
                alibi,
                window,
                cap,
                inputBias,
                outputBias,
                headNorm,
                relative);
    }

    /** The same with linear biases. */
    public Attention withAlibi(@Nullable Alibi biases) {
        return new Attention(
                heads,
                keyValueHeads,
                headSize,
                scale,
                rotary,
                biases,
                window,
                softcap,
                inputBias,
                outputBias,
                headNorm,
                relative);
    }

    /** The same with a norm over each head. */
    public Attention withHeadNorm(@Nullable HeadNorm norm) {
        return new Attention(
                heads,
                keyValueHeads,
                headSize,
                scale,
                rotary,
                alibi,
                window,
                softcap,
                inputBias,
                outputBias,
                norm,
                relative);
    }

    /** The same with learned biases for distances. */
    public Attention withRelative(@Nullable RelativeBuckets buckets) {
        return new Attention(
                heads,
                keyValueHeads,
                headSize,
                scale,
                rotary,
                alibi,
                window,
                softcap,
                inputBias,
                outputBias,
                headNorm,
                buckets);
    }

    /** Width of the concatenated query heads. */
    public int querySize() {
        return Math.multiplyExact(heads, headSize);
    }

    /** Width of the concatenated key heads, and of the value heads. */
    public int keyValueSize() {
        return Math.multiplyExact(keyValueHeads, headSize);
    }

    /** Query heads that share a head of keys and values. */
    public int group() {
        return heads / keyValueHeads;
    }
}
