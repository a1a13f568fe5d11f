package dev.weighbridge.scoring;

import java.util.function.ToDoubleFunction;

/**
 * What makes one figure of the scores of many samples. Each sample gives a vector; the figure is a function of the sum of
 * these vectors, so that it can be formed while reading and resampled cheaply.
 *
 * @param id the figure's rule, for example {@code mean}
 * @param width length of a sample's vector
 * @param value the figure from the sum of the vectors; NaN where it is not defined, as for no samples
 */
public record Aggregation(String id, int width, ToDoubleFunction<double[]> value) {
    /** Mean of a score: each sample gives its score and 1. */
    public static final Aggregation MEAN = new Aggregation("mean", 2, sums -> sums[0] / sums[1]);

    /** Sum of the numerators over sum of the denominators, as of a rate by word. */
    public static final Aggregation RATIO = new Aggregation("ratio", 2, sums -> sums[0] / sums[1]);

    /**
     * Share of the samples of which something holds: each sample that it is asked of gives 1 or 0 (a half when undecided) and 1, others
     * give 0 and 0. Unlike {@link #MEAN} its interval is Wilson's.
     */
    public static final Aggregation SHARE = new Aggregation("share", 2, sums -> sums[0] / sums[1]);

    /**
     * Mean difference of pairs: each sample gives its value and 1 on its own side, the first pair of numbers or the second, and 0 on the
     * other. Of samples that share a source the two sides are held to each other; a source that lacks one is left out.
     */
    public static final Aggregation PAIRED_DIFFERENCE =
            new Aggregation("paired-difference", 4, sums -> sums[0] / sums[1] - sums[2] / sums[3]);

    /** Exponential of the negative log-likelihood by unit (word or byte): each sample gives its log-likelihood and its units. */
    public static final Aggregation PERPLEXITY = new Aggregation("perplexity", 2, sums -> Math.exp(-sums[0] / sums[1]));

    /** Bits by unit: each sample gives its log-likelihood (natural) and its units. */
    public static final Aggregation BITS = new Aggregation("bits", 2, sums -> -sums[0] / sums[1] / Math.log(2));

    public Aggregation {
        if (width < 1) {
            throw new IllegalArgumentException("an aggregation needs at least one number a sample, got: " + width);
        }
    }

    /** The vector of a sample whose score is one number. */
    public static double[] one(double score) {
        return new double[] {score, 1};
    }

    /**
     * The figure of one sample alone, which for the mean is its score.
     *
     * @throws IllegalArgumentException when the vector has another width
     */
    public double of(double... sums) {
        if (sums.length != width) {
            throw new IllegalArgumentException(
                    "aggregation " + id + " takes " + width + " numbers a sample, got: " + sums.length);
        }
        return value.applyAsDouble(sums);
    }
}
