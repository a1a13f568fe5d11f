package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.accuracy.AccuracyJudgement.Verdict;
import dev.weighbridge.analysis.statistics.Holm;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.SampleRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Holds a variant's answers to the study's baseline: the one test of non-inferiority. */
public final class AccuracyJudge {
    private static final double MOST_FAILED_AT_BASELINE = 0.05;
    private static final double ONE_SIDED = 0.025;

    private AccuracyJudge() {}

    /**
     * Judges a variant.
     *
     * @param own judged samples by task
     * @param baseline the baseline's by task
     * @param isBaseline whether the variant is the baseline
     * @param tasks that the study asks
     * @param margin largest loss that is still non-inferior, as a share
     */
    public static AccuracyJudgement of(
            Map<String, List<SampleRecord>> own,
            Map<String, List<SampleRecord>> baseline,
            boolean isBaseline,
            List<String> tasks,
            double margin) {
        List<Measurement> figures = AccuracyFigures.of(own, isBaseline ? Map.of() : baseline);
        if (tasks.isEmpty()) {
            return new AccuracyJudgement(Verdict.NOT_ASKED, List.of(), figures);
        }
        Optional<Reason> unusable = unusable(baseline, tasks);
        if (unusable.isPresent()) {
            return new AccuracyJudgement(Verdict.MISSING, List.of(unusable.get()), figures);
        }
        if (isBaseline) {
            return new AccuracyJudgement(Verdict.BASELINE, List.of(), figures);
        }
        for (String task : tasks) {
            if (own.getOrDefault(task, List.of()).isEmpty()) {
                return new AccuracyJudgement(
                        Verdict.MISSING, List.of(Reason.about(Code.ACCURACY_MISSING, task)), figures);
            }
        }
        return judged(own, baseline, tasks, margin, figures);
    }

    /** Why nothing can be held to the baseline; empty when it can. */
    private static Optional<Reason> unusable(Map<String, List<SampleRecord>> baseline, List<String> tasks) {
        long all = 0;
        long failed = 0;
        for (String task : tasks) {
            List<SampleRecord> records = baseline.getOrDefault(task, List.of());
            if (records.isEmpty()) {
                return Optional.of(Reason.of(Code.BASELINE_NOT_EVALUATED));
            }
            all += records.size();
            failed += records.stream().filter(r -> r.failure() != null).count();
        }
        double share = (double) failed / all;
        return share > MOST_FAILED_AT_BASELINE
                ? Optional.of(Reason.over(Code.BASELINE_ANSWERS_FAILED, share, MOST_FAILED_AT_BASELINE))
                : Optional.empty();
    }

    private static AccuracyJudgement judged(
            Map<String, List<SampleRecord>> own,
            Map<String, List<SampleRecord>> baseline,
            List<String> tasks,
            double margin,
            List<Measurement> figures) {
        List<Reason> inferior = new ArrayList<>();
        double[] ps = tasks.stream()
                .mapToDouble(task -> AccuracyFigures.compared(Map.of(task, records(own, task)), baseline)
                        .inferiorityP(margin))
                .toArray();
        double[] adjusted = Holm.adjusted(ps);
        for (int i = 0; i < adjusted.length; i++) {
            if (adjusted[i] < ONE_SIDED) {
                PairedComparison comparison =
                        AccuracyFigures.compared(Map.of(tasks.get(i), records(own, tasks.get(i))), baseline);
                inferior.add(new Reason(Code.ACCURACY_INFERIOR, tasks.get(i), comparison.high(), -margin));
            }
        }
        PairedComparison all = AccuracyFigures.compared(own, baseline);
        if (all.n() == 0) {
            return new AccuracyJudgement(Verdict.MISSING, List.of(Reason.about(Code.ACCURACY_MISSING, "")), figures);
        }
        PairedComparison.Verdict verdict = all.verdict(margin);
        if (verdict == PairedComparison.Verdict.INFERIOR) {
            inferior.add(0, new Reason(Code.ACCURACY_INFERIOR, null, all.high(), -margin));
        }
        if (!inferior.isEmpty()) {
            return new AccuracyJudgement(Verdict.INFERIOR, inferior, figures);
        }
        if (verdict == PairedComparison.Verdict.INCONCLUSIVE) {
            Reason open = new Reason(Code.ACCURACY_OPEN, null, (double) all.samplesToSettle(margin), null);
            return new AccuracyJudgement(Verdict.INCONCLUSIVE, List.of(open), figures);
        }
        return new AccuracyJudgement(Verdict.NON_INFERIOR, List.of(), figures);
    }

    private static List<SampleRecord> records(Map<String, List<SampleRecord>> samples, String task) {
        return samples.getOrDefault(task, List.of());
    }
}
