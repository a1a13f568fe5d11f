package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.results.Measurement;

/** A share of right answers with its 95 % score interval (Wilson, JASA 22, 1927). */
final class Proportion {
    static final double NORMAL = 1.959963984540054;

    private Proportion() {}

    static Measurement measurement(String name, String scope, long right, long n) {
        double p = (double) right / n;
        double z2 = NORMAL * NORMAL;
        double centre = (p + z2 / (2.0 * n)) / (1 + z2 / n);
        double half = NORMAL / (1 + z2 / n) * Math.sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
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
}
