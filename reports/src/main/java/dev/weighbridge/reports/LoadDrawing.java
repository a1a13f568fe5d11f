package dev.weighbridge.reports;

import dev.weighbridge.analysis.load.TrialTimeline;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.reports.charts.Chart;
import dev.weighbridge.reports.charts.TrialTimelineChart;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The most telling load of a variant, by time.
 *
 * @param trial that is drawn
 * @param charts of it, one below the other
 */
record LoadDrawing(Trial trial, List<Chart> charts) {
    private static final int MOST = 24;

    /** Higher is more telling: the edge of what a variant can do before what it does at ease. */
    private static final Comparator<Trial> TELLING = Comparator.comparingInt(LoadDrawing::kind)
            .thenComparing(trial -> trial.workload().offeredRate() == null
                    ? 0.0
                    : trial.workload().offeredRate())
            .thenComparing(Trial::repeat);

    /** One of each variant that has a load that counts, in the order of the table. */
    static List<LoadDrawing> of(RunFacts facts, RunDirectory run) {
        Map<String, Trial> telling = new LinkedHashMap<>();
        facts.rows()
                .forEach(row -> facts.trials().stream()
                        .filter(trial ->
                                trial.variant().id().equals(row.variant().id()))
                        .filter(trial ->
                                trial.workload().kind().load() && trial.status().counts())
                        .max(TELLING)
                        .ifPresent(trial -> telling.put(row.variant().id(), trial)));
        List<LoadDrawing> drawings = new ArrayList<>();
        for (Trial trial : telling.values()) {
            if (drawings.size() == MOST) {
                break;
            }
            String id = "load-" + drawings.size();
            TrialTimeline.read(run, trial)
                    .ifPresent(timeline -> drawings.add(new LoadDrawing(trial, TrialTimelineChart.draw(timeline, id))));
        }
        return drawings;
    }

    /** A probe that the server kept up with shows it near its capacity; one that it did not shows how it gives in. */
    private static int kind(Trial trial) {
        return switch (trial.workload().kind()) {
            case CAPACITY -> trial.status() == Trial.Status.COMPLETED ? 4 : 1;
            case LOAD_OPEN -> 3;
            case LOAD_CLOSED -> 2;
            case SATURATION, PARITY, EVALUATION, EVALUATION_UNDER_LOAD -> 0;
        };
    }

    /** What was loaded how, for a heading. */
    String heading(RunFacts facts) {
        Workload workload = trial.workload();
        Double rate = workload.offeredRate();
        return facts.name(trial.variant()) + ", " + workload.name()
                + (rate == null ? "" : " at " + Notation.RATE.number(rate) + " requests/s")
                + ", block " + trial.repeat();
    }
}
