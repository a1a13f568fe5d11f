package dev.weighbridge.analysis.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * What a paired comparison of answers will be able to see, before anything is measured: by the normal approximation
 * {@code n = (z_{α/2} + z_β)² σ² / δ²} (Miller, arXiv 2411.00640), with σ² the variance of a sample's difference. For right and
 * wrong answers that is the share of samples that flip less the squared difference (Connor, Biometrics 43, 1987).
 */
public final class Power {
    private static final double USUAL = 0.8;
    private static final double Z =
            Confidence.NORMAL + NormalDistribution.of(0, 1).inverseCumulativeProbability(USUAL);

    private Power() {}

    /**
     * The smallest difference that a two-sided test at 5 % finds in 80 % of all studies.
     *
     * @param n samples that both are asked
     * @param flips share of samples on which the two differ
     * @return a share; 1 when nothing can be seen
     * @throws IllegalArgumentException when n is under 1 or the share none
     */
    public static double detectable(long n, double flips) {
        require(n, flips);
        // Solves δ² n = Z² (flips − δ²).
        double difference = Math.sqrt(Z * Z * flips / (n + Z * Z));
        return Math.min(1, difference);
    }

    /**
     * Samples with which a two-sided test at 5 % finds a difference in 80 % of all studies.
     *
     * @param difference of the two accuracies, above 0
     * @param flips share of samples on which the two differ, at least the difference
     */
    public static long samples(double difference, double flips) {
        require(1, flips);
        if (!(difference > 0 && difference <= flips)) {
            throw new IllegalArgumentException("a difference must be above 0 and at most the share that flips, got: "
                    + difference + " of " + flips);
        }
        return (long) Math.ceil(Z * Z * (flips - difference * difference) / (difference * difference));
    }

    /**
     * Samples with which a variant that is as good as the baseline is shown to lose no more than the margin in 80 % of all
     * studies, by an interval of 95 %.
     *
     * @param margin above 0
     * @param flips share of samples on which the two differ
     */
    public static long samplesForMargin(double margin, double flips) {
        require(1, flips);
        if (!(margin > 0 && margin <= 1)) {
            throw new IllegalArgumentException("a margin must be above 0 and at most 1, got: " + margin);
        }
        return (long) Math.ceil(Z * Z * flips / (margin * margin));
    }

    private static void require(long n, double flips) {
        if (n < 1 || !(flips > 0 && flips <= 1)) {
            throw new IllegalArgumentException(
                    "power needs at least 1 sample and a share that flips above 0 and at most 1, got: " + n + ", "
                            + flips);
        }
    }
}
