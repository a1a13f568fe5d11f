package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.results.Measurement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Capacity of every valid variant that was searched, with its interval. */
final class CapacityChart {
    private static final int HEIGHT = 360;
    private static final int MOST_LEVEL = 3;
    /** XChart refuses to be asked for fewer. */
    private static final int LEAST_LABELS = 2;

    private static final int UPRIGHT = 90;
    private static final int UPRIGHT_SPACE = 220;

    private CapacityChart() {}

    static Optional<Chart> draw(List<ChartRow> all, ChartColours colours) {
        List<ChartRow> rows = all.stream()
                .filter(row -> row.has(Metric.CAPACITY))
                .sorted(Comparator.comparingDouble(row -> -capacity(row).value()))
                .toList();
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        boolean upright = rows.size() > MOST_LEVEL;
        int height = HEIGHT + (upright ? UPRIGHT_SPACE : 0);
        CategoryChart chart = new CategoryChart(ChartTheme.WIDTH, height);
        ChartTheme.apply(chart.getStyler());
        chart.getStyler().setOverlapped(true).setAvailableSpaceFill(Math.min(0.6, 0.12 * rows.size()));
        chart.getStyler().setXAxisLabelRotation(upright ? UPRIGHT : 0).setPlotGridVerticalLinesVisible(false);
        chart.getStyler().setXAxisMaxLabelCount(Math.max(LEAST_LABELS, rows.size()));
        chart.getStyler().setXAxisLabelAlignmentVertical(AxesChartStyler.TextAlignment.Right);
        chart.getStyler().setYAxisMin(0.0);
        chart.setYAxisTitle("Capacity, requests/s");
        List<String> names = rows.stream().map(ChartRow::label).toList();
        for (String engine : colours.engines()) {
            if (rows.stream().anyMatch(row -> row.engine().equals(engine))) {
                chart.addSeries(engine, names, bars(rows, engine)).setFillColor(colours.colour(engine));
            }
        }
        intervals(chart, names, rows);
        return Optional.of(ChartTheme.draw(
                chart::paint,
                height,
                "capacity",
                "Capacity by variant",
                "Highest rate in requests a second that meets the objectives, with its 95 % interval, for "
                        + rows.size() + " variants, highest first."));
    }

    private static Measurement capacity(ChartRow row) {
        return row.figure(Metric.CAPACITY).orElseThrow();
    }

    private static List<@Nullable Double> bars(List<ChartRow> rows, String engine) {
        List<@Nullable Double> bars = new ArrayList<>();
        rows.forEach(row -> bars.add(row.engine().equals(engine) ? capacity(row).value() : null));
        return bars;
    }

    /** XChart's error bars are symmetrical; about the middle of the interval they end where it ends. */
    private static void intervals(CategoryChart chart, List<String> names, List<ChartRow> rows) {
        List<Double> middles = new ArrayList<>();
        List<Double> halves = new ArrayList<>();
        for (ChartRow row : rows) {
            double low = ChartRow.low(capacity(row));
            double high = ChartRow.high(capacity(row));
            middles.add((low + high) / 2);
            halves.add((high - low) / 2);
        }
        CategorySeries series = chart.addSeries("95 % interval", names, middles, halves);
        series.setChartCategorySeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Scatter);
        series.setMarker(SeriesMarkers.NONE).setLineColor(ChartTheme.INK).setLineStyle(ChartTheme.LINE);
        series.setShowInLegend(false);
    }
}
