package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.accuracy.AccuracyJudgement.Verdict;
import dev.weighbridge.analysis.statistics.ClusteredMean;
import dev.weighbridge.analysis.statistics.Confidence;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;
import org.jspecify.annotations.Nullable;

/**
 * Two variants on the same samples, each answer scored by a number: an F-score, ROUGE, a log-likelihood.
 *
 * <p>The interval of the mean difference is Student's t over clusters. A t interval is far too narrow when hardly any sample
 * differs: without any it has no width. Where fewer than {@value #FEW_DIFFERING} clusters differ, or all differ alike, it is
 * therefore widened to hold the adjusted Wald interval as well, which imagines two more clusters, one with the largest gain
 * that is possible and one with the largest loss. For scores of 0 and 1 that is the interval of Bonett and Price (J. Educ.
 * Behav. Stat. 37, 2012), and such scores are always compared by it and by McNemar's test.
 */
public final class PairedScores {
    private static final int FEW_DIFFERING = 10;

    /** Relative size of a standard error up to which differences are all the same but for rounding. */
    private static final double ROUNDING = 1e-12;

    private final ClusteredMean mean;
    private final double range;
    private final boolean spread;
    private final @Nullable Adjusted adjusted;
    private final @Nullable PairedComparison flips;
    private final double wilcoxonP;

    private PairedScores(double[] ours, double[] baseline, List<String> sources, double range) {
        double[] differences = differences(ours, baseline, range);
        mean = ClusteredMean.of(differences, sources);
        this.range = range;
        Map<String, double[]> clusters = clusters(differences, sources);
        Double error = mean.standardError();
        spread = error != null && error > ROUNDING * largest(differences);
        adjusted = (spread && differing(clusters) >= FEW_DIFFERING) || Double.isInfinite(range)
                ? null
                : Adjusted.of(clusters, differences.length, range);
        flips = isBinary(ours) && isBinary(baseline)
                ? flips(differences, clusters.size() < differences.length ? mean : null)
                : null;
        wilcoxonP = wilcoxon(clusters);
    }

    /**
     * Compares by sample.
     *
     * @param ours scores of one variant, finite
     * @param baseline scores of the other on the same samples, in the same order
     * @param sources of the samples; {@code null} when none shares one
     * @param range largest difference that two scores can have, for example 1 for an F-score; infinite for scores without
     *     bounds
     * @throws IllegalArgumentException when there are no samples, not as many of each, a score that is not finite, or a
     *     difference over the range
     */
    public static PairedScores of(double[] ours, double[] baseline, @Nullable List<String> sources, double range) {
        if (ours.length == 0 || ours.length != baseline.length) {
            throw new IllegalArgumentException("paired scores need the same samples of both and at least one, got: "
                    + ours.length + " and " + baseline.length);
        }
        if (!(range > 0)) {
            throw new IllegalArgumentException("the range of scores must be greater than 0, got: " + range);
        }
        List<String> own = sources == null
                ? IntStream.range(0, ours.length).mapToObj(Integer::toString).toList()
                : sources;
        return new PairedScores(ours, baseline, own, range);
    }

    /** Samples. */
    public int n() {
        return mean.n();
    }

    /** Sources of the samples. */
    public int clusters() {
        return mean.clusters();
    }

    /** Mean of our score less that of the baseline. */
    public double difference() {
        return mean.mean();
    }

    /** Standard error of the difference over clusters; {@code null} when all samples share one source. */
    public @Nullable Double standardError() {
        return mean.standardError();
    }

    /** Lower end of the 95 % interval; {@code null} when scores without bounds give none. */
    public @Nullable Double low() {
        if (flips != null) {
            return flips.low();
        }
        double low = adjusted == null ? mean.mean() - half() : Math.min(mean.mean() - half(), adjusted.low());
        return Double.isInfinite(low) && Double.isInfinite(range) ? null : Double.valueOf(Math.max(-range, low));
    }

    /** Upper end of the 95 % interval; {@code null} when scores without bounds give none. */
    public @Nullable Double high() {
        if (flips != null) {
            return flips.high();
        }
        double high = adjusted == null ? mean.mean() + half() : Math.max(mean.mean() + half(), adjusted.high());
        return Double.isInfinite(high) && Double.isInfinite(range) ? null : Double.valueOf(Math.min(range, high));
    }

    /**
     * Two-sided p of the hypothesis that the mean difference is 0. Scores of 0 and 1: exact McNemar, and no less than t over
     * clusters where samples share sources. Others: t over clusters, no less than by the adjusted interval where that widens it.
     * 1 when the spread is not known.
     */
    public double p() {
        double t = spread ? 2 * student(-Math.abs(mean.mean())) : 0;
        if (flips != null) {
            return Math.max(flips.equalityP(), flips.clustered() == null ? 0 : spreadOrOne(t));
        }
        return adjusted == null || mean.standardError() == null ? spreadOrOne(t) : Math.max(t, adjusted.twoSided());
    }

    /**
     * Two-sided p of Wilcoxon's signed-rank test (Biometrics Bull. 1, 1945), of the hypothesis that the differences are
     * symmetric about 0. Equal sizes share their mean rank; differences of 0 are left out before ranking. Exact for up to 50
     * differences of unequal size, else normal with correction for ties and continuity. Samples that share
     * a source count as one value, their mean. 1 when nothing differs.
     */
    public double wilcoxonP() {
        return wilcoxonP;
    }

    /** Two-sided p of McNemar's exact test, as if no samples shared a source; empty unless all scores are 0 or 1. */
    public OptionalDouble mcnemarP() {
        return flips == null ? OptionalDouble.empty() : OptionalDouble.of(flips.equalityP());
    }

