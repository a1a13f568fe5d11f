package dev.weighbridge.inference.model;

/**
 * A norm over the last dimension, times a weight.
 *
 * @param epsilon added to the mean square, or to the variance
 * @param bias whether something is added after the weight
 */
public record Norm(Kind kind, double epsilon, boolean bias) {
    /** What is divided by what. */
    public enum Kind {
        /** {@code x / sqrt(mean(x^2) + epsilon)} (arXiv 1910.07467). */
        RMS,
        /** {@code (x - mean(x)) / sqrt(variance(x) + epsilon)} (arXiv 1607.06450). */
        LAYER
    }

    /** Of the mean square, without a bias. */
    public static Norm rms(double epsilon) {
        return new Norm(Kind.RMS, epsilon, false);
    }

    /** Of mean and variance, with a bias. */
    public static Norm layer(double epsilon) {
        return new Norm(Kind.LAYER, epsilon, true);
    }
}
