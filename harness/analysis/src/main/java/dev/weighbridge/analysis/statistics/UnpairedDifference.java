package dev.weighbridge.analysis.statistics;

import dev.weighbridge.results.Measurement;
import org.jspecify.annotations.Nullable;

/**
 * A figure less the same figure of other, independent samples, with its 95 % interval.
 *
 * @param difference of the two
 * @param low lower end, or {@code null} when there is no interval
 * @param high upper end, or {@code null} when there is no interval
 */
public record UnpairedDifference(
        double difference, @Nullable Double low, @Nullable Double high) {

    /**
     * Of two shares: the interval of Newcombe's method 10, made of the score intervals of each (Statistics in Medicine 17, 1998, 873–890).
     *
     * @throws IllegalArgumentException when the counts are not those of shares
     */
    public static UnpairedDifference ofShares(long hits, long n, long otherHits, long otherN) {
        Measurement ours = Proportion.measurement("share", "", hits, n);
        Measurement theirs = Proportion.measurement("share", "", otherHits, otherN);
        double difference = ours.value() - theirs.value();
        return new UnpairedDifference(
                difference,
                difference - Math.hypot(below(ours), above(theirs)),
                difference + Math.hypot(above(ours), below(theirs)));
    }

    /**
     * Of two means: Welch's t interval with Satterthwaite's degrees of freedom, rounded down (Biometrika 34, 1947, 28–35). None where either
     * mean has fewer than two values, or no value differs from its mean.
     *
     * @param variance of the values, with n − 1; NaN for fewer than two
     */
    public static UnpairedDifference ofMeans(
            double mean, double variance, long n, double otherMean, double otherVariance, long otherN) {
        double difference = mean - otherMean;
        double error = variance / n;
        double otherError = otherVariance / otherN;
        double sum = error + otherError;
        if (!(sum > 0)) {
            return new UnpairedDifference(difference, null, null);
        }
        double freedom = sum * sum / (error * error / (n - 1) + otherError * otherError / (otherN - 1));
        double half = Confidence.student((int) Math.max(1, Math.min(Integer.MAX_VALUE, freedom))) * Math.sqrt(sum);
        return new UnpairedDifference(difference, difference - half, difference + half);
    }

    private static double below(Measurement share) {
        return share.low() == null ? 0 : share.value() - share.low();
    }

    private static double above(Measurement share) {
        return share.high() == null ? 0 : share.high() - share.value();
    }
}
