package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.text.Notation;
import java.awt.BasicStroke;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;

/** Latency against the offered rate, of the most telling variants. */
final class LoadCurveChart {
    private static final int HEIGHT = 340;
    private static final int LEGEND_LINE = 24;
    private static final double SPREAD_FOR_LOGARITHM = 20;
    private static final float[][] DASHES = {{}, {9, 5}, {2, 4}, {10, 4, 2, 4}};

    private LoadCurveChart() {}

    static Optional<Chart> draw(
            List<LoadCurve> curves, Metric latency, ChartColours colours, @Nullable Double objectiveMillis) {
        if (curves.isEmpty()) {
            return Optional.empty();
        }
        // Names of variants are long: each has a line of its own in the legend.
        int height = HEIGHT + (curves.size() + 1) * LEGEND_LINE;
        XYChart chart = new XYChart(ChartTheme.WIDTH, height);
        ChartTheme.apply(chart.getStyler());
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Vertical).setLegendPadding(6);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(ChartTheme::number);
        chart.setXAxisTitle("Offered rate, requests/s");
        chart.setYAxisTitle(latency.label() + ", ms");
        scale(chart, curves);
        Map<String, Integer> used = new LinkedHashMap<>();
        for (LoadCurve curve : curves) {
            int place = used.merge(curve.engine(), 1, Integer::sum) - 1;
            curve(chart, curve, place, colours);
        }
        if (objectiveMillis != null) {
            double[] ends = {0, right(curves)};
            XYSeries objective = chart.addSeries(
                    "objective, " + Notation.MILLIS.number(objectiveMillis) + " ms",
                    ends,
                    new double[] {objectiveMillis, objectiveMillis});
            ChartTheme.bare(objective, ChartTheme.AXIS, ChartTheme.DASHED);
        }
        return Optional.of(ChartTheme.draw(
                chart::paint,
                height,
                "load-curve",
                latency.label() + " by offered rate",
                latency.label() + " in milliseconds against the rate that was offered, a mark for each probe of the"
                        + " capacity search and a line through the medians of neighbouring ones."));
    }

    private static double right(List<LoadCurve> curves) {
        return points(curves).mapToDouble(LoadCurve.Point::rate).max().orElse(1) * 1.05;
    }

    private static Stream<LoadCurve.Point> points(List<LoadCurve> curves) {
        return curves.stream().flatMap(curve -> curve.points().stream());
    }

    /** Behind the edge a queue grows without bound, so that latencies of one chart can lie orders of magnitude apart. */
    private static void scale(XYChart chart, List<LoadCurve> curves) {
        double low = points(curves).mapToDouble(LoadCurve.Point::millis).min().orElse(0);
        double high = points(curves).mapToDouble(LoadCurve.Point::millis).max().orElse(1);
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(right(curves));
        if (low > 0 && high / low > SPREAD_FOR_LOGARITHM) {
            chart.getStyler().setYAxisLogarithmic(true);
            chart.getStyler().setYAxisMin(decade(Math.floor(Math.log10(low))));
            chart.getStyler().setYAxisMax(decade(Math.ceil(Math.log10(high))));
        } else {
            chart.getStyler().setYAxisMin(0.0);
        }
    }

    private static double decade(double exponent) {
        return Math.pow(10, exponent);
    }

    private static void curve(XYChart chart, LoadCurve curve, int place, ChartColours colours) {
        XYSeries probes = chart.addSeries(
                "probes of " + curve.name(),
                curve.points().stream().mapToDouble(LoadCurve.Point::rate).toArray(),
                curve.points().stream().mapToDouble(LoadCurve.Point::millis).toArray());
        probes.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        probes.setMarker(colours.marker(curve.engine())).setMarkerColor(colours.colour(curve.engine()));
        probes.setShowInLegend(false);
        List<LoadCurve.Point> middle = curve.middle();
        float[] dash = DASHES[place % DASHES.length];
        BasicStroke stroke = dash.length == 0
                ? ChartTheme.LINE
                : new BasicStroke(2.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
        XYSeries line = chart.addSeries(
                curve.name(),
                middle.stream().mapToDouble(LoadCurve.Point::rate).toArray(),
                middle.stream().mapToDouble(LoadCurve.Point::millis).toArray());
        ChartTheme.bare(line, colours.colour(curve.engine()), stroke);
    }
}
