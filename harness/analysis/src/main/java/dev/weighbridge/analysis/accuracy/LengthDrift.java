package dev.weighbridge.analysis.accuracy;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much longer a candidate's answers are than the base's to the same prompts.
 *
 * @param n answers that both gave
 * @param meanDifference tokens of the candidate less those of the base, mean over answers
 * @param low lower end of its 95 % interval; {@code null} when all differences are the same, or all answers share one source
 * @param high upper end, or {@code null} as well
 * @param p two-sided, of no difference; 1 when there is no interval
 * @param relative all tokens of the candidate over all of the base, less 1; infinite or NaN when the base has none
 * @param others answers of another length than the base's
 */
public record LengthDrift(
        long n,
        double meanDifference,
        @Nullable Double low,
        @Nullable Double high,
        double p,
        double relative,
        long others) {

    /**
     * Compares lengths.
     *
     * @param base tokens of each answer of the base
     * @param candidate tokens of each answer of the candidate, in the same order
     * @param sources of the answers; {@code null} when none shares one
     * @throws IllegalArgumentException when there are no answers, or not as many of each
     */
    public static LengthDrift of(int[] base, int[] candidate, @Nullable List<String> sources) {
        double[] before = Arrays.stream(base).asDoubleStream().toArray();
        double[] after = Arrays.stream(candidate).asDoubleStream().toArray();
        PairedScores scores = PairedScores.of(after, before, sources, Double.POSITIVE_INFINITY);
        double relative = Arrays.stream(after).sum() / Arrays.stream(before).sum() - 1;
        long others = 0;
        for (int i = 0; i < base.length; i++) {
            others += base[i] == candidate[i] ? 0 : 1;
        }
        return new LengthDrift(
                base.length, scores.difference(), scores.low(), scores.high(), scores.p(), relative, others);
    }
}
