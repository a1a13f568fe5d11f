package dev.weighbridge.analysis.statistics;

import dev.weighbridge.results.Measurement;
import java.util.HashSet;
import java.util.List;
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
     * The share of hits of which some share a source: the clustered interval, and never a narrower one than {@link #measurement}
     * gives, which knows that all hits are no certainty. Where each is a source of its own, that one alone; where all share one, which
     * says nothing of others, the widest.
     *
     * @param hits whether each hit, at least one
     * @param sources of each, in the same order
     * @throws IllegalArgumentException when there are none, or not as many of each
     */
    public static Measurement clustered(String name, String scope, List<Boolean> hits, List<String> sources) {
        long count = hits.stream().filter(hit -> hit).count();
        Measurement share = measurement(name, scope, count, hits.size());
        Double low = share.low();
        Double high = share.high();
        if (low == null || high == null || new HashSet<>(sources).size() == sources.size()) {
            return share;
        }
        double half = ClusteredMean.of(
                        hits.stream().mapToDouble(hit -> hit ? 1 : 0).toArray(), sources)
                .half();
        return new Measurement(
                name,
                scope,
                share.definition(),
                share.value(),
                share.unit(),
                share.samples(),
                Math.max(0, Math.min(low, share.value() - half)),
                Math.min(1, Math.max(high, share.value() + half)),
                share.uncertain());
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
