package dev.weighbridge.analysis;

import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A row of a results table in its place: best first, ties marked, and without a rank where the decision gives none.
 *
 * @param summary figures of the variant
 * @param rank {@code 1}, {@code 1=} when tied for it, and so on; empty when the variant is not ranked
 * @param baseline whether the others are held against it
 * @param candidate its fate in the decision, or {@code null} when there is no decision or it does not name the variant
 * @param accuracy verdict on its accuracy, or {@code null} when there is no difference with an interval
 */
public record RankedVariant(
        VariantSummary summary,
        String rank,
        boolean baseline,
        Decision.@Nullable Candidate candidate,
        @Nullable AccuracyVerdict accuracy) {

    public Variant variant() {
        return summary.variant();
    }

    public boolean chosen() {
        return candidate != null && candidate.verdict() == Decision.Verdict.CHOSEN;
    }

    /** Whether its figures may be ranked. */
    public boolean valid() {
        return summary.status() == Trial.Status.COMPLETED;
    }

    /**
     * Every row of a run in the order of the decision; without one, valid variants by cost, then the others as planned. A
     * variant whose trials are not all valid gets no rank, whatever the decision says.
     */
    public static List<RankedVariant> of(RunSummary summary, Optional<Decision> decision) {
        Map<String, Decision.Candidate> candidates = new LinkedHashMap<>();
        decision.ifPresent(d -> d.candidates().forEach(c -> candidates.putIfAbsent(c.variant(), c)));
        List<VariantSummary> ordered = new ArrayList<>(summary.rows());
        if (decision.isPresent()) {
            List<String> order = new ArrayList<>(candidates.keySet());
            ordered.sort(Comparator.comparingInt(row -> place(order, row)));
        } else {
            ordered.sort(Comparator.<VariantSummary>comparingInt(row -> row.status() == Trial.Status.COMPLETED ? 0 : 1)
                    .thenComparingDouble(RankedVariant::costOrEnd));
        }
        boolean tie = candidates.values().stream().anyMatch(c -> c.verdict() == Decision.Verdict.TIED);
        List<RankedVariant> ranked = new ArrayList<>();
        int place = 0;
        for (VariantSummary row : ordered) {
            Decision.Candidate candidate = candidates.get(row.variant().id());
            boolean counts = candidate != null && row.status() == Trial.Status.COMPLETED && qualifies(candidate);
            place += counts ? 1 : 0;
            String rank = counts && candidate != null ? rank(candidate.verdict(), place, tie) : "";
            ranked.add(ranked(summary.manifest(), row, rank, candidate));
        }
        return List.copyOf(ranked);
    }

    private static RankedVariant ranked(
            Manifest manifest, VariantSummary row, String rank, Decision.@Nullable Candidate candidate) {
        boolean baseline = row.variant().id().equals(manifest.baseline());
        AccuracyVerdict accuracy = baseline
                ? null
                : AccuracyVerdict.of(row, manifest.objectives().accuracyMargin())
                        .orElse(null);
        return new RankedVariant(row, rank, baseline, candidate, accuracy);
    }

    private static boolean qualifies(Decision.Candidate candidate) {
        return switch (candidate.verdict()) {
            case CHOSEN, TIED, DEARER -> true;
            case INCONCLUSIVE, DISQUALIFIED, NOT_RANKED -> false;
        };
    }

    private static String rank(Decision.Verdict verdict, int place, boolean tie) {
        boolean first = verdict == Decision.Verdict.CHOSEN || verdict == Decision.Verdict.TIED;
        return first ? (tie ? "1=" : "1") : Integer.toString(place);
    }

    private static int place(List<String> order, VariantSummary row) {
        int place = order.indexOf(row.variant().id());
        return place < 0 ? Integer.MAX_VALUE : place;
    }

    private static double costOrEnd(VariantSummary row) {
        return FigureColumn.COST.of(row).map(m -> m.value()).orElse(Double.MAX_VALUE);
    }
}
