package dev.weighbridge.reports;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.reports.charts.AccuracyCostChart;
import dev.weighbridge.reports.charts.Chart;
import dev.weighbridge.reports.charts.ChartRow;
import dev.weighbridge.reports.charts.LatencyCurve;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The charts, each with the table of what it shows. */
final class ChartSection {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double[] PERCENTILES = {50, 75, 90, 95, 99, 99.9, 100};

    private ChartSection() {}

    static Markup of(RunFacts facts, RunDrawing drawing) {
        Markup html = new Markup();
        html.open("section", "id", "charts", "aria-labelledby", "charts-heading");
        html.element("h2", "Charts", "id", "charts-heading");
        drawing.problem().ifPresent(problem -> html.element("p", problem, "class", "warning", "role", "note"));
        if (drawing.charts().isEmpty() && drawing.problem().isEmpty()) {
            html.element("p", "No valid variant has the figures that the charts need.");
        }
        for (Chart chart : drawing.charts()) {
            html.open("figure", "id", "chart-" + chart.id());
            html.element("figcaption", chart.title(), "class", "figure-title");
            html.append(chart.markup());
            html.open("details", "class", "twin").element("summary", "Table of this chart");
            twin(html, facts, chart.id());
            html.close().close();
        }
        return html.close();
    }

    private static void twin(Markup html, RunFacts facts, String chart) {
        switch (chart) {
            case "accuracy-cost" -> accuracyCost(html, facts);
            case "ttft-distribution" -> distribution(html, facts.curves());
            case "ttft-percentiles" ->
                figures(html, facts, chart, List.of(Metric.TTFT_P50, Metric.TTFT_P95, Metric.TTFT_P99));
            case "output-rate" -> figures(html, facts, chart, List.of(Metric.CAPACITY, Metric.TOKENS_AT_CAPACITY));
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
            if (row.row().valid()) {
                table.row("").head(row.name());
                figure(table, row.row(), Metric.COST);
                figure(table, row.row(), Metric.ACCURACY);
                table.text(front.contains(row) ? "yes" : "no").endRow();
            }
        }
        table.end();
    }

    private static void figures(Markup html, RunFacts facts, String chart, List<Metric> columns) {
        HtmlTable table = new HtmlTable(html, chart + "-table", "Figures of the chart, valid variants", false);
        table.heading("Variant").heading("Engine").heading("Batching");
        columns.forEach(column -> table.numbers(column.label(), column.unit()));
        table.rows("ranked");
        for (VariantView row : facts.valid()) {
            table.row("").head(facts.name(row.variant()));
            table.text(row.variant().engine()).text(row.variant().batching());
            columns.forEach(column -> figure(table, row, column));
            table.endRow();
        }
        table.end();
    }

    private static void distribution(Markup html, List<LatencyCurve> curves) {
        HtmlTable table = new HtmlTable(
                html,
                "ttft-distribution-table",
                "TTFT by percentile at the highest rates that held, blocks merged",
                false);
        table.heading("Variant").numbers("Requests", "n");
        for (double percentile : PERCENTILES) {
            table.numbers(percentile == 100 ? "max" : "p" + label(percentile), "ms");
        }
        table.rows("ranked");
        for (LatencyCurve curve : curves) {
            long n = curve.nanos().getTotalCount();
            table.row("").head(curve.name()).number(Notation.count(n), (double) n);
            for (double percentile : PERCENTILES) {
                double millis = curve.nanos().getValueAtPercentile(percentile) / NANOS_PER_MILLI;
                table.number(Notation.MILLIS.number(millis), millis);
            }
            table.endRow();
        }
        table.end();
    }

    private static void figure(HtmlTable table, VariantView row, Metric column) {
        table.figure(column.label(), column.notation(), row.figure(column));
    }

    private static String label(double percentile) {
        return percentile == Math.rint(percentile)
                ? Integer.toString((int) percentile)
                : String.format(Locale.ROOT, "%.1f", percentile);
    }
}
