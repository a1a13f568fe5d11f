package dev.weighbridge.analysis;

import dev.weighbridge.analysis.accuracy.AccuracyJudge;
import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.analysis.accuracy.AnswerLengths;
import dev.weighbridge.analysis.capacity.BlockNoise;
import dev.weighbridge.analysis.decide.Decider;
import dev.weighbridge.analysis.decide.Standing;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes the view of a run from its files. */
final class RunAnalysis {
    private final RunDirectory run;
    private final Manifest manifest;
    private final List<Trial> trials;
    private final Map<Attempts.Place, Trial> counting;
    private final Map<String, AccuracyJudgement> judged = new LinkedHashMap<>();
    private final Map<String, AnswerLengths> lengths = new LinkedHashMap<>();

    private RunAnalysis(RunDirectory run) {
        this.run = run;
        this.manifest = run.manifest();
        this.trials = run.trials();
        this.counting = Attempts.counting(trials);
    }

    static RunView view(RunDirectory run) {
        return new RunAnalysis(run).view();
    }

    private RunView view() {
        Map<String, VariantFigures> figures = new LinkedHashMap<>();
        for (Variant variant : manifest.variants()) {
            List<Trial> own = counting.values().stream()
                    .filter(t -> t.variant().id().equals(variant.id()))
                    .toList();
            VariantFigures of = new VariantFigures(
                    manifest, variant, own, accuracy(variant.id()), besideAccuracy(variant.id()), budgetSpent());
            figures.put(variant.id(), of);
        }
        BlockNoise noise = BlockNoise.of(
                figures.values().stream().map(VariantFigures::capacity).toList());
        List<Standing> standings =
                figures.values().stream().map(of -> of.standing(noise)).toList();
        Decision decision = Decider.decide(manifest, standings);
        return new RunView(manifest, decision, rows(decision, figures), trials);
    }

    private boolean budgetSpent() {
        Double budget = manifest.plan().loadBudgetSeconds();
        return budget != null && LoadBudget.spent(trials) >= budget;
    }

    private List<VariantView> rows(Decision decision, Map<String, VariantFigures> figures) {
        boolean settled = decision.chosen() != null;
        boolean tie = decision.outcome() == Decision.Outcome.TIED;
        List<VariantView> rows = new ArrayList<>();
        int place = 0;
        for (Decision.Candidate candidate : decision.candidates()) {
            boolean counts = settled && qualifies(candidate.verdict());
            place += counts ? 1 : 0;
            boolean first =
                    candidate.verdict() == Decision.Verdict.CHOSEN || candidate.verdict() == Decision.Verdict.TIED;
            String rank = !counts ? "" : first ? (tie ? "1=" : "1") : Integer.toString(place);
            Optional.ofNullable(figures.get(candidate.variant())).ifPresent(of -> rows.add(of.view(rank, candidate)));
        }
        return rows;
    }

    private static boolean qualifies(Decision.Verdict verdict) {
        return switch (verdict) {
            case CHOSEN, TIED, DEARER -> true;
            case INCONCLUSIVE, DISQUALIFIED, SCREENED, NOT_RANKED -> false;
        };
    }

    /** Judged by the variant's own answers, or by those of one that differs in batching alone and gave the same on a subset. */
    private AccuracyJudgement accuracy(String variant) {
        AccuracyJudgement known = judged.get(variant);
        if (known != null) {
            return known;
        }
        String answering = answering(variant);
        AccuracyJudgement judgement = !answering.equals(variant)
                ? accuracy(answering)
                : AccuracyJudge.of(
                        samples(variant),
                        samples(manifest.baseline()),
                        variant.equals(manifest.baseline()),
                        manifest.plan().tasks(),
                        manifest.objectives().accuracyMargin());
        judged.put(variant, judgement);
        return judgement;
    }

    /** The variant whose answers stand for this one's: mostly itself. */
    private String answering(String variant) {
        return counting.values().stream()
                .filter(t -> t.variant().id().equals(variant))
                .flatMap(t -> Stream.concat(t.flags().stream(), t.reasons().stream()))
                .filter(r -> r.code() == Code.EVALUATED_BY_SUBSET || r.code() == Code.SCREENED_ACCURACY)
                .map(Reason::subject)
                .filter(Objects::nonNull)
                .filter(subject -> !subject.isEmpty())
                .findFirst()
                .orElse(variant);
    }

    /** Figures of groups of tasks, and of the lengths of the variant's own answers. */
    private List<Measurement> besideAccuracy(String variant) {
        List<Measurement> figures = new ArrayList<>(lengthFigures(variant));
        evaluation(answering(variant))
                .ifPresent(trial -> trial.measurements().stream()
                        .filter(figure -> figure.name().equals(Metric.GROUP_SCORE.id()))
                        .forEach(figures::add));
        return figures;
    }

    /** Lengths of the variant's own answers, held against those of the baseline that its logits are held against. */
    private List<Measurement> lengthFigures(String variant) {
        String baseline = manifest.plan().baselines().getOrDefault(variant, manifest.baseline());
        return lengths(variant).measurements(variant.equals(baseline) ? new AnswerLengths() : lengths(baseline));
    }

    private AnswerLengths lengths(String variant) {
        AnswerLengths known = lengths.get(variant);
        if (known != null) {
            return known;
        }
        AnswerLengths answers = new AnswerLengths();
        evaluation(variant).ifPresent(trial -> {
            for (String task : manifest.plan().tasks()) {
                try {
                    run.forEachResponse(trial.id(), task, response -> answers.add(task, response));
                } catch (InvalidResultException e) {
                    // A damaged file leaves lengths open from there on; pairs are of whole answers.
                }
            }
        });
        lengths.put(variant, answers);
        return answers;
    }

    /** Damaged samples leave the accuracy open; they do not take the rest of the run with them. */
    private List<SampleRecord> readable(Trial trial, String task) {
        try {
            return run.samples(trial.id(), task);
        } catch (InvalidResultException e) {
            return List.of();
        }
    }

    /** The evaluation that counts: the last step that was completed. */
    private Optional<Trial> evaluation(String variant) {
        return counting.values().stream()
                .filter(t -> t.variant().id().equals(variant)
                        && t.workload().kind() == Workload.Kind.EVALUATION
                        && t.status() == Trial.Status.COMPLETED)
                .reduce((first, second) -> second);
    }

    private Map<String, List<SampleRecord>> samples(String variant) {
        Map<String, List<SampleRecord>> samples = new LinkedHashMap<>();
        evaluation(variant).ifPresent(trial -> {
            for (String task : manifest.plan().tasks()) {
                List<SampleRecord> records = readable(trial, task);
                if (!records.isEmpty()) {
                    samples.put(task, records);
                }
            }
        });
        return samples;
    }
}
