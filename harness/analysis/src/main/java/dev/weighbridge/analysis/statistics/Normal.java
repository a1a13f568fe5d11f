package dev.weighbridge.analysis.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;

/** The standard normal distribution. */
public final class Normal {
    private static final NormalDistribution STANDARD = NormalDistribution.of(0, 1);

    /** Half width of a 95 % interval in standard errors. */
    public static final double TWO_SIDED_95 = STANDARD.inverseCumulativeProbability(0.975);

    private Normal() {}

    /** Probability of a value below. */
    public static double below(double value) {
        return STANDARD.cumulativeProbability(value);
    }
}
