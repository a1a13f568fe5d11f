package dev.weighbridge.analysis.statistics;

import dev.weighbridge.results.Measurement;
import java.util.OptionalLong;

/** A share of hits with its 95 % score interval (Wilson, JASA 22, 1927). */
public final class Proportion {
    private Proportion() {}

    /**
     * The share as a figure whose definition is its name, with an interval inside [0, 1].
     *
     * @param name of the figure
     * @param scope of the figure
     * @param hits of the trials that hit, from 0 to n
     * @param n trials, at least 1
     * @throws IllegalArgumentException when the counts are not those of a share
     */
    public static Measurement measurement(String name, String scope, long hits, long n) {
        if (n < 1 || hits < 0 || hits > n) {
            throw new IllegalArgumentException("share " + name + " needs between 0 and n hits of at least 1, got: "
                    + hits + " of " + n + ". Leave out a share of nothing.");
        }
        double share = (double) hits / n;
        double z2 = Confidence.NORMAL * Confidence.NORMAL;
        double centre = (share + z2 / (2.0 * n)) / (1 + z2 / n);
        double half = Confidence.NORMAL / (1 + z2 / n) * Math.sqrt(share * (1 - share) / n + z2 / (4.0 * n) / n);
        return new Measurement(
                name,
                scope,
                name,
                share,
                "1",
                n,
                Math.max(0, Math.min(share, centre - half)),
                Math.min(1, Math.max(share, centre + half)),
                false);
    }

    /**
     * Trials from which on the interval leaves the limit out, if the share stays as it is: the interval holds exactly the
     * limits within {@code z √(limit (1 − limit) / n)} of the share.
     *
     * @param share seen, from 0 to 1
     * @param limit it is held to, from 0 to 1
     * @return empty when the share is the limit, which no number of trials settles
     */
    public static OptionalLong samplesToSettle(double share, double limit) {
        if (!(share >= 0 && share <= 1 && limit >= 0 && limit <= 1)) {
            throw new IllegalArgumentException(
                    "a share and its limit are between 0 and 1, got: " + share + " and " + limit);
        }
        double errors = Confidence.NORMAL / (share - limit);
        return share == limit
                ? OptionalLong.empty()
                : OptionalLong.of((long) Math.floor(errors * errors * limit * (1 - limit)) + 1);
    }
}
