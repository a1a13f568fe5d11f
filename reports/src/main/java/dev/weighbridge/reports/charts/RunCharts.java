package dev.weighbridge.reports.charts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All charts of a run. */
public final class RunCharts {
    private RunCharts() {}

    /**
     * Draws what there are figures for. The same input gives the same bytes.
     *
     * @param rows best first; those that are not valid are left out of every chart
     * @param curves whole distributions of TTFT of the few variants to compare
     * @param ttftObjectiveMillis longest good TTFT, or {@code null} when the study has none
     */
    public static List<Chart> draw(
            List<ChartRow> rows, List<LatencyCurve> curves, @Nullable Double ttftObjectiveMillis) {
        ChartColours colours =
                new ChartColours(rows.stream().map(ChartRow::engine).toList());
        List<Chart> charts = new ArrayList<>();
        for (Optional<Chart> chart : List.of(
                AccuracyCostChart.draw(rows, colours),
                RowCharts.ttft(rows, colours, ttftObjectiveMillis),
                CurveChart.ttft(curves, colours),
                RowCharts.outputRate(rows, colours))) {
            chart.ifPresent(charts::add);
        }
        return charts;
    }
}
