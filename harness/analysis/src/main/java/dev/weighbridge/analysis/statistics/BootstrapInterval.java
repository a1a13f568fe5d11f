package dev.weighbridge.analysis.statistics;

import org.jspecify.annotations.Nullable;

/**
 * A statistic with its 95 % bootstrap interval.
 *
 * @param estimate on the samples as they are; NaN when there are none, or when it is not defined on them
 * @param low lower end, or {@code null} when there is no interval
 * @param high upper end, or {@code null} when there is no interval
 * @param degeneracy why there is no interval, or {@code null} when there is one
 * @param n samples
 * @param clusters sources of the samples; n when none shares one
 */
public record BootstrapInterval(
        double estimate,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Degeneracy degeneracy,
        int n,
        int clusters) {

    /** What keeps samples from telling how far a statistic may lie from its true value. */
    public enum Degeneracy {
        /** There is nothing to draw from. */
        NO_SAMPLES,
        /** All samples share one source, which says nothing of any other. */
        ONE_CLUSTER,
        /** Every draw gives the same value: an interval of no width would claim that it cannot lie elsewhere. */
        ALL_EQUAL,
        /** The statistic is not a finite number on the samples, or on more than one draw in a hundred. */
        UNDEFINED,
        /** The correction of BCa has no bound: all draws lie on one side of the estimate, or the skew is too large for it. */
        UNCORRECTABLE
    }
}
