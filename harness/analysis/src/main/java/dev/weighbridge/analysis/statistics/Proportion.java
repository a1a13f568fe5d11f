package dev.weighbridge.analysis.statistics;

import dev.weighbridge.results.Measurement;

/** A share of hits with its 95 % score interval (Wilson, JASA 22, 1927). */
public final class Proportion {
    private Proportion() {}

    /**
     * The share as a figure.
     *
     * @param hits at most {@code n}
     * @param n above 0
     */
    public static Measurement measurement(String name, String scope, long hits, long n) {
        if (n <= 0 || hits < 0 || hits > n) {
            throw new IllegalArgumentException("a share needs 0 to n hits of n above 0, got: " + hits + " of " + n);
        }
        double p = (double) hits / n;
        double z2 = Normal.TWO_SIDED_95 * Normal.TWO_SIDED_95;
        double centre = (p + z2 / (2.0 * n)) / (1 + z2 / n);
        double half = Normal.TWO_SIDED_95 / (1 + z2 / n) * Math.sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
        return new Measurement(
                name,
                scope,
                name,
                p,
                "1",
                n,
                Math.max(0, Math.min(p, centre - half)),
                Math.min(1, Math.max(p, centre + half)),
                false);
    }

    /**
     * Samples from which on the interval would leave the limit out, if the share stayed as it is: the score interval holds the
     * limit as long as (p − limit)² ≤ z² · limit · (1 − limit) / n.
     */
    public static long samplesToSettle(double p, double limit) {
        double distance = Math.max(1e-4, Math.abs(p - limit));
        double variance = Math.max(limit * (1 - limit), 1e-6);
        return (long) Math.ceil(Normal.TWO_SIDED_95 * Normal.TWO_SIDED_95 * variance / (distance * distance));
    }
}
