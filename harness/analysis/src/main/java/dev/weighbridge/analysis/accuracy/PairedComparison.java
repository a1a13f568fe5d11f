package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.statistics.ClusteredMean;
import dev.weighbridge.analysis.statistics.Confidence;
import dev.weighbridge.results.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Two variants on the same samples, each answer right or wrong, or, where the task's score says so, right in part.
 *
 * <p>The interval of the difference is the adjusted Wald one, which adds one to each kind of flip (Bonett and Price,
 * J. Educ. Behav. Stat. 37, 2012). Where samples share sources, it is widened to the clustered one. It is never narrower than
 * without clusters, because the clustered standard error is too small when flips are few: without any it is 0.
 *
 * <p>Where answers are right in part, {@link PairedScores} compares them.
 *
 * @param n samples that the baseline answered and this variant was asked
 * @param toRight more wrong than right at the baseline, more right than wrong here
 * @param toWrong the other way round, or without an answer here
 * @param clustered the difference by source, or {@code null} when no two samples share one
 * @param graded the difference where answers are right in part, or {@code null} where none is
 */
record PairedComparison(
        long n,
        long toRight,
        long toWrong,
        @Nullable ClusteredMean clustered,
        @Nullable PairedScores graded) {
    /** A loss this close to the margin is not told from it by any number of samples that anybody would ask. */
    private static final double CLOSEST = 1e-4;

    /** Scores that samples are compared by lie between 0 and 1. */
    private static final double LARGEST_DIFFERENCE = 1;

    /**
     * Compares by sample. Samples that the baseline left without an answer are left out: nothing is known of what it would
     * have said, and to count them as wrong would make others look better than they are.
     *
     * @param samples of this variant
     * @param baseline samples of the baseline
     */
    static PairedComparison of(Map<String, JudgedSample> samples, Map<String, JudgedSample> baseline) {
        long toRight = 0;
        long toWrong = 0;
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        boolean inPart = false;
        for (Map.Entry<String, JudgedSample> entry : samples.entrySet()) {
            JudgedSample before = baseline.get(entry.getKey());
            if (before != null && before.answered()) {
                boolean right = entry.getValue().right();
                toRight += right && !before.right() ? 1 : 0;
                toWrong += !right && before.right() ? 1 : 0;
                ours.add(entry.getValue().score());
                theirs.add(before.score());
                inPart |= entry.getValue().graded() || before.graded();
                sources.add(before.source());
            }
        }
        PairedScores graded =
                inPart ? PairedScores.of(values(ours), values(theirs), sources, LARGEST_DIFFERENCE) : null;
        boolean shared = sources.stream().distinct().count() < sources.size();
        ClusteredMean clustered = shared && !inPart ? ClusteredMean.of(differences(ours, theirs), sources) : null;
        return new PairedComparison(ours.size(), toRight, toWrong, clustered, graded);
    }

    private static double[] values(List<Double> list) {
        return list.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double[] differences(List<Double> ours, List<Double> theirs) {
        double[] differences = values(ours);
        for (int i = 0; i < differences.length; i++) {
            differences[i] -= theirs.get(i);
        }
        return differences;
    }

    /** Accuracy here less accuracy of the baseline. */
    double difference() {
        return graded != null ? graded.difference() : ofFlips();
    }

    private double ofFlips() {
        return (double) (toRight - toWrong) / n;
    }

    /** Lower end of the 95 % interval of the difference. */
    double low() {
        if (graded != null) {
            Double low = graded.low();
            return low == null ? -1 : low;
        }
        double low = Math.min(difference(), centre() - half());
        return Math.max(-1, clustered == null ? low : Math.min(low, clustered.mean() - clustered.half()));
    }

    /** Upper end of the 95 % interval of the difference. */
    double high() {
        if (graded != null) {
            Double high = graded.high();
            return high == null ? 1 : high;
        }
        double high = Math.max(difference(), centre() + half());
        return Math.min(1, clustered == null ? high : Math.max(high, clustered.mean() + clustered.half()));
    }

    /**
     * Two-sided p of the hypothesis that both are equally right: exact, binomial with one half, for flips (McNemar, Psychometrika
     * 1947); that of {@link PairedScores#p} where answers are right in part.
     */
    double equalityP() {
        if (graded != null) {
            return graded.p();
        }
        int flips = Math.toIntExact(toRight + toWrong);
        int fewer = Math.toIntExact(Math.min(toRight, toWrong));
        return flips == 0
                ? 1
                : Math.min(1, 2 * BinomialDistribution.of(flips, 0.5).cumulativeProbability(fewer));
    }

    /** One-sided p of a difference this low if the true loss were no more than the margin. */
    double lossP(double margin) {
        if (graded != null) {
            return graded.lossP(margin);
        }
        double p = NormalDistribution.of(0, 1).cumulativeProbability((centre() + margin) / standardError());
        return clustered == null ? p : Math.max(p, clustered.probabilityOfAtLeast(-margin));
    }

    /** Samples with which the interval would leave the margin out, if the flips stayed as frequent as they are; more than n. */
    long samplesToSettle(double margin) {
        if (graded != null) {
            return graded.samplesToSettle(margin).orElse(Long.MAX_VALUE);
        }
        double half = Math.max(half(), clustered == null ? 0 : Math.min(1, clustered.half()));
        double errors = half / Math.max(CLOSEST, Math.abs(difference() + margin));
        return Math.max(n + 1, (long) Math.ceil((n + 2) * errors * errors));
    }

    /**
     * The comparison as figures.
     *
     * @param scope of the figures
     * @param equality p, adjusted where it is one of several
     * @param definition of that p
     */
    List<Measurement> measurements(String scope, double equality, String definition) {
        List<Measurement> figures = new ArrayList<>(List.of(
                new Measurement(
                        "accuracy_difference",
                        scope,
                        "accuracy_difference",
                        difference(),
                        "1",
                        n,
                        low(),
                        high(),
                        false),
                figure("flips_to_wrong", scope, "flips", (double) toWrong, "samples"),
                figure("flips_to_right", scope, "flips", (double) toRight, "samples"),
                figure(definition.startsWith("paired") ? "paired_p" : "mcnemar_p", scope, definition, equality, "1")));
        if (graded != null) {
            figures.add(figure("wilcoxon_p", scope, "wilcoxon_p", graded.wilcoxonP(), "1"));
        }
        return figures;
    }

    private Measurement figure(String name, String scope, String definition, double value, String unit) {
        return new Measurement(name, scope, definition, value, unit, n, null, null, false);
    }

    private double centre() {
        return (toRight - toWrong) / (n + 2.0);
    }

    private double half() {
        return Confidence.NORMAL * standardError();
    }

    private double standardError() {
        double better = (toRight + 1.0) / (n + 2);
        double worse = (toWrong + 1.0) / (n + 2);
        return Math.sqrt((better + worse - (better - worse) * (better - worse)) / (n + 2));
    }
}
