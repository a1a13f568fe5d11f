package dev.weighbridge.reports;

import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code summary.json} holds.
 *
 * @param schemaVersion of this record
 * @param study name
 * @param runId of the run
 * @param createdAt ISO-8601 instant of the run
 * @param baseline variant id
 * @param objectives of the study
 * @param prices that costs were computed from
 * @param outcome of the decision, or {@code null} when there is none
 * @param chosen variant id, or {@code null}
 * @param rows best first
 */
record SummaryDocument(
        int schemaVersion,
        String study,
        String runId,
        String createdAt,
        String baseline,
        Manifest.Objectives objectives,
        Manifest.Prices prices,
        Decision.@Nullable Outcome outcome,
        @Nullable String chosen,
        List<Line> rows) {
    static final int SCHEMA_VERSION = 2;

    /**
     * One variant.
     *
     * @param rank {@code 1}, {@code 1=} and so on, or {@code null} when it is not ranked
     * @param variant that was weighed
     * @param status of its trials
     * @param reasons why it is not {@code COMPLETED}
     * @param verdict of the decision, or {@code null}
     * @param verdictReasons of the decision
     * @param accuracyVerdict against the baseline
     * @param figures by scope (empty for the variant as a whole), then by id
     */
    record Line(
            @Nullable String rank,
            Variant variant,
            Trial.Status status,
            List<String> reasons,
            Decision.@Nullable Verdict verdict,
            List<String> verdictReasons,
            AccuracyJudgement.Verdict accuracyVerdict,
            Map<String, Map<String, Measurement>> figures) {}

    static SummaryDocument of(RunFacts facts) {
        Manifest manifest = facts.manifest();
        return new SummaryDocument(
                SCHEMA_VERSION,
                manifest.study(),
                manifest.runId(),
                manifest.createdAt(),
                manifest.baseline(),
                manifest.objectives(),
                manifest.prices(),
                facts.decision().map(Decision::outcome).orElse(null),
                facts.decision().map(Decision::chosen).orElse(null),
                facts.rows().stream().map(SummaryDocument::line).toList());
    }

    private static Line line(VariantView row) {
        Decision.Candidate candidate = row.candidate();
        return new Line(
                row.rank().isEmpty() ? null : row.rank(),
                row.variant(),
                row.status(),
                ReasonText.list(row.reasons()),
                candidate == null ? null : candidate.verdict(),
                candidate == null ? List.of() : ReasonText.list(candidate.reasons()),
                row.accuracy().verdict(),
                new TreeMap<>(row.figures()));
    }
}
