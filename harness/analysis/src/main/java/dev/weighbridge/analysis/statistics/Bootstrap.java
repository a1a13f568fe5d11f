package dev.weighbridge.analysis.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Bootstrap intervals of a statistic that is a function of the sum of its samples' vectors. Whole clusters of samples are drawn,
 * with replacement (Davison and Hinkley, Bootstrap Methods, 1997, ch. 3.8). From a seed, so that figures repeat.
 */
public final class Bootstrap {
    private final double[][] clusters;
    private final ToDoubleFunction<double[]> statistic;
    private final double value;
    private final double[] drawn;

    private Bootstrap(double[][] clusters, ToDoubleFunction<double[]> statistic, double[] drawn) {
        this.clusters = clusters;
        this.statistic = statistic;
        this.value = statistic.applyAsDouble(sum(clusters));
        this.drawn = drawn;
    }

    /**
     * Draws.
     *
     * @param vectors of the samples, all of one length
     * @param sources of the samples, in the same order; those of one source are drawn together
     * @param statistic of the summed vectors
     * @param draws at least 100
     * @param seed of the draws
     * @throws IllegalArgumentException when there are no samples, or not as many sources
     */
    public static Bootstrap of(
            List<double[]> vectors, List<String> sources, ToDoubleFunction<double[]> statistic, int draws, long seed) {
        if (vectors.isEmpty() || vectors.size() != sources.size() || draws < 100) {
            throw new IllegalArgumentException("a bootstrap needs samples with a source each and 100 draws, got: "
                    + vectors.size() + " samples, " + sources.size() + " sources, " + draws + " draws");
        }
        Map<String, double[]> bySource = new LinkedHashMap<>();
        for (int i = 0; i < vectors.size(); i++) {
            double[] vector = vectors.get(i);
            double[] sum = bySource.computeIfAbsent(sources.get(i), source -> new double[vector.length]);
            for (int j = 0; j < vector.length; j++) {
                sum[j] += vector[j];
            }
        }
        double[][] clusters = new ArrayList<>(bySource.values()).toArray(double[][]::new);
        SplittableRandom random = new SplittableRandom(seed);
        double[] drawn = new double[draws];
        for (int draw = 0; draw < draws; draw++) {
            double[] sums = new double[clusters[0].length];
            for (int i = 0; i < clusters.length; i++) {
                double[] cluster = clusters[random.nextInt(clusters.length)];
                for (int j = 0; j < sums.length; j++) {
                    sums[j] += cluster[j];
                }
            }
            drawn[draw] = statistic.applyAsDouble(sums);
        }
        double[] defined =
                Arrays.stream(drawn).filter(Double::isFinite).sorted().toArray();
        return new Bootstrap(clusters, statistic, defined);
    }

    /** The statistic of the samples themselves. */
    public double value() {
        return value;
    }

    /** Standard deviation of the drawn statistics, which estimates the standard error; NaN when hardly any is defined. */
    public double standardError() {
        double mean = Arrays.stream(drawn).average().orElse(Double.NaN);
        double squares =
                Arrays.stream(drawn).map(each -> (each - mean) * (each - mean)).sum();
        return drawn.length < 2 ? Double.NaN : Math.sqrt(squares / (drawn.length - 1));
    }

    /** The 95 % interval by percentiles of the drawn statistics; both ends the value when all draws agree. */
    public double[] percentile() {
        return between(Confidence.TAIL, 1 - Confidence.TAIL);
    }

    /**
     * The 95 % interval, bias-corrected and accelerated (Efron, J. Am. Stat. Assoc. 82, 1987), the acceleration by leaving out
     * one cluster at a time. As {@link #percentile} where the draws say nothing of bias, as when all agree.
     */
    public double[] accelerated() {
        long below = Arrays.stream(drawn).filter(each -> each < value).count();
        long equal = Arrays.stream(drawn).filter(each -> each == value).count();
        double share = (below + equal / 2.0) / Math.max(1, drawn.length);
        if (share <= 0 || share >= 1 || clusters.length < 3) {
            return percentile();
        }
        NormalDistribution normal = NormalDistribution.of(0, 1);
        double bias = normal.inverseCumulativeProbability(share);
        double acceleration = acceleration();
        double[] shares = new double[2];
        for (int end = 0; end < 2; end++) {
            double z = bias + (end == 0 ? -Confidence.NORMAL : Confidence.NORMAL);
            shares[end] = normal.cumulativeProbability(bias + z / (1 - acceleration * z));
        }
        return between(shares[0], shares[1]);
    }

    private double acceleration() {
        double[] without = new double[clusters.length];
        double[] whole = sum(clusters);
        for (int i = 0; i < clusters.length; i++) {
            double[] rest = whole.clone();
            for (int j = 0; j < rest.length; j++) {
                rest[j] -= clusters[i][j];
            }
            without[i] = statistic.applyAsDouble(rest);
        }
        double mean = Arrays.stream(without).average().orElse(Double.NaN);
        double cubes =
                Arrays.stream(without).map(each -> Math.pow(mean - each, 3)).sum();
        double squares =
                Arrays.stream(without).map(each -> Math.pow(mean - each, 2)).sum();
        double acceleration = cubes / (6 * Math.pow(squares, 1.5));
        return Double.isFinite(acceleration) ? acceleration : 0;
    }

    private double[] between(double low, double high) {
        if (drawn.length == 0) {
            return new double[] {value, value};
        }
        return new double[] {at(low), at(high)};
    }

    private double at(double share) {
        double position = share * (drawn.length - 1);
        int lower = (int) Math.floor(position);
        int upper = Math.min(drawn.length - 1, lower + 1);
        return drawn[lower] + (position - lower) * (drawn[upper] - drawn[lower]);
    }

    private static double[] sum(double[][] vectors) {
        double[] sums = new double[vectors[0].length];
        for (double[] vector : vectors) {
            for (int j = 0; j < sums.length; j++) {
                sums[j] += vector[j];
            }
        }
        return sums;
    }
}
