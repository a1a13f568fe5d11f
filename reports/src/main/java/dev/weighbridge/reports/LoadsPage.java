package dev.weighbridge.reports;

import dev.weighbridge.pages.Markup;
import dev.weighbridge.reports.charts.Chart;

/** The most telling load of each variant by time, on a page of its own. */
final class LoadsPage {
    private LoadsPage() {}

    static String of(RunFacts facts, RunDrawing drawing) {
        Markup html = new Markup();
        html.open("section", "id", "loads", "aria-label", "Loads by time");
        html.element(
                "p",
                "Of each variant the highest rate of the capacity search that it kept up with, else another load that counts. Requests and"
                        + " tokens are in slices of 100 ms or more; machine, graphics processor and server as they were sampled.",
                "class",
                "note");
        if (drawing.loads().isEmpty()) {
            html.element("p", "No load that counts could be drawn.");
        }
        for (LoadDrawing load : drawing.loads()) {
            html.element("h2", load.heading(facts));
            html.open("div", "class", "charts");
            for (Chart chart : load.charts()) {
                html.open("figure", "id", "chart-" + chart.id());
                html.element("figcaption", chart.title(), "class", "figure-title");
                ChartSection.append(html, chart);
                html.close();
            }
            html.close();
        }
        return HtmlReport.side(facts.manifest(), "Loads by time", html.close());
    }
}
