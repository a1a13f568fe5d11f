package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.load.TrialTimeline;
import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;

/** What happened in one load trial by time, a drawing for each unit, one below the other. */
public final class TrialTimelineChart {
    private static final int HEIGHT = 210;
    private static final List<Color> COLOURS = List.of(new Color(0x2A6FB0), new Color(0xC2762F), new Color(0x8A63C9));

    private TrialTimelineChart() {}

    /**
     * Draws a trial.
     *
     * @param id that is put before those of the panels
     */
    public static List<Chart> draw(TrialTimeline timeline, String id) {
        double end = timeline.panels().stream()
                .flatMap(panel -> panel.lines().stream())
                .flatMap(line -> line.seconds().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        List<Chart> charts = new ArrayList<>();
        for (TrialTimeline.Panel panel : timeline.panels()) {
            charts.add(draw(timeline, panel, id, end));
        }
        return charts;
    }

    private static Chart draw(TrialTimeline timeline, TrialTimeline.Panel panel, String id, double end) {
        XYChart chart = new XYChart(ChartTheme.WIDTH, HEIGHT);
        ChartTheme.apply(chart.getStyler());
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal).setLegendPadding(4);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(ChartTheme::number);
        chart.getStyler().setYAxisMin(0.0).setXAxisMin(0.0).setXAxisMax(end);
        double most = panel.lines().stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        double top = most > 0 ? most * 1.08 : 1;
        chart.getStyler().setYAxisMax(top);
        for (int i = 0; i < panel.lines().size(); i++) {
            TrialTimeline.Line line = panel.lines().get(i);
            XYSeries series = chart.addSeries(line.name(), line.seconds(), line.values());
            BasicStroke stroke = i == 0 ? ChartTheme.LINE : ChartTheme.THIN;
            ChartTheme.bare(series, COLOURS.get(i % COLOURS.size()), stroke);
        }
        edge(chart, "steady window", timeline.steadyStart(), top, true);
        edge(chart, "its end", timeline.steadyEnd(), top, false);
        return ChartTheme.draw(
                chart::paint,
                HEIGHT,
                id + "-" + panel.id(),
                panel.title(),
                panel.title() + ", against the seconds since the load began; dashed lines bound the steady window.");
    }

    private static void edge(XYChart chart, String name, double second, double top, boolean named) {
        XYSeries edge = chart.addSeries(name, new double[] {second, second}, new double[] {0, top});
        ChartTheme.bare(edge, ChartTheme.AXIS, ChartTheme.DASHED);
        edge.setShowInLegend(named);
    }
}
