package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.accuracy.AccuracyJudgement.Verdict;
import dev.weighbridge.analysis.statistics.Confidence;
import dev.weighbridge.analysis.statistics.Holm;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.SampleRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one test of whether a variant answers as well as the study's baseline: non-inferiority of the paired difference with
 * the study's margin. What was not measured is never taken for no loss.
 */
public final class AccuracyJudge {
    /** Share of the baseline's samples without an answer up to which others can be held to it. */
    public static final double MOST_FAILED = 0.05;

    private AccuracyJudge() {}

    /**
     * Judges one variant. Tasks that are not planned are left out.
     *
     * @param own samples of the variant by task; may be some of the baseline's samples, then those are compared
     * @param baseline samples of the baseline by task; not looked at when this is the baseline
     * @param isBaseline whether the variant is the baseline itself
     * @param plannedTasks of the study
     * @param margin largest loss of accuracy that is accepted, a share, at least 0 and under 1
     * @throws IllegalArgumentException when the margin is not a share
     */
    public static AccuracyJudgement of(
            Map<String, List<SampleRecord>> own,
            Map<String, List<SampleRecord>> baseline,
            boolean isBaseline,
            List<String> plannedTasks,
            double margin) {
        if (!(margin >= 0 && margin < 1)) {
            throw new IllegalArgumentException("margin must be a share from 0 to under 1, got: " + margin);
        }
        if (plannedTasks.isEmpty()) {
            return new AccuracyJudgement(Verdict.NOT_ASKED, List.of(), List.of());
        }
        Map<String, List<SampleRecord>> mine = planned(own, plannedTasks);
        Map<String, List<SampleRecord>> reference = isBaseline ? mine : planned(baseline, plannedTasks);
        List<Reason> unusable = unusable(reference, plannedTasks);
        if (!unusable.isEmpty()) {
            return missing(unusable, mine, Map.of(), plannedTasks);
        }
        if (isBaseline) {
            return new AccuracyJudgement(Verdict.BASELINE, List.of(), AccuracyFigures.of(mine, Map.of()));
        }
        Map<String, PairedComparison> byTask = AccuracyFigures.comparisons(mine, reference);
        List<Reason> absent = plannedTasks.stream()
                .filter(task -> !byTask.containsKey(task))
                .map(task -> Reason.about(Code.ACCURACY_MISSING, task))
                .toList();
        if (!absent.isEmpty()) {
            return missing(absent, mine, reference, plannedTasks);
        }
        PairedComparison whole = PairedComparison.of(AccuracyFigures.pooled(mine), AccuracyFigures.pooled(reference));
        return compared(whole, byTask, margin, AccuracyFigures.of(mine, reference));
    }

    private static AccuracyJudgement compared(
            PairedComparison whole, Map<String, PairedComparison> byTask, double margin, List<Measurement> figures) {
        List<Reason> losses = losses(whole, byTask, margin);
        if (!losses.isEmpty()) {
            return new AccuracyJudgement(Verdict.INFERIOR, losses, figures);
        }
        if (whole.low() > -margin) {
            return new AccuracyJudgement(Verdict.NON_INFERIOR, List.of(), figures);
        }
        Reason open = new Reason(Code.ACCURACY_OPEN, null, (double) whole.samplesToSettle(margin), null);
        return new AccuracyJudgement(Verdict.INCONCLUSIVE, List.of(open), figures);
    }

    /** Sure losses over all samples, and on single tasks corrected for their number: one of many is bound to look bad. */
    private static List<Reason> losses(PairedComparison whole, Map<String, PairedComparison> byTask, double margin) {
        List<Reason> losses = new ArrayList<>();
        if (whole.high() < -margin) {
            losses.add(Reason.over(Code.ACCURACY_INFERIOR, whole.high(), -margin));
        }
        if (byTask.size() < 2) {
            return losses;
        }
        double[] adjusted = Holm.adjusted(byTask.values().stream()
                .mapToDouble(comparison -> comparison.lossP(margin))
                .toArray());
        int task = 0;
        for (Map.Entry<String, PairedComparison> entry : byTask.entrySet()) {
            if (adjusted[task++] < Confidence.TAIL) {
                losses.add(new Reason(
                        Code.ACCURACY_INFERIOR, entry.getKey(), entry.getValue().high(), -margin));
            }
        }
        return losses;
    }

    /** Why nothing can be held to these answers of the baseline; empty when it can. */
    private static List<Reason> unusable(Map<String, List<SampleRecord>> reference, List<String> plannedTasks) {
        if (!reference.keySet().containsAll(plannedTasks)) {
            return List.of(Reason.of(Code.BASELINE_NOT_EVALUATED));
        }
        for (Map.Entry<String, List<SampleRecord>> task : reference.entrySet()) {
            if (failedShare(task.getValue()) == 1) {
                return List.of(new Reason(Code.BASELINE_ANSWERS_FAILED, task.getKey(), 1.0, MOST_FAILED));
            }
        }
        double share =
                failedShare(reference.values().stream().flatMap(List::stream).toList());
        return share > MOST_FAILED ? List.of(Reason.over(Code.BASELINE_ANSWERS_FAILED, share, MOST_FAILED)) : List.of();
    }

    private static double failedShare(List<SampleRecord> records) {
        long failed =
                records.stream().filter(record -> record.failure() != null).count();
        return (double) failed / records.size();
    }

    /** The figures that there are; none over all tasks where a task is missing, since they would be of another mixture. */
    private static AccuracyJudgement missing(
            List<Reason> reasons,
            Map<String, List<SampleRecord>> own,
            Map<String, List<SampleRecord>> reference,
            List<String> plannedTasks) {
        boolean complete = own.keySet().containsAll(plannedTasks);
        List<Measurement> figures = AccuracyFigures.of(own, reference).stream()
                .filter(figure -> complete || !figure.scope().isEmpty())
                .toList();
        return new AccuracyJudgement(Verdict.MISSING, reasons, figures);
    }

    /** The planned tasks that have samples, in the order of the plan. */
    private static Map<String, List<SampleRecord>> planned(
            Map<String, List<SampleRecord>> samples, List<String> plannedTasks) {
        Map<String, List<SampleRecord>> planned = new LinkedHashMap<>();
        for (String task : plannedTasks) {
            List<SampleRecord> records = samples.getOrDefault(task, List.of());
            if (!records.isEmpty()) {
                planned.put(task, records);
            }
        }
        return planned;
    }
}
