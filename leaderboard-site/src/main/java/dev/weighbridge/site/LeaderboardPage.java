package dev.weighbridge.site;

import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.DecisionText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.Definitions;
import dev.weighbridge.pages.Glossary;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.Variant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The front page: what each run decided, and all variants in one table. */
final class LeaderboardPage {
    private static final int LONGEST_UNBROKEN = 24;

    private LeaderboardPage() {}

    static String of(List<PublishedRun> runs) {
        Markup html = new Markup();
        html.open("header", "class", "page");
        html.element("p", "Weighbridge", "class", "brand").element("h1", "Leaderboard");
        html.element("p", counts(runs), "class", "note").close();
        html.open("main");
        decisions(html, runs);
        results(html, runs);
        html.append(Definitions.of(LeaderboardTable.FIGURES, ""));
        html.close().open("footer");
        html.element("p", "Written by Weighbridge from the files of the runs alone.")
                .close();
        return SitePage.of("Weighbridge leaderboard", "./", true, html);
    }

    private static String counts(List<PublishedRun> runs) {
        long variants = runs.stream().mapToLong(run -> run.rows().size()).sum();
        long valid = runs.stream().mapToLong(run -> run.valid().size()).sum();
        return amount(runs.size(), "run") + " · " + amount(variants, "variant") + ", " + valid + " valid";
    }

    private static String amount(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static void decisions(Markup html, List<PublishedRun> runs) {
        html.open("section", "id", "decisions", "aria-labelledby", "decisions-heading");
        html.element("h2", "Decisions", "id", "decisions-heading");
        HtmlTable table = HtmlTable.stacked(html, "decisions-table", "What each run says to deploy, newest first");
        table.heading("Study").heading("Run").heading("Started").heading("Decision");
        table.heading("Variants").heading("Prices").rows("runs");
        for (PublishedRun run : runs) {
            table.row("").head(run.study());
            table.cell(
                    new Markup().element("a", run.runId(), "href", "runs/" + run.folder() + "/index.html"),
                    run.runId().length() <= LONGEST_UNBROKEN ? "short" : "");
            table.text(run.date());
            table.cell(
                    new Markup()
                            .phrase(run.decision()
                                    .map(d -> DecisionText.headline(run.names(), d))
                                    .orElse("No decision yet")),
                    "headline");
            table.text(run.valid().size() + " of " + run.rows().size() + " valid");
            table.text(SafeText.clean(run.manifest().prices().name(), SafeText.SHORT) + ", "
                    + SafeText.clean(run.manifest().prices().date(), SafeText.SHORT));
            table.endRow();
        }
        table.end();
        html.close();
    }

    private static void results(Markup html, List<PublishedRun> runs) {
        html.open("section", "id", "results", "aria-labelledby", "results-heading");
        html.element("h2", "Variants", "id", "results-heading");
        html.element(
                "p",
                "Ranks hold within a run: runs may differ in model, objectives, prices and hardware." + common(runs)
                        + " A verdict opens to its reasons. A figure marked ? has too few samples to certify it; all sample"
                        + " counts are on the page of the run. Variants that are not valid stand below the others and are"
                        + " never ranked.",
                "class",
                "note");
        filters(html, runs);
        html.append(LeaderboardTable.of(runs));
        html.append(
                Glossary.of(runs.stream().flatMap(run -> run.rows().stream()).toList()));
        html.open("p", "class", "note").text("Data: ");
        html.element("a", "leaderboard.csv", "href", "data/leaderboard.csv", "download", "leaderboard.csv");
        html.text(" · ");
        html.element("a", "leaderboard.json", "href", "data/leaderboard.json", "download", "leaderboard.json");
        html.close().close();
    }

    private static String common(List<PublishedRun> runs) {
        String model = LeaderboardTable.commonModel(runs)
                .map(name -> " of model " + name)
                .orElse("");
        String hardware = LeaderboardTable.common(runs, Variant::hardware)
                .map(name -> " on hardware " + name)
                .orElse("");
        return model.isEmpty() && hardware.isEmpty() ? "" : " All variants here are" + model + hardware + ".";
    }

    /** Hidden until the script shows them, so that nothing without effect is offered. */
    private static void filters(Markup html, List<PublishedRun> runs) {
        html.open("div", "id", "filters", "class", "filters", "role", "search", "hidden", "hidden");
        html.open("div").element("label", "Filter", "for", "filter-text");
        html.empty(
                "input",
                "id",
                "filter-text",
                "type",
                "search",
                "autocomplete",
                "off",
                "spellcheck",
                "false",
                "maxlength",
                "100",
                "placeholder",
                "Any text");
        html.close();
        facet(html, runs, "engine", "Engine", row -> row.variant().engine());
        facet(html, runs, "precision", "Precision", row -> row.variant().precision());
        facet(html, runs, "batching", "Batching", row -> row.variant().batching());
        facet(html, runs, "status", "Status", RowText::status);
        html.element("button", "Reset", "id", "filter-reset", "type", "button");
        html.element("p", "", "id", "filter-count", "class", "note", "role", "status")
                .close();
    }

    private static void facet(
            Markup html, List<PublishedRun> runs, String key, String label, Function<VariantView, String> part) {
        Set<String> values = runs.stream()
                .flatMap(run -> run.rows().stream())
                .map(row -> RowText.name(part.apply(row)))
                .collect(Collectors.toCollection(TreeSet::new));
        html.open("div").element("label", label, "for", "filter-" + key);
        html.open("select", "id", "filter-" + key, "data-facet", key).element("option", "All", "value", "");
        values.stream().filter(value -> !value.isEmpty()).forEach(v -> html.element("option", v, "value", v));
        html.close().close();
    }
}
