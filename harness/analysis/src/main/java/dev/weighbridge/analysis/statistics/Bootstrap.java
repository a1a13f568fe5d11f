package dev.weighbridge.analysis.statistics;

import dev.weighbridge.analysis.statistics.BootstrapInterval.Degeneracy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.jspecify.annotations.Nullable;

/**
 * The bootstrap distribution of a statistic that is a function of sums over samples: a mean, a ratio of means, an F-score, a
 * corpus BLEU. Whole clusters are drawn with replacement, so that samples which err together stay together.
 *
 * <p>More than {@value #MOST_UNITS} clusters are first dealt at random into so many groups, and groups are drawn. Variance and
 * skew of a sum stay what they are in expectation. The standard error is then off by about 0.6 % ({@code 1 / √(2 · units)}),
 * no more than by the 10,000 draws themselves.
 *
 * <p>The same input and seed give the same draws on every machine. With few clusters, say under 20, bootstrap intervals cover
 * the true value less often than they claim; for a mean, {@link ClusteredMean} is then the better choice.
 */
public final class Bootstrap {
    /** Draws that leave an end of a 95 % interval uncertain by a few hundredths of a standard error. */
    public static final int DRAWS = 10_000;

    private static final int MOST_UNITS = 1 << 14;

    /** Share of draws that may be left out because the statistic is not defined on them. */
    private static final double MOST_UNDEFINED = 0.01;

    /** Relative spread up to which draws differ by rounding alone. */
    private static final double ROUNDING = 1e-12;

    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    private final double estimate;
    /** The statistic on the draws on which it is defined, ascending. */
    private final double[] drawn;
    /** The statistic without one unit each. */
    private final double[] leftOut;

    private final @Nullable Degeneracy degeneracy;
    private final int n;
    private final int clusters;

    private Bootstrap(ClusterSums sums, ToDoubleFunction<double[]> statistic, int draws, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        n = sums.samples();
        clusters = sums.units();
        estimate = n == 0 ? Double.NaN : statistic.applyAsDouble(sums.total());
        if (n == 0 || clusters == 1 || !Double.isFinite(estimate)) {
            drawn = new double[0];
            leftOut = new double[0];
            degeneracy = n == 0 ? Degeneracy.NO_SAMPLES : clusters == 1 ? Degeneracy.ONE_CLUSTER : Degeneracy.UNDEFINED;
            return;
        }
        ClusterSums units = sums.dealt(MOST_UNITS, random);
        double[] all = units.drawn(statistic, draws, random);
        drawn = Arrays.stream(all).filter(Double::isFinite).sorted().toArray();
        leftOut = units.leftOut(statistic);
        degeneracy = degeneracy(draws);
    }

    /**
     * Draws samples.
     *
     * @param perSample what each sample adds to the sums, all of the same length; a statistic that divides by the number of
     *     samples needs a column of ones, because the number varies where clusters differ in size
     * @param sources of the samples, in the same order, or {@code null} when none shares one
     * @param statistic of the sums; must neither change nor keep the array it is given
     * @param draws at least 1,000, for example {@link #DRAWS}
     * @param seed of the draws
     * @throws IllegalArgumentException when the rows differ in length or hold a value that is not finite, when there are not
     *     as many sources as rows, or for too few draws
     */
    public static Bootstrap of(
            double[][] perSample,
            @Nullable List<String> sources,
            ToDoubleFunction<double[]> statistic,
            int draws,
            long seed) {
        if (draws < 1000) {
            throw new IllegalArgumentException(
                    "a 95 % interval needs at least 1,000 draws, got: " + draws + ". Take " + DRAWS + ".");
        }
        return new Bootstrap(ClusterSums.of(perSample, sources), statistic, draws, seed);
    }

