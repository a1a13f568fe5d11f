package dev.weighbridge.reports;

import dev.weighbridge.reports.charts.Chart;
import dev.weighbridge.reports.charts.RunCharts;
import dev.weighbridge.reports.charts.TimelineChart;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The charts of a run, or why there are none.
 *
 * @param charts of the report's page
 * @param timeline of all attempts, for the page of the trials
 * @param problem why they could not be drawn; empty when they could
 */
record RunDrawing(List<Chart> charts, Optional<Chart> timeline, Optional<String> problem) {
    RunDrawing {
        charts = List.copyOf(charts);
    }

    /** Every drawing. */
    List<Chart> all() {
        return Stream.concat(charts.stream(), timeline.stream()).toList();
    }

    static RunDrawing of(RunFacts facts) {
        LoadCurves curves = facts.curves();
        try {
            return new RunDrawing(
                    RunCharts.draw(facts.chartRows(), curves.curves(), curves.latency(), curves.objectiveMillis()),
                    TimelineChart.draw(facts.trials(), facts.names()),
                    Optional.empty());
        } catch (LinkageError | InternalError e) {
            // Slim Java runtimes come without AWT or without fonts. Every chart has a table, so the report is still
            // whole.
            return new RunDrawing(
                    List.of(),
                    Optional.empty(),
                    Optional.of("The charts could not be drawn, because this Java runtime has no 2D graphics (" + e
                            + "). Write the report on a runtime with the java.desktop module and fontconfig."));
        }
    }
}
