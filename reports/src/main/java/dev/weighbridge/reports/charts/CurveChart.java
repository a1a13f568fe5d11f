package dev.weighbridge.reports.charts;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole distribution of TTFT of a few variants, over an axis that gives the tail its room: −log₁₀(1 − share), on which
 * 90, 99 and 99.9 percent lie equally far apart.
 */
final class CurveChart {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double STEP = 0.02;
    private static final double LONGEST_TAIL = 4;
    private static final int HEIGHT = 320;
    private static final int LEFT = 74;
    private static final int TICKS = 6;
    private static final double[] PERCENTS = {0, 50, 75, 90, 95, 99, 99.9, 99.99};
    private static final float[][] DASHES = {{}, {9, 5}, {2, 4}, {10, 4, 2, 4}, {16, 5}, {4, 3}};

    private CurveChart() {}

    static Optional<Chart> ttft(List<LatencyCurve> all, ChartColours colours) {
        List<LatencyCurve> curves =
                all.stream().filter(c -> c.nanos().getTotalCount() > 1).toList();
        if (curves.isEmpty()) {
            return Optional.empty();
        }
        double tail = curves.stream().mapToDouble(CurveChart::tail).max().orElse(1);
        double high =
                curves.stream().mapToDouble(c -> millisAt(c, tail(c))).max().orElse(1);
        double low = curves.stream().mapToDouble(c -> millisAt(c, 0)).min().orElse(0);
        Axis y = Axis.fromZeroOrLogarithmic("Time to first token, ms", low, high, TICKS, RowCharts::tickLabel);
        Plot plot = new Plot(percentiles(tail), y, HEIGHT, LEFT);
        Map<String, Integer> used = new LinkedHashMap<>();
        for (LatencyCurve curve : curves) {
            int dash = used.merge(curve.engine(), 1, Integer::sum) - 1;
            Color colour = colours.colour(curve.engine());
            BasicStroke stroke = stroke(DASHES[dash % DASHES.length]);
            draw(plot, curve, colour, stroke);
            plot.legend(stroke, colour, curve.name());
        }
        return Optional.of(plot.draw(
                "ttft-distribution",
                "Distribution of time to first token",
                "Time to first token in milliseconds against the share of requests that were at least as fast, for "
                        + curves.size() + " variants, from their merged histograms."));
    }

    private static Axis percentiles(double tail) {
        List<Axis.Tick> ticks = new ArrayList<>();
        for (double percent : PERCENTS) {
            double at = -Math.log10(1 - percent / 100);
            if (at <= tail + 1e-9) {
                ticks.add(new Axis.Tick(at, percent == 0 ? "min" : "p" + RowCharts.tickLabel(percent)));
            }
        }
        return new Axis("Percentile of requests", 0, tail, ticks, false);
    }

    private static void draw(Plot plot, LatencyCurve curve, Color colour, BasicStroke stroke) {
        double end = tail(curve);
        int steps = (int) Math.ceil(end / STEP);
        double[] xs = new double[steps + 1];
        double[] ys = new double[steps + 1];
        for (int i = 0; i <= steps; i++) {
            xs[i] = Math.min(end, i * STEP);
            ys[i] = millisAt(curve, xs[i]);
        }
        plot.line(colour, stroke, xs, ys);
    }

    /** The farthest position that its number of values supports: the share 1 − 1/n. */
    private static double tail(LatencyCurve curve) {
        return Math.min(LONGEST_TAIL, Math.log10((double) curve.nanos().getTotalCount()));
    }

    private static double millisAt(LatencyCurve curve, double position) {
        double percent = 100 * (1 - Math.pow(10, -position));
        return curve.nanos().getValueAtPercentile(percent) / NANOS_PER_MILLI;
    }

    private static BasicStroke stroke(float[] dash) {
        return dash.length == 0
                ? new BasicStroke(2.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND)
                : new BasicStroke(2.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
    }
}
