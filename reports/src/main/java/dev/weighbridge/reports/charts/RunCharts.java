package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.Metric;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All charts of a run. */
public final class RunCharts {
    private RunCharts() {}

    /**
     * Draws what there are figures for. The same input gives the same bytes on the same machine; the outlines of letters are
     * those of its fonts.
     *
     * @param rows best first; those that are not valid are left out of every chart
     * @param curves latency by load of the few variants to compare
     * @param latency that the curves are of
     * @param objectiveMillis longest good latency of that kind, or {@code null} when the study has none
     */
    public static List<Chart> draw(
            List<ChartRow> rows, List<LoadCurve> curves, Metric latency, @Nullable Double objectiveMillis) {
        ChartColours colours =
                new ChartColours(rows.stream().map(ChartRow::engine).toList());
        return Stream.of(
                        AccuracyCostChart.draw(rows, colours),
                        CapacityChart.draw(rows, colours),
                        LoadCurveChart.draw(curves, latency, colours, objectiveMillis))
                .flatMap(Optional::stream)
                .toList();
    }
}
