package dev.weighbridge.reports;

import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.capacity.CapacityEstimate;
import dev.weighbridge.reports.charts.LatencyCurve;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/** The TTFT distributions of the variants' headline loads, repeats merged, from their HdrHistogram logs. */
final class LatencyLogs {
    private static final int MOST_CURVES = 6;
    private static final long LARGEST_LOG = 16L << 20;
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final String TTFT = "ttft.hlog";

    private LatencyLogs() {}

    /** Curves of the chosen variant, the baseline, and the next best, at most six; only of valid variants. */
    static List<LatencyCurve> curves(
            RunDirectory run, List<Trial> trials, List<VariantView> rows, Map<String, String> names) {
        List<LatencyCurve> curves = new ArrayList<>();
        for (VariantView row : mostTelling(rows)) {
            if (curves.size() < MOST_CURVES) {
                ttft(run, trials, row)
                        .ifPresent(histogram -> curves.add(new LatencyCurve(
                                names.getOrDefault(row.variant().id(), "") + role(row),
                                row.variant().engine(),
                                histogram)));
            }
        }
        return curves;
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
        return row.chosen() ? " (chosen)" : row.baseline() ? " (baseline)" : "";
    }

    private static Optional<Histogram> ttft(RunDirectory run, List<Trial> trials, VariantView row) {
        String variant = row.variant().id();
        Histogram merged = new Histogram(SIGNIFICANT_DIGITS);
        for (Trial trial : trials) {
            boolean counts = trial.variant().id().equals(variant)
                    && trial.workload().name().equals(row.headlineScenario())
                    && trial.status() == Trial.Status.COMPLETED
                    && (trial.workload().kind() == Workload.Kind.LOAD_OPEN
                            || atCapacity(
                                    row, trial, run.manifest().objectives().goodputShare()));
            if (counts) {
                merge(run.trialPath(trial.id()).resolve(TTFT), merged);
            }
        }
        return merged.getTotalCount() > 0 ? Optional.of(merged) : Optional.empty();
    }

    /** Whether it is the highest rate of its block that held. */
    private static boolean atCapacity(VariantView row, Trial trial, double share) {
        return row.capacity().probes().stream()
                .filter(p -> p.repeat() == trial.repeat() && p.holds(share))
                .max(Comparator.comparingDouble(CapacityEstimate.Probe::rate))
                .filter(p -> p.trialId().equals(trial.id()))
                .isPresent();
    }

    private static void merge(Path log, Histogram merged) {
        try {
            if (!Files.isRegularFile(log) || Files.size(log) > LARGEST_LOG) {
                return;
            }
            try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
                for (EncodableHistogram next = reader.nextIntervalHistogram();
                        next != null;
                        next = reader.nextIntervalHistogram()) {
                    if (next instanceof Histogram histogram) {
                        merged.add(histogram);
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            // A damaged log costs its curve; the percentiles themselves stand in the trial.
            return;
        }
    }
}
