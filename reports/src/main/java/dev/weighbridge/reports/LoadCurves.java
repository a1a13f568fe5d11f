package dev.weighbridge.reports;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.capacity.CapacityEstimate;
import dev.weighbridge.reports.charts.LoadCurve;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Latency by offered rate of the variants that tell most: the chosen one, the baseline, one of each engine, the next best.
 *
 * @param latency that the curves are of: the 95th percentile of what the study sets an objective for
 * @param objectiveMillis of the study for it, or {@code null}
 * @param curves of variants with at least two probes
 */
record LoadCurves(Metric latency, @Nullable Double objectiveMillis, List<LoadCurve> curves) {
    private static final int MOST_CURVES = 4;

    static LoadCurves of(Manifest manifest, List<Trial> trials, List<VariantView> rows, Map<String, String> names) {
        Manifest.Objectives objectives = manifest.objectives();
        Double whole = objectives.e2eMillis();
        boolean first = objectives.ttftMillis() != null || whole == null;
        Metric latency = first ? Metric.TTFT_P95 : Metric.of("e2e_p95").orElseThrow();
        Map<String, Trial> byId = new HashMap<>();
        trials.forEach(trial -> byId.put(trial.id(), trial));
        List<LoadCurve> curves = new ArrayList<>();
        for (VariantView row : mostTelling(rows)) {
            List<LoadCurve.Point> points =
                    points(row, byId, latency, manifest.objectives().goodputShare());
            if (points.size() > 1 && curves.size() < MOST_CURVES) {
                String name =
                        names.getOrDefault(row.variant().id(), row.variant().id()) + role(row);
                curves.add(new LoadCurve(name, row.variant().engine(), points));
            }
        }
        return new LoadCurves(latency, first ? objectives.ttftMillis() : whole, curves);
    }

    private static List<LoadCurve.Point> points(
            VariantView row, Map<String, Trial> byId, Metric latency, double share) {
        List<LoadCurve.Point> points = new ArrayList<>();
        for (CapacityEstimate.Probe probe : row.capacity().probes()) {
            Trial trial = byId.get(probe.trialId());
            if (trial != null && probe.verdict() != CapacityEstimate.Verdict.UNKNOWN) {
                double achieved = trial.measurement(Metric.ACHIEVED_RATE.id())
                        .map(Measurement::value)
                        .orElse(Double.NaN);
                trial.measurement(latency.id())
                        .ifPresent(measured -> points.add(
                                new LoadCurve.Point(probe.rate(), achieved, measured.value(), probe.holds(share))));
            }
        }
        points.sort(Comparator.comparingDouble(LoadCurve.Point::rate));
        return points;
    }

    private static Set<VariantView> mostTelling(List<VariantView> rows) {
        Set<VariantView> order = new LinkedHashSet<>();
        List<VariantView> valid = rows.stream().filter(VariantView::valid).toList();
        valid.stream().filter(VariantView::chosen).forEach(order::add);
        valid.stream().filter(VariantView::baseline).forEach(order::add);
        // One of each engine before a second one of any.
        Set<String> engines = new LinkedHashSet<>();
        order.forEach(row -> engines.add(row.variant().engine()));
        valid.stream().filter(row -> engines.add(row.variant().engine())).forEach(order::add);
        order.addAll(valid);
        return order;
    }

    private static String role(VariantView row) {
        return row.chosen() ? " · chosen" : row.baseline() ? " · baseline" : "";
    }
}
