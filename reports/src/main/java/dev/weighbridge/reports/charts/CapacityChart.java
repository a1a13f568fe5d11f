package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.results.Measurement;
import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.knowm.xchart.XYChart;

/** Capacity of every valid variant that was searched, a bar each, with its interval. */
final class CapacityChart {
    private static final double ROOM = 1.04;
    private static final double WHISKER = 0.16;
    private static final BasicStroke BAR = new BasicStroke(15, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);

    private CapacityChart() {}

    static Optional<Chart> draw(List<ChartRow> all, ChartColours colours) {
        List<ChartRow> rows = all.stream()
                .filter(row -> row.has(Metric.CAPACITY))
                .sorted(Comparator.comparingDouble(row -> -capacity(row).value()))
                .toList();
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        int height = ChartTheme.height(rows.size());
        XYChart chart = new XYChart(ChartTheme.WIDTH, height);
        ChartTheme.apply(chart.getStyler());
        ChartTheme.rows(chart.getStyler(), rows.size());
        chart.getStyler().setXAxisTickLabelsFormattingFunction(ChartTheme::number);
        double most = rows.stream()
                .mapToDouble(row -> ChartRow.high(capacity(row)))
                .max()
                .orElse(1);
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(most > 0 ? most * ROOM : 1);
        chart.setXAxisTitle("Capacity, requests/s");
        colours.engines().forEach(engine -> bars(chart, rows, engine, colours));
        intervals(chart, rows);
        return Optional.of(ChartTheme.draw(
                ChartTheme.named(chart, rows.stream().map(ChartRow::label).toList()),
                height,
                "capacity",
                "Capacity by variant",
                "Highest rate in requests a second that meets the objectives, with its 95 % interval; the"
                        + " variant with the highest comes first."));
    }

    private static Measurement capacity(ChartRow row) {
        return row.figure(Metric.CAPACITY).orElseThrow();
    }

    /** One series an engine; values that are no number part its bars. */
    private static void bars(XYChart chart, List<ChartRow> rows, String engine, ChartColours colours) {
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            if (rows.get(row).engine().equals(engine)) {
                line(xs, ys, 0, -row, capacity(rows.get(row)).value(), -row);
            }
        }
        if (!xs.isEmpty()) {
            ChartTheme.bare(chart.addSeries(engine, xs, ys), colours.colour(engine), BAR);
        }
    }

    /** XChart's error bars are upright; these lie as the bars do. */
    private static void intervals(XYChart chart, List<ChartRow> rows) {
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            double low = ChartRow.low(capacity(rows.get(row)));
            double high = ChartRow.high(capacity(rows.get(row)));
            line(xs, ys, low, -row, high, -row);
            line(xs, ys, low, -row - WHISKER, low, -row + WHISKER);
            line(xs, ys, high, -row - WHISKER, high, -row + WHISKER);
        }
        ChartTheme.bare(chart.addSeries("95 % interval", xs, ys), ChartTheme.INK, ChartTheme.THIN);
    }

    private static void line(List<Double> xs, List<Double> ys, double fromX, double fromY, double toX, double toY) {
        xs.addAll(List.of(fromX, toX, toX));
        ys.addAll(List.of(fromY, toY, Double.NaN));
    }
}
