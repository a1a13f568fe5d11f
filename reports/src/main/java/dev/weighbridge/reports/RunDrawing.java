package dev.weighbridge.reports;

import dev.weighbridge.reports.charts.Chart;
import dev.weighbridge.reports.charts.RunCharts;
import dev.weighbridge.reports.charts.TimelineChart;
import dev.weighbridge.results.RunDirectory;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The charts of a run, or why there are none.
 *
 * @param charts of the report's page
 * @param timeline of all attempts, for the page of the trials
 * @param loads the most telling one of each variant, for a page of their own
 * @param problem why they could not be drawn; empty when they could
 */
record RunDrawing(List<Chart> charts, Optional<Chart> timeline, List<LoadDrawing> loads, Optional<String> problem) {
    RunDrawing {
        charts = List.copyOf(charts);
        loads = List.copyOf(loads);
    }

    /** Every drawing that is a file of its own. */
    List<Chart> all() {
        return Stream.concat(charts.stream(), timeline.stream()).toList();
    }

    static RunDrawing of(RunFacts facts, RunDirectory run) {
        LoadCurves curves = facts.curves();
        try {
            return new RunDrawing(
                    RunCharts.draw(facts.chartRows(), curves.curves(), curves.latency(), curves.objectiveMillis()),
                    TimelineChart.draw(facts.trials(), facts.names()),
                    LoadDrawing.of(facts, run),
                    Optional.empty());
        } catch (LinkageError | InternalError e) {
            // Slim Java runtimes come without AWT or without fonts. Every chart has a table, so the report is still
            // whole.
            return new RunDrawing(
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    Optional.of("The charts could not be drawn, because this Java runtime has no 2D graphics (" + e
                            + "). Write the report on a runtime with the java.desktop module and fontconfig."));
        }
    }
}
