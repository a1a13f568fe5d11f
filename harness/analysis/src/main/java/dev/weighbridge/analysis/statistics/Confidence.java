package dev.weighbridge.analysis.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/** The confidence of every interval: 95 %, two-sided. */
public final class Confidence {
    /** Probability that is left out of an interval at each of its ends. */
    public static final double TAIL = 0.025;

    /** Half the width of an interval in standard errors that are known: the normal quantile. */
    public static final double NORMAL = NormalDistribution.of(0, 1).inverseSurvivalProbability(TAIL);

    private Confidence() {}

    /**
     * Half the width of an interval in standard errors that were estimated: Student's quantile.
     *
     * @param degreesOfFreedom at least 1
     */
    public static double student(int degreesOfFreedom) {
        return TDistribution.of(degreesOfFreedom).inverseSurvivalProbability(TAIL);
    }
}
