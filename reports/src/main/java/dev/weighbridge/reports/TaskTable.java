package dev.weighbridge.reports;

import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Accuracy by variant and task, with the answers that flipped against the baseline.
 *
 * @param tasks ids, in the order in which they were first measured
 * @param cells by variant id, then by task id; absent where a variant was not asked
 */
record TaskTable(List<String> tasks, Map<String, Map<String, Cell>> cells) {
    private static final String ACCURACY = "accuracy";

    TaskTable {
        tasks = List.copyOf(tasks);
    }

    /**
     * Accuracy of one variant on one task.
     *
     * @param accuracy as measured
     * @param flips against the baseline; empty for the baseline itself and where samples are missing
     */
    record Cell(Measurement accuracy, Optional<Flips> flips) {}

    static TaskTable of(RunDirectory run, List<Trial> trials) {
        Manifest manifest = run.manifest();
        Map<String, Trial> evaluations = new LinkedHashMap<>();
        for (Trial trial : trials) {
            if (trial.workload().kind() == Workload.Kind.EVALUATION) {
                evaluations.put(trial.variant().id(), trial);
            }
        }
        Set<String> tasks = new LinkedHashSet<>();
        evaluations.values().forEach(trial -> taskFigures(trial).forEach(m -> tasks.add(m.scope())));
        Map<String, Map<String, Cell>> cells = new LinkedHashMap<>();
        for (String task : tasks) {
            Trial baseline = evaluations.get(manifest.baseline());
            List<SampleRecord> before = baseline == null ? List.of() : samples(run, baseline, task);
            evaluations.forEach((variant, trial) -> trial.measurement(ACCURACY, task)
                    .ifPresent(accuracy -> cells.computeIfAbsent(variant, key -> new LinkedHashMap<>())
                            .put(task, cell(run, trial, accuracy, trial.equals(baseline) ? List.of() : before))));
        }
        return new TaskTable(new ArrayList<>(tasks), cells);
    }

    /** Every task whose samples were judged, also those whose score is no share of right answers. */
    static List<String> judged(List<Trial> trials) {
        return trials.stream()
                .filter(trial -> trial.workload().kind() == Workload.Kind.EVALUATION)
                .flatMap(trial -> trial.measurements().stream())
                .filter(figure -> !figure.scope().isEmpty())
                .flatMap(figure -> switch (figure.name()) {
                    case ACCURACY -> Stream.of(figure.scope());
                    // Named by task and metric.
                    case "score" -> Stream.of(figure.scope().replaceFirst("/[^/]*$", ""));
                    default -> Stream.empty();
                })
                .distinct()
                .toList();
    }

    Optional<Cell> cell(String variant, String task) {
        return Optional.ofNullable(cells.getOrDefault(variant, Map.of()).get(task));
    }

    private static Cell cell(RunDirectory run, Trial trial, Measurement accuracy, List<SampleRecord> before) {
        if (before.isEmpty()) {
            return new Cell(accuracy, Optional.empty());
        }
        Flips flips = Flips.between(before, samples(run, trial, accuracy.scope()));
        return new Cell(accuracy, flips.common() == 0 ? Optional.empty() : Optional.of(flips));
    }

    private static List<Measurement> taskFigures(Trial trial) {
        return trial.measurements().stream()
                .filter(m -> m.name().equals(ACCURACY) && !m.scope().isEmpty())
                .toList();
    }

    private static List<SampleRecord> samples(RunDirectory run, Trial trial, String task) {
        try {
            return run.samples(trial.id(), task);
        } catch (InvalidResultException e) {
            // Damaged samples cost the flips of this task, not the report; the accuracy itself stands in the trial.
            return List.of();
        }
    }
}
