package dev.weighbridge.reports;

import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.pages.TrialTable;
import java.util.Map;
import java.util.TreeSet;

/** Every figure of every variant with its sample count and definition, on a page of its own. */
final class FiguresPage {
    private FiguresPage() {}

    static String of(RunFacts facts) {
        Markup html = new Markup();
        html.open("section", "id", "all-figures", "aria-label", "All figures");
        html.element(
                "p",
                "Of each variant and each load, over its blocks; every single trial's are in trials.jsonl. A figure marked ?"
                        + " has too few samples to certify it.",
                "class",
                "note");
        int group = 0;
        for (VariantView row : facts.rows()) {
            if (row.figures().isEmpty()) {
                continue;
            }
            html.open("details", "class", "part-of-page").element("summary", facts.name(row.variant()));
            for (String scope : new TreeSet<>(row.figures().keySet())) {
                html.append(TrialTable.of(
                        row.figures().getOrDefault(scope, Map.of()).values(),
                        TrialTable.caption(facts.manifest(), scope),
                        "figures-" + ++group));
            }
            html.close();
        }
        return HtmlReport.side(facts.manifest(), "All figures", html.close());
    }
}