    /** One-sided p of a difference this low if the true loss were no more than the margin; agrees with the interval. */
    public double lossP(double margin) {
        if (flips != null) {
            return flips.lossP(margin);
        }
        double t = spread ? student(mean.mean() + margin) : 0;
        return adjusted == null || mean.standardError() == null ? spreadOrOne(t) : Math.max(t, adjusted.below(-margin));
    }

    /**
     * What the interval says about a margin.
     *
     * @param margin largest loss that is accepted, in units of the score, at least 0
     * @return {@link Verdict#NON_INFERIOR} when the whole interval is above minus the margin, {@link Verdict#INFERIOR} when it is
     *     below, else {@link Verdict#INCONCLUSIVE}, also when there is no interval
     * @throws IllegalArgumentException when the margin is not a number of at least 0
     */
    public Verdict verdict(double margin) {
        if (!(margin >= 0)) {
            throw new IllegalArgumentException("a margin is at least 0, got: " + margin);
        }
        Double low = low();
        Double high = high();
        if (low != null && low > -margin) {
            return Verdict.NON_INFERIOR;
        }
        return high != null && high < -margin ? Verdict.INFERIOR : Verdict.INCONCLUSIVE;
    }

    /**
     * Samples with which the interval would leave the margin out, if difference and spread stayed as they are; more than there
     * are.
     *
     * @return empty when the difference is the margin, or when there is no interval
     */
    public OptionalLong samplesToSettle(double margin) {
        if (flips != null) {
            return OptionalLong.of(flips.samplesToSettle(margin));
        }
        Double low = low();
        Double high = high();
        double distance = Math.abs(mean.mean() + margin);
        if (low == null || high == null || distance == 0) {
            return OptionalLong.empty();
        }
        double errors = (high - low) / 2 / distance;
        return OptionalLong.of(Math.max(n() + 1L, (long) Math.ceil(n() * errors * errors)));
    }

    private double half() {
        return spread ? mean.half() : adjusted == null || mean.standardError() == null ? Double.POSITIVE_INFINITY : 0;
    }

    private double spreadOrOne(double p) {
        return spread ? p : 1;
    }

    private double student(double distance) {
        Double error = mean.standardError();
        return error == null ? 1 : TDistribution.of(mean.clusters() - 1).cumulativeProbability(distance / error);
    }

    private static double[] differences(double[] ours, double[] baseline, double range) {
        double[] differences = new double[ours.length];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = ours[i] - baseline[i];
            if (!(Double.isFinite(differences[i]) && Math.abs(differences[i]) <= range * (1 + ROUNDING))) {
                throw new IllegalArgumentException("scores must be finite and differ by at most " + range + ", got: "
                        + ours[i] + " and " + baseline[i] + " at sample " + i);
            }
        }
        return differences;
    }

    /** Sum and number of the differences of each source. */
    private static Map<String, double[]> clusters(double[] differences, List<String> sources) {
        Map<String, double[]> clusters = new LinkedHashMap<>();
        for (int i = 0; i < differences.length; i++) {
            double[] cluster = clusters.computeIfAbsent(sources.get(i), source -> new double[2]);
            cluster[0] += differences[i];
            cluster[1]++;
        }
        return clusters;
    }

    private static long differing(Map<String, double[]> clusters) {
        return clusters.values().stream().filter(cluster -> cluster[0] != 0).count();
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private static boolean isBinary(double[] scores) {
        return Arrays.stream(scores).allMatch(score -> score == 0 || score == 1);
    }

    private static PairedComparison flips(double[] differences, @Nullable ClusteredMean clustered) {
        long toRight = Arrays.stream(differences).filter(value -> value > 0).count();
        long toWrong = Arrays.stream(differences).filter(value -> value < 0).count();
        return new PairedComparison(differences.length, toRight, toWrong, clustered, null);
    }

    private static double wilcoxon(Map<String, double[]> clusters) {
        // Left out here, because commons-statistics 1.2 takes the zeros out of the variance twice, as zeros and as
        // ties: its
        // p-values are far too small where most samples score alike.
        double[] means = clusters.values().stream()
                .mapToDouble(cluster -> cluster[0] / cluster[1])
                .filter(value -> value != 0)
                .toArray();
        return means.length == 0
                ? 1
                : WilcoxonSignedRankTest.withDefaults().test(means).getPValue();
    }

    /** The mean with two imagined clusters more, one of the largest gain and one of the largest loss. */
    private record Adjusted(double centre, double standardError) {

        static Adjusted of(Map<String, double[]> clusters, int n, double range) {
            double perCluster = (double) clusters.size() / n;
            double sum = 0;
            double squares = 0;
            double most = 0;
            for (double[] cluster : clusters.values()) {
                double share = cluster[0] * perCluster;
                sum += share;
                squares += share * share;
                most = Math.max(most, cluster[1] * perCluster * range);
            }
            double count = clusters.size() + 2.0;
            double centre = sum / count;
            double variance = (squares + 2 * most * most) / count - centre * centre;
            return new Adjusted(centre, Math.sqrt(variance / count));
        }

        double low() {
            return centre - Confidence.NORMAL * standardError;
        }

        double high() {
            return centre + Confidence.NORMAL * standardError;
        }

        double twoSided() {
            return 2 * NormalDistribution.of(0, 1).cumulativeProbability(-Math.abs(centre) / standardError);
        }

        /** Probability of a centre this low if the true one were the value. */
        double below(double value) {
            return NormalDistribution.of(0, 1).cumulativeProbability((centre - value) / standardError);
        }
    }
}
