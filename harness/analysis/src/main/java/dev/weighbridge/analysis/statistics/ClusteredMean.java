package dev.weighbridge.analysis.statistics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Mean of values of which some share a source and may err together, with a standard error that allows for it: the sandwich
 * estimate over clusters, corrected by G / (G − 1) for few of them (Cameron and Miller, J. Human Resources 50, 2015).
 *
 * @param mean of the values
 * @param standardError of the mean; {@code null} when all share one source, which says nothing of any other, or when the mean
 *     is not finite
 * @param n values
 * @param clusters sources, G
 */
public record ClusteredMean(double mean, @Nullable Double standardError, int n, int clusters) {

    /**
     * The mean of values with their sources.
     *
     * @param values to average, finite
     * @param sources of the values, in the same order
     * @throws IllegalArgumentException when there are no values, or not as many sources
     */
    public static ClusteredMean of(double[] values, List<String> sources) {
        if (values.length == 0 || values.length != sources.size()) {
            throw new IllegalArgumentException(
                    "a clustered mean needs one source for each value and at least one, got: " + sources.size()
                            + " sources, " + values.length + " values");
        }
        double mean = Arrays.stream(values).sum() / values.length;
        Map<String, Double> residuals = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            residuals.merge(sources.get(i), values[i] - mean, Double::sum);
        }
        double squares =
                residuals.values().stream().mapToDouble(sum -> sum * sum).sum();
        return of(mean, squares, values.length, residuals.size());
    }

    /**
     * The mean of values of which only the sums by source were kept.
     *
     * @param sums of the values of each source; an infinite one makes the mean infinite
     * @param counts of the values of each source, in the same order, whole numbers of at least 0
     * @throws IllegalArgumentException when there are no values, or not as many counts as sums
     */
    public static ClusteredMean ofSums(double[] sums, double[] counts) {
        double n = Arrays.stream(counts).sum();
        if (sums.length != counts.length || !(n >= 1 && n <= Integer.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "a clustered mean needs a count for each sum and at least one value, got: " + sums.length
                            + " sums, " + counts.length + " counts, " + n + " values");
        }
        double mean = Arrays.stream(sums).sum() / n;
        double squares = 0;
        int clusters = 0;
        for (int i = 0; i < sums.length; i++) {
            double residual = sums[i] - mean * counts[i];
            squares += residual * residual;
            clusters += counts[i] > 0 ? 1 : 0;
        }
        return of(mean, squares, (int) n, clusters);
    }

    private static ClusteredMean of(double mean, double squares, int n, int clusters) {
        Double error = clusters < 2 || !Double.isFinite(mean)
                ? null
                : Double.valueOf(Math.sqrt(squares * clusters / (clusters - 1)) / n);
        return new ClusteredMean(mean, error, n, clusters);
    }

    /** Half the width of the 95 % interval, by t with G − 1 degrees of freedom; infinite when there is one source. */
    public double half() {
        return standardError == null ? Double.POSITIVE_INFINITY : Confidence.student(clusters - 1) * standardError;
    }

    /** One-sided p of a mean this low if the true one were the limit or more; 1 when there is one source. */
    public double probabilityOfAtLeast(double limit) {
        if (standardError == null) {
            return 1;
        }
        if (standardError == 0) {
            return mean < limit ? 0 : 1;
        }
        return TDistribution.of(clusters - 1).cumulativeProbability((mean - limit) / standardError);
    }
}
