package dev.weighbridge.reports;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.reports.charts.AccuracyCostChart;
import dev.weighbridge.reports.charts.Chart;
import dev.weighbridge.reports.charts.ChartRow;
import dev.weighbridge.reports.charts.LoadCurve;
import java.util.Set;

/** The charts, each with the table of what it shows. */
final class ChartSection {
    private ChartSection() {}

    static Markup of(RunFacts facts, RunDrawing drawing) {
        Markup html = new Markup();
        html.open("section", "id", "charts", "aria-labelledby", "charts-heading");
        html.element("h2", "Charts", "id", "charts-heading");
        drawing.problem().ifPresent(problem -> html.element("p", problem, "class", "warning", "role", "note"));
        if (drawing.charts().isEmpty() && drawing.problem().isEmpty()) {
            html.element("p", "No valid variant has the figures that the charts need.");
        }
        html.open("div", "class", "charts");
        for (Chart chart : drawing.charts()) {
            html.open("figure", "id", "chart-" + chart.id());
            html.element("figcaption", chart.title(), "class", "figure-title");
            html.element("p", chart.description(), "class", "note");
            append(html, chart);
            html.open("details", "class", "twin").element("summary", "Table of this chart");
            twin(html, facts, chart.id());
            html.close().close();
        }
        return html.close().close();
    }

    /** The drawing keeps its letters legible on a narrow screen, where it scrolls. */
    static void append(Markup html, Chart chart) {
        html.open("div", "class", "scroll", "role", "region", "aria-label", chart.title(), "tabindex", "0");
        html.append(chart.markup()).close();
    }

    private static void twin(Markup html, RunFacts facts, String chart) {
        switch (chart) {
            case "accuracy-cost" -> accuracyCost(html, facts);
            case "capacity" -> capacity(html, facts);
            case "load-curve" -> loadCurve(html, facts.curves());
            default -> throw new IllegalStateException("chart " + chart + " has no table");
        }
    }

    private static void accuracyCost(Markup html, RunFacts facts) {
        Set<ChartRow> front = Set.copyOf(AccuracyCostChart.front(facts.chartRows()));
        HtmlTable table = new HtmlTable(html, "accuracy-cost-table", "Accuracy and cost of the valid variants", false);
        table.heading("Variant")
                .numbers("Cost", "$ / 1M tokens")
                .numbers("Accuracy", "%")
                .heading("Pareto front");
        table.rows("ranked");
        for (ChartRow row : facts.chartRows()) {
            if (row.row().figure(Metric.COST).isPresent() && row.row().valid()) {
                table.row("").head(row.name());
                figure(table, row.row(), Metric.COST);
                figure(table, row.row(), Metric.ACCURACY);
                table.text(front.contains(row) ? "yes" : "no").endRow();
            }
        }
        table.end();
    }

    private static void capacity(Markup html, RunFacts facts) {
        HtmlTable table = new HtmlTable(html, "capacity-table", "Capacity of the valid variants", false);
        table.heading("Variant");
        table.numbers(Metric.CAPACITY.label(), Metric.CAPACITY.unit());
        table.numbers(Metric.TOKENS_AT_CAPACITY.label(), Metric.TOKENS_AT_CAPACITY.unit());
        table.rows("ranked");
        for (VariantView row : facts.valid()) {
            if (row.figure(Metric.CAPACITY).isPresent()) {
                table.row("").head(facts.name(row.variant()));
                figure(table, row, Metric.CAPACITY);
                figure(table, row, Metric.TOKENS_AT_CAPACITY);
                table.endRow();
            }
        }
        table.end();
    }

    private static void loadCurve(Markup html, LoadCurves curves) {
        HtmlTable table = new HtmlTable(html, "load-curve-table", "Probes of the capacity search", false);
        table.heading("Variant").numbers("Offered", "requests/s").numbers("Achieved", "requests/s");
        table.numbers(curves.latency().label(), "ms").heading("Objectives").rows("ranked");
        for (LoadCurve curve : curves.curves()) {
            for (LoadCurve.Point point : curve.points()) {
                table.row("").head(curve.name()).number(Notation.RATE.number(point.rate()), point.rate());
                if (Double.isNaN(point.achieved())) {
                    table.none();
                } else {
                    table.number(Notation.RATE.number(point.achieved()), point.achieved());
                }
                table.number(Notation.MILLIS.number(point.millis()), point.millis());
                table.text(point.held() ? "held" : "missed").endRow();
            }
        }
        table.end();
    }

    private static void figure(HtmlTable table, VariantView row, Metric column) {
        table.figure(column.notation(), row.figure(column));
    }
}
