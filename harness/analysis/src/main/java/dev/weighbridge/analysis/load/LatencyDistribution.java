package dev.weighbridge.analysis.load;

import dev.weighbridge.results.Measurement;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * All values of one latency in a run, in nanoseconds, with percentiles that carry their uncertainty.
 *
 * <p>Percentiles come from an HdrHistogram of 3 significant digits between 1 µs and 1 h. Their 95 % interval is that of
 * order statistics, read from the histogram: the values at the ranks between which the binomial distribution of the number of values below the
 * true percentile lies (David and Nagaraja, Order Statistics, §7.1); it is absent where those ranks leave the sample.
 */
final class LatencyDistribution {
    private static final long LOWEST_NANOS = 1_000;
    private static final long HIGHEST_NANOS = 3_600_000_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double TAIL = 0.025;

    /** Percentiles with the number of samples under which each is marked uncertain. */
    private enum Percentile {
        P50("p50", 0.5, 1),
        P90("p90", 0.9, 64),
        P95("p95", 0.95, 131),
        P99("p99", 0.99, 662),
        P999("p99.9", 0.999, 6_636);

        final String suffix;
        final double share;
        final int certainFrom;

        Percentile(String suffix, double share, int certainFrom) {
            this.suffix = suffix;
            this.share = share;
            this.certainFrom = certainFrom;
        }
    }

    private final String definition;
    private final Histogram histogram = new Histogram(LOWEST_NANOS, HIGHEST_NANOS, SIGNIFICANT_DIGITS);

    LatencyDistribution(String definition) {
        this.definition = definition;
    }

    /** Adds one value; clamped to the histogram's range, so that an absurd one is seen at its edge and not lost. */
    void add(long nanos) {
        histogram.recordValue(Math.max(0, Math.min(nanos, HIGHEST_NANOS)));
    }

    String definition() {
        return definition;
    }

    long count() {
        return histogram.getTotalCount();
    }

    Histogram histogram() {
        return histogram;
    }

    double percentileMillis(double share) {
        return histogram.getValueAtPercentile(share * 100) / NANOS_PER_MILLI;
    }

    /** Percentiles and maximum in milliseconds, of all requests; none when there are no values. */
    List<Measurement> measurements() {
        return measurements("");
    }

    /** The same of those requests alone that the scope names. */
    List<Measurement> measurements(String scope) {
        List<Measurement> measurements = new ArrayList<>();
        long count = count();
        if (count == 0) {
            return measurements;
        }
        for (Percentile percentile : Percentile.values()) {
            measurements.add(measurement(percentile, scope));
        }
        measurements.add(new Measurement(
                definition + "_max",
                scope,
                definition,
                histogram.getMaxValue() / NANOS_PER_MILLI,
                "ms",
                count,
                null,
                null,
                true));
        return measurements;
    }

    private Measurement measurement(Percentile percentile, String scope) {
        long count = count();
        // Ranks of more samples than fit the distribution's arithmetic are found on a sample of that size: wider, never
        // narrower.
        int n = (int) Math.min(count, Integer.MAX_VALUE);
        BinomialDistribution below = BinomialDistribution.of(n, percentile.share);
        int lowRank = below.inverseCumulativeProbability(TAIL);
        int highRank = below.inverseCumulativeProbability(1 - TAIL) + 1;
        boolean inside = lowRank >= 1 && highRank <= n;
        return new Measurement(
                definition + "_" + percentile.suffix,
                scope,
                definition,
                percentileMillis(percentile.share),
                "ms",
                count,
                inside ? rankMillis(lowRank, n) : null,
                inside ? rankMillis(highRank, n) : null,
                count < percentile.certainFrom);
    }

    private double rankMillis(int rank, int n) {
        return histogram.getValueAtPercentile(100.0 * rank / n) / NANOS_PER_MILLI;
    }
}