    /**
     * Draws samples that two variants share, for the statistic of ours less that of theirs.
     *
     * @param ours what each sample adds to the sums of one variant
     * @param theirs what the same samples, in the same order, add to those of the other
     * @param sources of the samples, or {@code null} when none shares one
     * @param statistic of the sums of one variant; must neither change nor keep the array it is given
     * @param draws at least 1,000
     * @param seed of the draws
     * @throws IllegalArgumentException as {@link #of}, or when the variants differ in the number of samples
     */
    public static Bootstrap paired(
            double[][] ours,
            double[][] theirs,
            @Nullable List<String> sources,
            ToDoubleFunction<double[]> statistic,
            int draws,
            long seed) {
        if (ours.length != theirs.length) {
            throw new IllegalArgumentException("a paired comparison needs the same samples of both, got: " + ours.length
                    + " and " + theirs.length);
        }
        int columns = ours.length == 0 ? 0 : ours[0].length;
        double[][] both = new double[ours.length][];
        for (int i = 0; i < both.length; i++) {
            if (ours[i].length != columns || theirs[i].length != columns) {
                throw new IllegalArgumentException("rows must have the same length, got: " + ours[i].length + " and "
                        + theirs[i].length + " at sample " + i + " after " + columns);
            }
            both[i] = Arrays.copyOf(ours[i], 2 * columns);
            System.arraycopy(theirs[i], 0, both[i], columns, columns);
        }
        ToDoubleFunction<double[]> difference = sums -> statistic.applyAsDouble(Arrays.copyOf(sums, columns))
                - statistic.applyAsDouble(Arrays.copyOfRange(sums, columns, 2 * columns));
        return of(both, sources, difference, draws, seed);
    }

    /** The interval between the 2.5th and the 97.5th percentile of the draws. */
    public BootstrapInterval percentile() {
        return degeneracy == null ? interval(Confidence.TAIL, 1 - Confidence.TAIL) : without(degeneracy);
    }

    /**
     * The interval corrected for bias and for a standard error that changes with the value, BCa (Efron, JASA 82, 1987), the
     * acceleration by the jackknife over clusters.
     */
    public BootstrapInterval bca() {
        if (degeneracy != null) {
            return without(degeneracy);
        }
        double bias = NORMAL.inverseCumulativeProbability(shareBelowEstimate());
        double acceleration = acceleration();
        double low = corrected(bias, acceleration, -Confidence.NORMAL);
        double high = corrected(bias, acceleration, Confidence.NORMAL);
        return Double.isNaN(low) || Double.isNaN(high) ? without(Degeneracy.UNCORRECTABLE) : interval(low, high);
    }

    /** Standard deviation of the draws; {@code null} when there is no interval. */
    public @Nullable Double standardError() {
        if (degeneracy != null) {
            return null;
        }
        double mean = Arrays.stream(drawn).average().orElse(Double.NaN);
        double squares = Arrays.stream(drawn)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return Math.sqrt(squares / (drawn.length - 1));
    }

    private @Nullable Degeneracy degeneracy(int draws) {
        if (draws - drawn.length > MOST_UNDEFINED * draws) {
            return Degeneracy.UNDEFINED;
        }
        double least = drawn[0];
        double most = drawn[drawn.length - 1];
        double size = Math.max(Math.abs(least), Math.abs(most));
        return most - least <= ROUNDING * size ? Degeneracy.ALL_EQUAL : null;
    }

    /** Share of the draws below the estimate; those equal to it, which are many for discrete statistics, count half. */
    private double shareBelowEstimate() {
        double below = 0;
        for (double value : drawn) {
            below += value < estimate ? 1 : value == estimate ? 0.5 : 0;
        }
        return below / drawn.length;
    }

    private double acceleration() {
        double mean = Arrays.stream(leftOut).average().orElse(Double.NaN);
        double squares = 0;
        double cubes = 0;
        for (double value : leftOut) {
            double influence = mean - value;
            squares += influence * influence;
            cubes += influence * influence * influence;
        }
        return squares == 0 ? 0 : cubes / (6 * Math.pow(squares, 1.5));
    }

    /** The percentile that stands for a normal quantile; NaN when there is none. */
    private static double corrected(double bias, double acceleration, double quantile) {
        double shifted = bias + quantile;
        double scale = 1 - acceleration * shifted;
        return scale > 0 ? NORMAL.cumulativeProbability(bias + shifted / scale) : Double.NaN;
    }

