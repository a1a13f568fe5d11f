package dev.weighbridge.reports;

import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.UserFeedback;
import dev.weighbridge.results.Variant;
import java.util.ArrayList;
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
 * @param feedback of users by variant as their logs name it; {@code null} where nobody was heard
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
        List<Line> rows,
        @Nullable List<Heard> feedback) {
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
     * @param judged what models that judge said of it; {@code null} where none was asked
     */
    record Line(
            @Nullable String rank,
            Variant variant,
            Trial.Status status,
            List<String> reasons,
            Decision.@Nullable Verdict verdict,
            List<String> verdictReasons,
            AccuracyJudgement.Verdict accuracyVerdict,
            Map<String, Map<String, Figure>> figures,
            @Nullable List<Judged> judged) {}

    /**
     * What one judge said of a variant's answers to one task.
     *
     * @param judge name of its model
     * @param by who it is, exactly
     * @param against variant that the answers were held against, or {@code null}
     * @param figures by name
     */
    record Judged(
            String task, String judge, Judge by, @Nullable String against, Map<String, Figure> figures) {}

    /**
     * What users said of a variant.
     *
     * @param requests different ones
     * @param responseRate share of them with any feedback
     * @param scores by name
     */
    record Heard(String variant, long requests, Figure responseRate, Map<String, Bounded> scores) {}

    /**
     * A figure of those users who spoke.
     *
     * @param figure over them
     * @param least over all requests, if all the silent were against
     * @param most over all requests, if all the silent were for
     * @param lessBaseline less the baseline's, or {@code null}
     */
    record Bounded(
            Figure figure,
            double least,
            double most,
            @Nullable Figure lessBaseline) {}

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
                facts.rows().stream()
                        .map(row -> line(row, facts.opinions().judged()))
                        .toList(),
                facts.opinions().feedback().map(SummaryDocument::heard).orElse(null));
    }

    private static List<Heard> heard(UserFeedback feedback) {
        List<Heard> heard = new ArrayList<>();
        for (UserFeedback.ByVariant by : feedback.variants()) {
            Map<String, Bounded> scores = new TreeMap<>();
            for (UserFeedback.Score score : by.scores()) {
                UserFeedback.Difference difference = score.difference();
                scores.put(
                        score.figure().name(),
                        new Bounded(
                                Figure.of(score.figure()),
                                score.least(),
                                score.most(),
                                difference == null ? null : Figure.of(difference.figure())));
            }
            heard.add(new Heard(by.variant(), by.requests(), Figure.of(by.responseRate()), scores));
        }
        return heard;
    }

    /** What judges said of a variant; {@code null} when none was asked. */
    private static @Nullable List<Judged> judged(String variant, List<JudgedTask> tasks) {
        List<Judged> judged = new ArrayList<>();
        for (JudgedTask task : tasks) {
            for (JudgedTask.ByJudge by : task.judges()) {
                for (JudgedTask.Standing standing : by.standings()) {
                    if (standing.variant().equals(variant)) {
                        Map<String, Figure> figures = new TreeMap<>();
                        standing.figures().forEach(figure -> figures.put(figure.name(), Figure.of(figure)));
                        judged.add(
                                new Judged(task.task(), by.judge().model(), by.judge(), standing.baseline(), figures));
                    }
                }
            }
        }
        return judged.isEmpty() ? null : judged;
    }

    private static Line line(VariantView row, List<JudgedTask> judged) {
        Decision.Candidate candidate = row.candidate();
        return new Line(
                row.rank().isEmpty() ? null : row.rank(),
                row.variant(),
                row.status(),
                ReasonText.list(row.reasons()),
                candidate == null ? null : candidate.verdict(),
                candidate == null ? List.of() : ReasonText.list(candidate.reasons()),
                row.accuracy().verdict(),
                figures(row),
                judged(row.variant().id(), judged));
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
