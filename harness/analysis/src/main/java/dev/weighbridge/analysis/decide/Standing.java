package dev.weighbridge.analysis.decide;

import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a decision needs to know of one variant.
 *
 * @param variant that stands there
 * @param status worst status among the trials that count for it
 * @param reasons why that is not completed
 * @param accuracy against the study's baseline
 * @param objectives what its loads say of the objectives: reasons of missed ones first
 * @param cost in US dollars for a million output tokens at capacity, with interval; {@code null} when it has none
 * @param costByBlock the same by block, for pairing
 * @param halfStepByBlock how far the logarithm of each of these may be off by the steps of the capacity search alone
 * @param saturatedByBlock output tokens a second while more was asked of it than it could do, by block, for pairing
 * @param bestCost it cannot be cheaper than this, as far as is known; {@code null} when nothing bounds it
 * @param screened why it got no more load; {@code null} when it was not screened
 * @param unfinished why what was planned of it was not measured to the end; {@code null} when it was
 */
public record Standing(
        Variant variant,
        Trial.Status status,
        List<Reason> reasons,
        AccuracyJudgement accuracy,
        Objectives objectives,
        @Nullable Measurement cost,
        Map<Integer, Double> costByBlock,
        Map<Integer, Double> halfStepByBlock,
        Map<Integer, Double> saturatedByBlock,
        @Nullable Double bestCost,
        @Nullable Reason screened,
        @Nullable Reason unfinished) {
    public Standing {
        reasons = List.copyOf(reasons);
        costByBlock = Map.copyOf(costByBlock);
        halfStepByBlock = Map.copyOf(halfStepByBlock);
        saturatedByBlock = Map.copyOf(saturatedByBlock);
    }

    /**
     * Whether the loads met the objectives.
     *
     * @param missed why they surely did not; empty when they may have
     * @param open why it is not known; empty when it is
     */
    public record Objectives(List<Reason> missed, List<Reason> open) {
        public Objectives {
            missed = List.copyOf(missed);
            open = List.copyOf(open);
        }
    }
}
