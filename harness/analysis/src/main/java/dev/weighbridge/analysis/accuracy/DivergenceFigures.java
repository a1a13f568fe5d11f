package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.statistics.ClusteredMean;
import org.HdrHistogram.Histogram;

/**
 * Kullback-Leibler divergences of tokens, in nats.
 *
 * <p>Percentiles come from an HdrHistogram of 3 significant digits between 10⁻⁹ and 1,000 nats, whose memory does not grow with the
 * tokens: a smaller divergence counts as 0, a larger one as 1,000. Mean and largest are exact, and may be infinite.
 */
public final class DivergenceFigures {
    private static final double UNIT = 1e-9;
    private static final long HIGHEST = 1_000_000_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final double PERCENT = 100;

    private final Histogram histogram;
    private final ClusteredMean mean;
    private final double max;

    private DivergenceFigures(Histogram histogram, ClusteredMean mean, double max) {
        this.histogram = histogram;
        this.mean = mean;
        this.max = max;
    }

    /** Mean over tokens, its standard error over samples. */
    public ClusteredMean mean() {
        return mean;
    }

    /** Largest of a token. */
    public double max() {
        return max;
    }

    /**
     * The smallest divergence that at least a share of the tokens do not exceed.
     *
     * @param share over 0 and at most 1, for example 0.5 for the median
     * @throws IllegalArgumentException for another share
     */
    public double percentile(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("a percentile is of a share over 0 and at most 1, got: " + share);
        }
        return Math.min(max, histogram.getValueAtPercentile(share * PERCENT) * UNIT);
    }

    /** Share of the tokens whose divergence exceeds so many nats, to 3 significant digits of them. */
    public double shareOver(double nats) {
        if (!(nats >= 0)) {
            throw new IllegalArgumentException("a divergence is at least 0 nats, got: " + nats);
        }
        long upTo = histogram.getCountBetweenValues(0, units(nats));
        return (double) (histogram.getTotalCount() - upTo) / histogram.getTotalCount();
    }

    private static long units(double nats) {
        return Math.round(Math.min(HIGHEST, nats / UNIT));
    }

    /** Collects divergences. */
    static final class Collector {
        private final Histogram histogram = new Histogram(HIGHEST, SIGNIFICANT_DIGITS);
        private double max;

        void add(double nats) {
            histogram.recordValue(units(nats));
            max = Math.max(max, nats);
        }

        /** The figures so far, with their mean by sample. */
        DivergenceFigures figures(ClusteredMean mean) {
            return new DivergenceFigures(histogram.copy(), mean, max);
        }
    }
}
