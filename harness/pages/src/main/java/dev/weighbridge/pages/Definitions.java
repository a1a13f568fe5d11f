package dev.weighbridge.pages;

import dev.weighbridge.analysis.Metric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What figures mean, as a section of a page; those that share a definition stand together. */
public final class Definitions {
    private Definitions() {}

    /** Section {@code definitions}. */
    public static Markup of(List<Metric> metrics, String note) {
        Map<String, String> labels = new LinkedHashMap<>();
        metrics.forEach(metric ->
                labels.merge(metric.definition(), metric.label(), (all, one) -> all + ", " + shortened(all, one)));
        Markup html = new Markup();
        html.open("section", "id", "definitions", "aria-labelledby", "definitions-heading");
        html.element("h2", "How the figures are defined", "id", "definitions-heading");
        html.open("dl", "class", "facts terms");
        labels.forEach((text, label) ->
                html.open("div").element("dt", label).element("dd", text).close());
        html.close();
        if (!note.isEmpty()) {
            html.element("p", note, "class", "note");
        }
        return html.close();
    }

    /** The percentile alone where the figure before it has the same name, for example {@code TTFT p50, p95}. */
    private static String shortened(String all, String label) {
        String name = label.substring(0, label.lastIndexOf(' ') + 1);
        return !name.isEmpty() && all.startsWith(name) ? label.substring(name.length()) : label;
    }
}
