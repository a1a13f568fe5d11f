package dev.weighbridge.analysis.statistics;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * A mean with its 95 % interval by Student's t (Biometrika 6, 1908).
 *
 * @param mean of the values
 * @param low lower end, or {@code null} for a single value
 * @param high upper end, or {@code null} for a single value
 */
public record StudentInterval(
        double mean, @Nullable Double low, @Nullable Double high) {
    private static final double UPPER = 0.975;

    /**
     * The interval of the mean of some values.
     *
     * @param values at least one
     */
    public static StudentInterval of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a mean needs at least one value");
        }
        double mean = Arrays.stream(values).sum() / values.length;
        if (values.length == 1) {
            return new StudentInterval(mean, null, null);
        }
        double half = TDistribution.of(values.length - 1.0).inverseCumulativeProbability(UPPER) * standardError(values);
        return new StudentInterval(mean, mean - half, mean + half);
    }

    /** Standard deviation of the sample over the root of its size. */
    static double standardError(double... values) {
        double mean = Arrays.stream(values).sum() / values.length;
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return Math.sqrt(squares / (values.length - 1) / values.length);
    }

    /** The same, cut to the range that the values can have. */
    public StudentInterval bounded(double least, double most) {
        return low == null || high == null
                ? this
                : new StudentInterval(mean, Math.max(least, low), Math.min(most, high));
    }
}
