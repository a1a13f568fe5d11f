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
 * @param randomWeights names of the models whose weights are random, so that their figures are of speed alone
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
        List<String> randomWeights,
        List<Line> rows) {
    static final int SCHEMA_VERSION = 3;

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
            Map<String, Map<String, Figure>> figures) {}

    /**
     * A figure; its name and its scope are the keys under which it stands.
     *
     * @param value measured
     * @param unit of value and interval
     * @param n samples behind it
     * @param low end of the 95 % interval, or {@code null} when there is none
     * @param high end of the 95 % interval, or {@code null} when there is none
     * @param uncertain whether it has too few samples to certify it
     * @param definition id
     */
    record Figure(
            double value,
            String unit,
            long n,
            @Nullable Double low,
            @Nullable Double high,
            boolean uncertain,
            String definition) {
        static Figure of(Measurement measured) {
            return new Figure(
                    measured.value(),
                    measured.unit(),
                    measured.samples(),
                    measured.low(),
                    measured.high(),
                    measured.uncertain(),
                    measured.definition());
        }
    }

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
                manifest.models().stream()
                        .filter(model -> model.randomWeights() != null)
                        .map(Manifest.Model::name)
                        .toList(),
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
                figures(row));
    }

    private static Map<String, Map<String, Figure>> figures(VariantView row) {
        Map<String, Map<String, Figure>> scopes = new TreeMap<>();
        row.figures().forEach((scope, figures) -> {
            Map<String, Figure> byName = new TreeMap<>();
            figures.forEach((name, figure) -> byName.put(name, Figure.of(figure)));
            scopes.put(scope, byName);
        });
        return scopes;
    }
}
