package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.SampleRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scores of a variant from its judged samples, alone and against the baseline's on the same samples. */
public final class AccuracyFigures {
    private AccuracyFigures() {}

    /**
     * The figures of one evaluation.
     *
     * @param samples by task
     * @param baseline samples of the baseline by task; empty for the baseline itself
     */
    public static List<Measurement> of(
            Map<String, List<SampleRecord>> samples, Map<String, List<SampleRecord>> baseline) {
        List<Measurement> figures = new ArrayList<>();
        Map<String, Double> all = new LinkedHashMap<>();
        Map<String, Double> allBefore = new LinkedHashMap<>();
        samples.forEach((task, records) -> {
            Map<String, Double> scores = scores(task, records);
            Map<String, Double> before = scores(task, baseline.getOrDefault(task, List.of()));
            all.putAll(scores);
            allBefore.putAll(before);
            figures.addAll(figures(task, scores, before));
        });
        List<Measurement> pooled = new ArrayList<>(figures("", all, allBefore));
        long failed = samples.values().stream()
                .flatMap(List::stream)
                .filter(record -> record.failure() != null)
                .count();
        if (!all.isEmpty()) {
            pooled.add(new Measurement(
                    "failed_samples", "", "failed_samples", failed, "samples", all.size(), null, null, false));
        }
        pooled.addAll(figures);
        return pooled;
    }

    private static List<Measurement> figures(String scope, Map<String, Double> scores, Map<String, Double> before) {
        List<Measurement> figures = new ArrayList<>();
        if (!scores.isEmpty()) {
            long right = scores.values().stream().filter(score -> score >= 0.5).count();
            figures.add(Proportion.measurement("accuracy", scope, right, scores.size()));
        }
        PairedComparison comparison = PairedComparison.of(scores, before);
        if (comparison.n() > 0) {
            figures.addAll(comparison.measurements(scope));
        }
        return figures;
    }

    private static Map<String, Double> scores(String task, List<SampleRecord> records) {
        Map<String, Double> scores = new LinkedHashMap<>();
        records.forEach(record -> scores.put(task + "/" + record.docHash(), record.score()));
        return scores;
    }
}
