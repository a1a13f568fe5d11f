package dev.weighbridge.analysis.statistics;

import java.util.Map;
import org.apache.commons.statistics.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * The ratio of two variants' figures, measured in the same blocks: the geometric mean of the ratios, with the interval and the
 * two-sided p of Student's test on their logarithms. What all variants of a block share, it takes out.
 *
 * @param ratio ours over theirs; not a number when no block holds both
 * @param low lower end of the 95 % interval, or {@code null} with fewer than two blocks
 * @param high upper end, or {@code null} with fewer than two blocks
 * @param p of the hypothesis that the ratio is 1, or {@code null} with fewer than two blocks
 * @param blocks that hold both
 */
public record PairedLogRatio(
        double ratio,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Double p,
        int blocks) {

    /**
     * Compares by block.
     *
     * @param ours positive values by block
     * @param theirs positive values by block
     */
    public static PairedLogRatio of(Map<Integer, Double> ours, Map<Integer, Double> theirs) {
        double[] logs = ours.entrySet().stream()
                .filter(e -> theirs.containsKey(e.getKey()))
                .mapToDouble(e -> Math.log(e.getValue() / theirs.getOrDefault(e.getKey(), Double.NaN)))
                .toArray();
        if (logs.length == 0) {
            return new PairedLogRatio(Double.NaN, null, null, null, 0);
        }
        StudentInterval interval = StudentInterval.of(logs);
        double ratio = Math.exp(interval.mean());
        Double low = interval.low();
        Double high = interval.high();
        if (low == null || high == null) {
            return new PairedLogRatio(ratio, null, null, null, 1);
        }
        return new PairedLogRatio(ratio, Math.exp(low), Math.exp(high), p(interval.mean(), logs), logs.length);
    }

    private static double p(double mean, double... logs) {
        double error = StudentInterval.standardError(logs);
        if (error == 0) {
            return mean == 0 ? 1 : 0;
        }
        return 2 * TDistribution.of(logs.length - 1.0).survivalProbability(Math.abs(mean) / error);
    }
}
