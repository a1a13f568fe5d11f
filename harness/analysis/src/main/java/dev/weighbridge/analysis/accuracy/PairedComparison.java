package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.statistics.Confidence;
import dev.weighbridge.results.Measurement;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * Two variants on the same samples, each answer right or wrong.
 *
 * @param n samples that both answered
 * @param toRight wrong at the baseline, right here
 * @param toWrong right at the baseline, wrong here
 */
public record PairedComparison(long n, long toRight, long toWrong) {

    /** What the interval of the difference says about a margin. */
    public enum Verdict {
        NON_INFERIOR,
        INFERIOR,
        INCONCLUSIVE
    }

    /**
     * Compares scores by sample.
     *
     * @param scores of this variant, 1 for right
     * @param baseline scores of the baseline
     */
    public static PairedComparison of(Map<String, Double> scores, Map<String, Double> baseline) {
        long n = 0;
        long toRight = 0;
        long toWrong = 0;
        for (Map.Entry<String, Double> entry : scores.entrySet()) {
            Double before = baseline.get(entry.getKey());
            if (before != null) {
                n++;
                toRight += before < 0.5 && entry.getValue() >= 0.5 ? 1 : 0;
                toWrong += before >= 0.5 && entry.getValue() < 0.5 ? 1 : 0;
            }
        }
        return new PairedComparison(n, toRight, toWrong);
    }

    /** Accuracy here less accuracy of the baseline. */
    public double difference() {
        return (double) (toRight - toWrong) / n;
    }

    /** Lower end of the 95 % interval of the difference. */
    public double low() {
        return Math.max(-1, Math.min(difference(), centre() - half()));
    }

    /** Upper end of the 95 % interval of the difference. */
    public double high() {
        return Math.min(1, Math.max(difference(), centre() + half()));
    }

    /** Two-sided exact p of the hypothesis that flips go both ways alike: binomial with one half (McNemar, Psychometrika 1947). */
    public double mcnemarP() {
        int flips = Math.toIntExact(toRight + toWrong);
        int fewer = Math.toIntExact(Math.min(toRight, toWrong));
        return flips == 0
                ? 1
                : Math.min(1, 2 * BinomialDistribution.of(flips, 0.5).cumulativeProbability(fewer));
    }

    /** Whether the loss is surely smaller than the margin, surely larger, or neither. */
    public Verdict verdict(double margin) {
        return low() > -margin ? Verdict.NON_INFERIOR : high() < -margin ? Verdict.INFERIOR : Verdict.INCONCLUSIVE;
    }

    /** Samples with which the interval would leave the margin out, if the flips stayed as frequent as they are. */
    public long samplesToSettle(double margin) {
        double distance = Math.max(1e-4, Math.abs(difference() + margin));
        double better = (toRight + 1.0) / (n + 2);
        double worse = (toWrong + 1.0) / (n + 2);
        double variance = better + worse - (better - worse) * (better - worse);
        return (long) Math.ceil(Confidence.NORMAL * Confidence.NORMAL * variance / (distance * distance));
    }

    /** The comparison as figures of the given scope. */
    List<Measurement> measurements(String scope) {
        return List.of(
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
                new Measurement("flips_to_wrong", scope, "flips", toWrong, "samples", n, null, null, false),
                new Measurement("flips_to_right", scope, "flips", toRight, "samples", n, null, null, false),
                new Measurement("mcnemar_p", scope, "mcnemar_p", mcnemarP(), "1", n, null, null, false));
    }

    /** The adjusted Wald interval: one is added to each kind of flip (Bonett and Price, J. Educ. Behav. Stat. 37, 2012). */
    private double centre() {
        return (toRight - toWrong) / (n + 2.0);
    }

    private double half() {
        double better = (toRight + 1.0) / (n + 2);
        double worse = (toWrong + 1.0) / (n + 2);
        return Confidence.NORMAL * Math.sqrt((better + worse - (better - worse) * (better - worse)) / (n + 2));
    }
}
