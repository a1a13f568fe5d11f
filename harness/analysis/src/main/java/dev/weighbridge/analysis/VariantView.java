package dev.weighbridge.analysis;

import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.analysis.capacity.CapacityEstimate;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One variant of a run in its place, with everything that is known of it.
 *
 * @param variant of the row
 * @param rank {@code 1}, {@code 1=} when tied for it, and so on; empty when the variant is not ranked
 * @param baseline whether the others are held against it
 * @param status worst status among the trials that count for it; {@code SKIPPED} when it has none
 * @param reasons why its status is not {@code COMPLETED}, without duplicates
 * @param flags what is worth knowing of trials that count all the same
 * @param candidate its fate in the decision
 * @param accuracy whether it answers as well as the baseline
 * @param capacity as far as it was searched
 * @param headlineScenario name of the load whose latencies stand in {@link #figure(Metric)}; empty when there is none
 * @param figures over all of its trials: by scope (empty for the variant as a whole, a task id, or the name of a load
 *     scenario), then by metric id. Figures of different scenarios are never put together.
 */
public record VariantView(
        Variant variant,
        String rank,
        boolean baseline,
        Trial.Status status,
        List<Reason> reasons,
        List<Reason> flags,
        Decision.Candidate candidate,
        AccuracyJudgement accuracy,
        CapacityEstimate capacity,
        String headlineScenario,
        Map<String, Map<String, Measurement>> figures) {
    public VariantView {
        reasons = List.copyOf(reasons);
        flags = List.copyOf(flags);
        figures = Map.copyOf(figures);
    }

    public boolean chosen() {
        return candidate.verdict() == Decision.Verdict.CHOSEN;
    }

    /** Whether its figures count, as far as it was measured. */
    public boolean valid() {
        return status.counts();
    }

    /** Whether the decision gives it a place. */
    public boolean ranked() {
        return !rank.isEmpty();
    }

    /** The figure for the variant as a whole; a latency or a rate is that of the headline scenario. */
    public Optional<Measurement> figure(Metric metric) {
        return figure(metric, "").or(() -> figure(metric, headlineScenario));
    }

    /** The figure of a task or a load scenario. */
    public Optional<Measurement> figure(Metric metric, String scope) {
        return Optional.ofNullable(figures.getOrDefault(scope, Map.of()).get(metric.id()));
    }
}
