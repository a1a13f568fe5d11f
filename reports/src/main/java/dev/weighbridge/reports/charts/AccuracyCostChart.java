package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.results.Measurement;
import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Accuracy against cost of every valid variant, with intervals, the Pareto front and the decision. */
public final class AccuracyCostChart {
    private static final int HEIGHT = 400;
    private static final int LEFT = 74;
    private static final int TICKS = 8;
    private static final BasicStroke FRONT =
            new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {5, 4}, 0);

    private AccuracyCostChart() {}

    /** Variants that no other one beats in cost without losing accuracy, cheapest first; by their figures alone. */
    public static List<ChartRow> front(List<ChartRow> all) {
        List<ChartRow> byCost = new ArrayList<>(drawable(all));
        byCost.sort(Comparator.comparingDouble(AccuracyCostChart::cost)
                .thenComparing(
                        Comparator.comparingDouble(AccuracyCostChart::accuracy).reversed()));
        List<ChartRow> front = new ArrayList<>();
        double best = Double.NEGATIVE_INFINITY;
        for (ChartRow row : byCost) {
            if (accuracy(row) > best) {
                front.add(row);
                best = accuracy(row);
            }
        }
        return front;
    }

    static Optional<Chart> draw(List<ChartRow> all, ChartColours colours) {
        List<ChartRow> rows = drawable(all);
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        List<ChartRow> front = front(rows);
        Plot plot = new Plot(costAxis(rows), accuracyAxis(rows), HEIGHT, LEFT);
        rows.forEach(row -> intervals(plot, row, colours.colour(row.engine())));
        frontLine(plot, front);
        for (ChartRow row : rows) {
            plot.point(colours.marker(row.engine()), colours.colour(row.engine()), cost(row), percent(row));
            if (row.row().chosen()) {
                plot.point(PlotMarker.HALO, ChartColours.AXIS, cost(row), percent(row));
            }
        }
        new PointLabels(plot, rows, front).place();
        for (String engine : colours.engines()) {
            if (rows.stream().anyMatch(r -> r.engine().equals(engine))) {
                plot.legend(colours.marker(engine), colours.colour(engine), engine);
            }
        }
        plot.legend(FRONT, ChartColours.AXIS, "Pareto front");
        if (rows.stream().anyMatch(r -> r.row().chosen())) {
            plot.legend(PlotMarker.RING, ChartColours.AXIS, "chosen");
        }
        return Optional.of(plot.draw(
                "accuracy-cost",
                "Accuracy against cost",
                "Accuracy in percent against US dollars per million output tokens for " + rows.size()
                        + " valid variants, with 95 % intervals. " + front.size()
                        + " of them are on the Pareto front."));
    }

    static double cost(ChartRow row) {
        return row.figure(Metric.COST).orElseThrow().value();
    }

    static double percent(ChartRow row) {
        return accuracy(row) * 100;
    }

    private static double accuracy(ChartRow row) {
        return row.figure(Metric.ACCURACY).orElseThrow().value();
    }

    private static List<ChartRow> drawable(List<ChartRow> all) {
        return all.stream().filter(r -> r.has(Metric.ACCURACY, Metric.COST)).toList();
    }

    private static Axis costAxis(List<ChartRow> rows) {
        double low = rows.stream().mapToDouble(AccuracyCostChart::cost).min().orElse(0);
        double high = rows.stream()
                .mapToDouble(r -> ChartRow.high(r.figure(Metric.COST).orElseThrow()))
                .max()
                .orElse(1);
        double most = rows.stream().mapToDouble(AccuracyCostChart::cost).max().orElse(1);
        // One wild interval must not squeeze all points into a corner; it is cut at the edge of the plot.
        return Axis.fromZeroOrLogarithmic(
                "Cost, US dollars per million output tokens",
                low,
                Math.min(high, most * 1.5),
                TICKS,
                RowCharts::tickLabel);
    }

    private static Axis accuracyAxis(List<ChartRow> rows) {
        double low = rows.stream()
                .mapToDouble(r -> ChartRow.low(r.figure(Metric.ACCURACY).orElseThrow()))
                .min()
                .orElse(0);
        double high = rows.stream()
                .mapToDouble(r -> ChartRow.high(r.figure(Metric.ACCURACY).orElseThrow()))
                .max()
                .orElse(1);
        double room = Math.max(0.005, (high - low) * 0.04);
        return Axis.linear(
                "Accuracy, %",
                Math.max(0, low - room) * 100, Math.min(1, high + room) * 100, TICKS, RowCharts::tickLabel);
    }

    private static void intervals(Plot plot, ChartRow row, Color colour) {
        Measurement cost = row.figure(Metric.COST).orElseThrow();
        Measurement accuracy = row.figure(Metric.ACCURACY).orElseThrow();
        Color soft = new Color(
                (colour.getRed() + 2 * 160) / 3, (colour.getGreen() + 2 * 165) / 3, (colour.getBlue() + 2 * 172) / 3);
        plot.line(soft, 1.2f, ChartRow.low(cost), percent(row), ChartRow.high(cost), percent(row));
        plot.line(soft, 1.2f, cost.value(), ChartRow.low(accuracy) * 100, cost.value(), ChartRow.high(accuracy) * 100);
    }

    private static void frontLine(Plot plot, List<ChartRow> front) {
        if (front.size() > 1) {
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
            plot.line(ChartColours.AXIS, FRONT, xs, ys);
        }
    }
}
