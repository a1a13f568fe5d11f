package dev.weighbridge.analysis.statistics;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Mean of a few independent values with its 95 % interval by Student's t.
 *
 * <p>Values that are all equal give no interval: they say nothing of how far the next one may lie, and an interval of no
 * width would claim that it cannot lie elsewhere. Figures that a search reads off a grid are often equal.
 *
 * @param mean of the values
 * @param low lower end, or {@code null} when there is no interval
 * @param high upper end, or {@code null} when there is no interval
 * @param n values
 */
public record StudentInterval(
        double mean, @Nullable Double low, @Nullable Double high, int n) {
    /** Relative spread up to which values differ by rounding alone. */
    private static final double ROUNDING = 1e-12;

    /**
     * The interval of values that may be anything.
     *
     * @throws IllegalArgumentException when there are no values, or one is not finite
     */
    public static StudentInterval of(double[] values) {
        return of(values, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    /**
     * The interval of values that are bounded, for example a share (0 and 1) or a rate (0 and infinity).
     *
     * @param values to average
     * @param least value that is possible; no interval goes below it
     * @param most value that is possible; no interval goes above it
     * @throws IllegalArgumentException when there are no values, or one is not finite or out of bounds
     */
    public static StudentInterval of(double[] values, double least, double most) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a mean needs at least one value, got none. Leave the figure out.");
        }
        double size = 0;
        for (double value : values) {
            if (!(Double.isFinite(value) && value >= least && value <= most)) {
                throw new IllegalArgumentException(
                        "values must be finite and between " + least + " and " + most + ", got: " + value);
            }
            size = Math.max(size, Math.abs(value));
        }
        double mean = Math.min(most, Math.max(least, Arrays.stream(values).sum() / values.length));
        double deviation = deviation(values, mean);
        if (values.length < 2 || deviation <= ROUNDING * size) {
            return new StudentInterval(mean, null, null, values.length);
        }
        double half = Confidence.student(values.length - 1) * deviation / Math.sqrt(values.length);
        return new StudentInterval(mean, Math.max(least, mean - half), Math.min(most, mean + half), values.length);
    }

    private static double deviation(double[] values, double mean) {
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / Math.max(1, values.length - 1));
    }
}