    private BootstrapInterval interval(double low, double high) {
        return new BootstrapInterval(estimate, quantile(low), quantile(high), null, n, clusters);
    }

    private BootstrapInterval without(Degeneracy reason) {
        return new BootstrapInterval(estimate, null, null, reason, n, clusters);
    }

    /** The (B + 1) p-th smallest of B draws, between two of them in proportion. */
    private double quantile(double p) {
        double position = Math.min(drawn.length - 1.0, Math.max(0, (drawn.length + 1) * p - 1));
        int index = (int) position;
        double next = drawn[Math.min(drawn.length - 1, index + 1)];
        return drawn[index] + (position - index) * (next - drawn[index]);
    }

    /** Sums of the rows of each unit that is drawn as a whole, one after the other. */
    private record ClusterSums(double[] sums, int units, int columns, int samples) {

        static ClusterSums of(double[][] rows, @Nullable List<String> sources) {
            if (sources != null && sources.size() != rows.length) {
                throw new IllegalArgumentException(
                        "each sample needs a source, got: " + sources.size() + " sources, " + rows.length + " samples");
            }
            int columns = rows.length == 0 ? 0 : rows[0].length;
            int[] unit = new int[rows.length];
            Map<String, Integer> known = new HashMap<>();
            for (int i = 0; i < rows.length; i++) {
                check(rows[i], columns, i);
                Integer seen = sources == null ? null : known.putIfAbsent(sources.get(i), known.size());
                unit[i] = sources == null ? i : seen == null ? known.size() - 1 : seen;
            }
            int units = sources == null ? rows.length : known.size();
            double[] sums = new double[units * columns];
            for (int i = 0; i < rows.length; i++) {
                add(rows[i], 0, sums, unit[i] * columns, columns);
            }
            return new ClusterSums(sums, units, columns, rows.length);
        }

        private static void check(double[] row, int columns, int sample) {
            if (row.length != columns) {
                throw new IllegalArgumentException("rows must have the same length, got: " + row.length + " at sample "
                        + sample + " after " + columns);
            }
            for (double value : row) {
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException("values must be finite, got: " + value + " at sample " + sample
                            + ". Leave it out of both.");
                }
            }
        }

        private static void add(double[] from, int start, double[] to, int at, int columns) {
            for (int column = 0; column < columns; column++) {
                to[at + column] += from[start + column];
            }
        }

        double[] total() {
            double[] total = new double[columns];
            for (int unit = 0; unit < units; unit++) {
                add(sums, unit * columns, total, 0, columns);
            }
            return total;
        }

        /** The same sums in at most so many units, each cluster in one of them by chance. */
        ClusterSums dealt(int most, SplittableRandom random) {
            if (units <= most) {
                return this;
            }
            int[] order = new int[units];
            for (int i = 0; i < units; i++) {
                int other = random.nextInt(i + 1);
                order[i] = order[other];
                order[other] = i;
            }
            double[] groups = new double[most * columns];
            for (int i = 0; i < units; i++) {
                add(sums, order[i] * columns, groups, i % most * columns, columns);
            }
            return new ClusterSums(groups, most, columns, samples);
        }

        double[] drawn(ToDoubleFunction<double[]> statistic, int draws, SplittableRandom random) {
            double[] values = new double[draws];
            double[] drawn = new double[columns];
            for (int draw = 0; draw < draws; draw++) {
                Arrays.fill(drawn, 0);
                for (int i = 0; i < units; i++) {
                    add(sums, random.nextInt(units) * columns, drawn, 0, columns);
                }
                values[draw] = statistic.applyAsDouble(drawn);
            }
            return values;
        }

        double[] leftOut(ToDoubleFunction<double[]> statistic) {
            double[] total = total();
            double[] rest = new double[columns];
            double[] values = new double[units];
            for (int unit = 0; unit < units; unit++) {
                for (int column = 0; column < columns; column++) {
                    rest[column] = total[column] - sums[unit * columns + column];
                }
                values[unit] = statistic.applyAsDouble(rest);
            }
            return values;
        }
    }
}
