package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.results.Measurement;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

/** Accuracy against cost of every valid variant, with intervals, the Pareto front and the decision. */
public final class AccuracyCostChart {
    private static final int HEIGHT = 420;
    private static final double LABEL_DISTANCE = 0.04;
    private static final double LABEL_SPACE = 0.06;
    private static final double CHARACTER = 0.0125;

    private AccuracyCostChart() {}

    /** Variants that no other one beats in cost without losing accuracy, cheapest first; by their figures alone. */
    public static List<ChartRow> front(List<ChartRow> all) {
        List<ChartRow> byCost = new ArrayList<>(drawable(all));
        byCost.sort(Comparator.comparingDouble(AccuracyCostChart::cost)
                .thenComparing(
                        Comparator.comparingDouble(AccuracyCostChart::percent).reversed()));
        List<ChartRow> front = new ArrayList<>();
        double best = Double.NEGATIVE_INFINITY;
        for (ChartRow row : byCost) {
            if (percent(row) > best) {
                front.add(row);
                best = percent(row);
            }
        }
        return front;
    }

    static Optional<Chart> draw(List<ChartRow> all, ChartColours colours) {
        List<ChartRow> rows = drawable(all);
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        XYChart chart = new XYChart(ChartTheme.WIDTH, HEIGHT);
        ChartTheme.apply(chart.getStyler());
        chart.getStyler().setXAxisTickLabelsFormattingFunction(ChartTheme::number);
        chart.setXAxisTitle("Cost, US dollars per million output tokens");
        chart.setYAxisTitle("Accuracy, %");
        ranges(chart, rows);
        for (ChartRow row : rows) {
            intervals(chart, row, colours.colour(row.engine()));
        }
        List<ChartRow> front = front(rows);
        frontLine(chart, front);
        for (String engine : colours.engines()) {
            List<ChartRow> own =
                    rows.stream().filter(row -> row.engine().equals(engine)).toList();
            if (!own.isEmpty()) {
                points(chart, engine, own, colours);
            }
        }
        labels(chart, front);
        return Optional.of(ChartTheme.draw(
                chart::paint,
                HEIGHT,
                "accuracy-cost",
                "Accuracy against cost",
                "Accuracy in percent against US dollars per million output tokens for " + rows.size()
                        + " valid variants, with 95 % intervals. " + front.size()
                        + " of them are on the Pareto front."));
    }

    private static List<ChartRow> drawable(List<ChartRow> all) {
        return all.stream().filter(r -> r.has(Metric.ACCURACY, Metric.COST)).toList();
    }

    private static double cost(ChartRow row) {
        return row.figure(Metric.COST).orElseThrow().value();
    }

    private static double percent(ChartRow row) {
        return row.figure(Metric.ACCURACY).orElseThrow().value() * 100;
    }

    private static void ranges(XYChart chart, List<ChartRow> rows) {
        double most = rows.stream().mapToDouble(AccuracyCostChart::cost).max().orElse(1);
        double high = rows.stream()
                .mapToDouble(r -> ChartRow.high(r.figure(Metric.COST).orElseThrow()))
                .max()
                .orElse(1);
        // One wild interval must not squeeze all points into a corner; it is cut at the edge of the plot.
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(most > 0 ? Math.min(high, most * 1.5) * 1.05 : 1);
        double low = rows.stream()
                .mapToDouble(r -> ChartRow.low(r.figure(Metric.ACCURACY).orElseThrow()))
                .min()
                .orElse(0);
        double best = rows.stream()
                .mapToDouble(r -> ChartRow.high(r.figure(Metric.ACCURACY).orElseThrow()))
                .max()
                .orElse(1);
        double room = Math.max(0.005, (best - low) * 0.1);
        chart.getStyler().setYAxisMin(Math.max(0, low - room) * 100).setYAxisMax(Math.min(1, best + room) * 100);
    }

    private static void intervals(XYChart chart, ChartRow row, Color colour) {
        Measurement accuracy = row.figure(Metric.ACCURACY).orElseThrow();
        // XChart's error bars are symmetrical; about the middle of the interval they end where it ends.
        double low = ChartRow.low(accuracy) * 100;
        double high = ChartRow.high(accuracy) * 100;
        XYSeries upright = chart.addSeries(
                "accuracy of " + row.name(), new double[] {cost(row)}, new double[] {(low + high) / 2}, new double[] {
                    (high - low) / 2
                });
        Measurement cost = row.figure(Metric.COST).orElseThrow();
        XYSeries level = chart.addSeries(
                "cost of " + row.name(),
                new double[] {ChartRow.low(cost), ChartRow.high(cost)},
                new double[] {percent(row), percent(row)});
        for (XYSeries series : List.of(upright, level)) {
            ChartTheme.bare(series, colour, ChartTheme.THIN).setShowInLegend(false);
        }
    }

    private static void frontLine(XYChart chart, List<ChartRow> front) {
        if (front.size() < 2) {
            return;
        }
        // A step: between two points of the front, only the cheaper one's accuracy is to be had.
        double[] xs = new double[2 * front.size() - 1];
        double[] ys = new double[xs.length];
        for (int i = 0; i < front.size(); i++) {
            xs[2 * i] = cost(front.get(i));
            ys[2 * i] = percent(front.get(i));
            if (i > 0) {
                xs[2 * i - 1] = cost(front.get(i));
                ys[2 * i - 1] = percent(front.get(i - 1));
            }
        }
        ChartTheme.bare(chart.addSeries("Pareto front", xs, ys), ChartTheme.AXIS, ChartTheme.DASHED);
    }

    private static void points(XYChart chart, String engine, List<ChartRow> rows, ChartColours colours) {
        XYSeries series = chart.addSeries(
                engine,
                rows.stream().mapToDouble(AccuracyCostChart::cost).toArray(),
                rows.stream().mapToDouble(AccuracyCostChart::percent).toArray());
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        series.setMarker(colours.marker(engine)).setMarkerColor(colours.colour(engine));
    }

    /** Names the points of the front, over or under their intervals; a name that would run into another is left out. */
    private static void labels(XYChart chart, List<ChartRow> front) {
        double right = chart.getStyler().getXAxisMax();
        double top = chart.getStyler().getYAxisMax();
        double height = top - chart.getStyler().getYAxisMin();
        List<double[]> taken = new ArrayList<>();
        for (ChartRow row : front) {
            Measurement accuracy = row.figure(Metric.ACCURACY).orElseThrow();
            double half = row.label().length() * CHARACTER / 2 * right;
            double x = Math.max(half, Math.min(right - half, cost(row)));
            double over = ChartRow.high(accuracy) * 100 + LABEL_DISTANCE * height;
            double y = over <= top ? over : ChartRow.low(accuracy) * 100 - LABEL_DISTANCE * height;
            boolean free = taken.stream()
                    .noneMatch(other ->
                            Math.abs(other[0] - x) < half + other[2] && Math.abs(other[1] - y) < LABEL_SPACE * height);
            if (free || row.row().chosen()) {
                chart.addAnnotation(new AnnotationText(row.label(), x, y, false));
                taken.add(new double[] {x, y, half});
            }
        }
    }
}
