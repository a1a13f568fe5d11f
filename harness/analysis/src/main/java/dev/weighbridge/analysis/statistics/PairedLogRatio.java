package dev.weighbridge.analysis.statistics;

import java.util.Map;
import java.util.TreeSet;
import org.apache.commons.statistics.inference.TTest;
import org.jspecify.annotations.Nullable;

/**
 * How many times as large one variant's figure is as another's, by the blocks in which both were measured: what a block
 * does to both cancels out.
 *
 * @param ratio geometric mean over the blocks; NaN when no block holds both
 * @param low lower end of the 95 % interval by Student's t, or {@code null} when there is none
 * @param high upper end, or {@code null} when there is none
 * @param p two-sided probability of a ratio at least as far from 1 if there were no difference (t test); {@code null} when
 *     there is no interval
 * @param blocks that hold both
 */
public record PairedLogRatio(
        double ratio,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Double p,
        int blocks) {

    /** Spread of logarithms, thus relative of the figures, up to which ratios differ by rounding alone. */
    private static final double ROUNDING = 1e-12;

    /**
     * Compares by block. Fewer than two blocks in common, or ratios that are all the same, give no interval and no p: the
     * noise between blocks is not known.
     *
     * @param ours figures of one variant by block, greater than 0
     * @param theirs figures of the other
     * @throws IllegalArgumentException when a figure in a block that holds both is not a positive number
     */
    public static PairedLogRatio of(Map<Integer, Double> ours, Map<Integer, Double> theirs) {
        TreeSet<Integer> blocks = new TreeSet<>(ours.keySet());
        blocks.retainAll(theirs.keySet());
        if (blocks.isEmpty()) {
            return new PairedLogRatio(Double.NaN, null, null, null, 0);
        }
        double[] logs = blocks.stream()
                .mapToDouble(block -> log(block, ours.get(block)) - log(block, theirs.get(block)))
                .toArray();
        StudentInterval mean = StudentInterval.of(logs);
        Double low = mean.low();
        Double high = mean.high();
        double ratio = Math.exp(mean.mean());
        if (low == null || high == null || high - low <= ROUNDING) {
            return new PairedLogRatio(ratio, null, null, null, logs.length);
        }
        double p = TTest.withDefaults().test(logs).getPValue();
        return new PairedLogRatio(ratio, Math.exp(low), Math.exp(high), p, logs.length);
    }

    private static double log(int block, @Nullable Double figure) {
        if (figure == null || !(figure > 0 && Double.isFinite(figure))) {
            throw new IllegalArgumentException("a ratio needs positive figures, got: " + figure + " in block " + block
                    + ". Leave out a block without one.");
        }
        return Math.log(figure);
    }
}
