package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.results.Measurement;
import java.awt.BasicStroke;
import java.awt.Color;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Charts with a row for each variant: percentiles of TTFT, and output rate. */
final class RowCharts {
    private static final int ROW_HEIGHT = 24;
    private static final int LEAST_MARGIN = 120;
    private static final int MOST_MARGIN = 380;
    private static final int TICKS = 8;
    private static final float BAR = 11;
    private static final BasicStroke KEY = new BasicStroke(BAR, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);

    private RowCharts() {}

    static Optional<Chart> ttft(List<ChartRow> all, ChartColours colours, @Nullable Double objectiveMillis) {
        List<ChartRow> rows = all.stream()
                .filter(r -> r.has(Metric.TTFT_P50, Metric.TTFT_P95, Metric.TTFT_P99))
                .toList();
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        double low =
                rows.stream().mapToDouble(r -> value(r, Metric.TTFT_P50)).min().orElse(0);
        double high =
                rows.stream().mapToDouble(r -> value(r, Metric.TTFT_P99)).max().orElse(1);
        double most = objectiveMillis == null ? high : Math.max(high, objectiveMillis);
        double least = objectiveMillis == null ? low : Math.min(low, objectiveMillis);
        Axis x = Axis.fromZeroOrLogarithmic("Time to first token, ms", least, most, TICKS, RowCharts::tickLabel);
        Plot plot = rows(x, rows);
        if (objectiveMillis != null) {
            double edge = rows.size() - 0.5;
            plot.line(
                    ChartColours.AXIS,
                    new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {5, 4}, 0),
                    new double[] {objectiveMillis, objectiveMillis},
                    new double[] {0.5, -edge});
        }
        for (int i = 0; i < rows.size(); i++) {
            percentiles(plot, rows.get(i), -i, colours.colour(rows.get(i).engine()));
        }
        legendOfEngines(plot, rows, colours);
        plot.legend(PlotMarker.DOT, ChartColours.AXIS, "p50");
        plot.legend(PlotMarker.SMALL_DIAMOND, ChartColours.AXIS, "p95");
        plot.legend(PlotMarker.RING, ChartColours.AXIS, "p99 (grey where uncertain)");
        if (objectiveMillis != null) {
            plot.legend(
                    new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {5, 4}, 0),
                    ChartColours.AXIS,
                    "objective, " + Notation.MILLIS.number(objectiveMillis) + " ms");
        }
        return Optional.of(plot.draw(
                "ttft-percentiles",
                "Time to first token by variant",
                "Median, 95th and 99th percentile of time to first token in milliseconds for " + rows.size()
                        + " valid variants, one row each."));
    }

    static Optional<Chart> outputRate(List<ChartRow> all, ChartColours colours) {
        List<ChartRow> rows = all.stream()
                .filter(r -> r.has(Metric.TOKENS_AT_CAPACITY))
                .sorted(Comparator.comparing(ChartRow::engine)
                        .thenComparing(r -> r.row().variant().batchingPolicy())
                        .thenComparing(r -> -value(r, Metric.TOKENS_AT_CAPACITY)))
                .toList();
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        double high = rows.stream()
                .mapToDouble(
                        r -> ChartRow.high(r.figure(Metric.TOKENS_AT_CAPACITY).orElseThrow()))
                .max()
                .orElse(1);
        Axis x = Axis.linear("Output tokens per second", 0, high * 1.12, TICKS, RowCharts::tickLabel);
        Plot plot = rows(x, rows);
        for (int i = 0; i < rows.size(); i++) {
            Measurement rate = rows.get(i).figure(Metric.TOKENS_AT_CAPACITY).orElseThrow();
            plot.line(colours.colour(rows.get(i).engine()), BAR, 0, -i, rate.value(), -i);
            double end = ChartRow.high(rate);
            if (end > rate.value()) {
                plot.line(ChartColours.AXIS, 1.6f, ChartRow.low(rate), -i, end, -i);
                plot.line(ChartColours.AXIS, 1.6f, end, -i - 0.16, end, -i + 0.16);
                plot.line(ChartColours.AXIS, 1.6f, ChartRow.low(rate), -i - 0.16, ChartRow.low(rate), -i + 0.16);
            }
            plot.label(end, -i, 8, 4, Plot.Anchor.START, "soft", Notation.RATE.number(rate.value()));
        }
        legendOfEngines(plot, rows, colours);
        return Optional.of(plot.draw(
                "output-rate",
                "Output at capacity by engine and batching",
                "Output tokens a second at the capacity that meets the objectives, with 95 % intervals, for "
                        + rows.size() + " valid variants grouped by engine and batching."));
    }

    /** A round number as short as it can be written, for example {@code 1,500} or {@code 0.02}. */
    static String tickLabel(double value) {
        return value == Math.rint(value)
                ? Notation.count((long) value)
                : BigDecimal.valueOf(value)
                        .round(new MathContext(6))
                        .stripTrailingZeros()
                        .toPlainString();
    }

    private static Plot rows(Axis x, List<ChartRow> rows) {
        double widest =
                rows.stream().mapToDouble(r -> Plot.width(r.label())).max().orElse(0);
        int left = (int) Math.max(LEAST_MARGIN, Math.min(MOST_MARGIN, widest + 16));
        Plot plot = new Plot(x, Axis.rows(rows.size()), rows.size() * ROW_HEIGHT, left);
        for (int i = 0; i < rows.size(); i++) {
            plot.rowLabel(-i, rows.get(i).labelStyle(), rows.get(i).label());
        }
        return plot;
    }

    private static void percentiles(Plot plot, ChartRow row, double at, Color colour) {
        Measurement p99 = row.figure(Metric.TTFT_P99).orElseThrow();
        double p50 = value(row, Metric.TTFT_P50);
        double p95 = value(row, Metric.TTFT_P95);
        plot.line(colour, 2.2f, p50, at, p95, at);
        plot.line(colour, 1.2f, p95, at, p99.value(), at);
        plot.point(PlotMarker.RING, p99.uncertain() ? ChartColours.AXIS : colour, p99.value(), at);
        plot.point(PlotMarker.SMALL_DIAMOND, colour, p95, at);
        plot.point(PlotMarker.DOT, colour, p50, at);
    }

    private static void legendOfEngines(Plot plot, List<ChartRow> rows, ChartColours colours) {
        for (String engine : colours.engines()) {
            if (rows.stream().anyMatch(r -> r.engine().equals(engine))) {
                plot.legend(KEY, colours.colour(engine), engine);
            }
        }
    }

    private static double value(ChartRow row, Metric column) {
        return row.figure(column).orElseThrow().value();
    }
}
