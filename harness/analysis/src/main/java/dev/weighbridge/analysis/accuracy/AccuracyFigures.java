package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.statistics.ClusteredMean;
import dev.weighbridge.analysis.statistics.Holm;
import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.SampleRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scores of a variant from its judged samples, alone and against the baseline's on the same samples. */
public final class AccuracyFigures {
    private AccuracyFigures() {}

    /**
     * The figures of one evaluation: over all tasks (empty scope), then by task. A sample without an answer counts as wrong.
     * The p of equality by task is adjusted by Holm over the tasks.
     *
     * @param samples by task
     * @param baseline samples of the baseline by task; empty for the baseline itself
     */
    public static List<Measurement> of(
            Map<String, List<SampleRecord>> samples, Map<String, List<SampleRecord>> baseline) {
        Map<String, JudgedSample> all = pooled(samples);
        if (all.isEmpty()) {
            return List.of();
        }
        List<Measurement> figures = new ArrayList<>(scores("", all.values()));
        PairedComparison whole = PairedComparison.of(all, pooled(baseline));
        if (whole.n() > 0) {
            figures.addAll(
                    whole.measurements("", whole.equalityP(), whole.graded() == null ? "mcnemar_p" : "paired_p"));
        }
        Map<String, PairedComparison> comparisons = comparisons(samples, baseline);
        Map<String, Double> adjusted = adjusted(comparisons);
        String correction = comparisons.size() > 1 ? "_holm" : "";
        samples.forEach((task, records) -> {
            Map<String, JudgedSample> ofTask = JudgedSample.byKey(task, records);
            if (!ofTask.isEmpty()) {
                figures.addAll(scores(task, ofTask.values()));
            }
            PairedComparison comparison = comparisons.get(task);
            if (comparison != null) {
                String definition = (comparison.graded() == null ? "mcnemar_p" : "paired_p") + correction;
                figures.addAll(comparison.measurements(task, adjusted.getOrDefault(task, 1.0), definition));
            }
        });
        return figures;
    }

    /** Comparisons of those tasks of which both have samples. */
    static Map<String, PairedComparison> comparisons(
            Map<String, List<SampleRecord>> samples, Map<String, List<SampleRecord>> baseline) {
        Map<String, PairedComparison> comparisons = new LinkedHashMap<>();
        samples.forEach((task, records) -> {
            PairedComparison comparison = PairedComparison.of(
                    JudgedSample.byKey(task, records),
                    JudgedSample.byKey(task, baseline.getOrDefault(task, List.of())));
            if (comparison.n() > 0) {
                comparisons.put(task, comparison);
            }
        });
        return comparisons;
    }

    /** All samples, whatever their task. */
    static Map<String, JudgedSample> pooled(Map<String, List<SampleRecord>> samples) {
        Map<String, JudgedSample> pooled = new LinkedHashMap<>();
        samples.forEach((task, records) -> pooled.putAll(JudgedSample.byKey(task, records)));
        return pooled;
    }

    private static Map<String, Double> adjusted(Map<String, PairedComparison> comparisons) {
        double[] adjusted = Holm.adjusted(comparisons.values().stream()
                .mapToDouble(PairedComparison::equalityP)
                .toArray());
        Map<String, Double> byTask = new LinkedHashMap<>();
        for (String task : comparisons.keySet()) {
            byTask.put(task, adjusted[byTask.size()]);
        }
        return byTask;
    }

    private static List<Measurement> scores(String scope, Collection<JudgedSample> samples) {
        long failed = samples.stream().filter(sample -> !sample.answered()).count();
        return List.of(
                accuracy(scope, samples),
                new Measurement(
                        "failed_samples",
                        scope,
                        "failed_samples",
                        failed,
                        "samples",
                        samples.size(),
                        null,
                        null,
                        false));
    }

    /** Wilson's interval, widened to the clustered one where samples share sources. */
    private static Measurement accuracy(String scope, Collection<JudgedSample> samples) {
        if (samples.stream().anyMatch(JudgedSample::graded)) {
            return inPart(scope, samples);
        }
        return Proportion.clustered(
                "accuracy",
                scope,
                samples.stream().map(JudgedSample::right).toList(),
                samples.stream().map(JudgedSample::source).toList());
    }

    /** Mean of scores that are right in part, with its clustered interval; without one where a single source says nothing of others. */
    private static Measurement inPart(String scope, Collection<JudgedSample> samples) {
        ClusteredMean mean = ClusteredMean.of(
                samples.stream().mapToDouble(JudgedSample::score).toArray(),
                samples.stream().map(JudgedSample::source).toList());
        boolean bounded = Double.isFinite(mean.half());
        return new Measurement(
                "accuracy",
                scope,
                "accuracy",
                mean.mean(),
                "1",
                samples.size(),
                bounded ? Math.max(0, mean.mean() - mean.half()) : null,
                bounded ? Math.min(1, mean.mean() + mean.half()) : null,
                !bounded);
    }
}
