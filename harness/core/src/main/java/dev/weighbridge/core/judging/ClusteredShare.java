package dev.weighbridge.core.judging;

import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.results.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A share of hits of which some share a source. Its interval is the clustered one, and never narrower than Wilson's, which knows that
 * all hits are no certainty.
 */
final class ClusteredShare {
    /** Under so many a figure is marked uncertain. */
    static final int FEW = 30;

    private final List<Boolean> hits = new ArrayList<>();
    private final List<String> sources = new ArrayList<>();

    ClusteredShare add(boolean hit, String source) {
        hits.add(hit);
        sources.add(source);
        return this;
    }

    /** The figure, whose definition is its name; empty without any. */
    Optional<Measurement> measurement(String name) {
        if (hits.isEmpty()) {
            return Optional.empty();
        }
        Measurement share = Proportion.clustered(name, "", hits, sources);
        return Optional.of(new Measurement(
                name,
                "",
                name,
                share.value(),
                share.unit(),
                share.samples(),
                share.low(),
                share.high(),
                hits.size() < FEW));
    }
}
