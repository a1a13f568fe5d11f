package dev.weighbridge.site;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.DecisionText;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.pages.Provenance;
import dev.weighbridge.pages.TrialTable;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The page of one run: its decision with the reasons, every trial with every figure, and where the facts come from. */
final class RunPage {
    private static final List<String[]> PARTS = List.of(
            new String[] {"decision", "Decision"},
            new String[] {"variants", "Variants"},
            new String[] {"trials", "Trials"},
            new String[] {"provenance", "Provenance"},
            new String[] {"definitions", "Definitions"},
            new String[] {"files", "Files"});

    private final PublishedRun run;
    private final Markup html = new Markup();

    private RunPage(PublishedRun run) {
        this.run = run;
    }

    static String of(PublishedRun run, List<String> files) {
        return new RunPage(run).write(files);
    }

    private String write(List<String> files) {
        header();
        html.open("main");
        decision();
        variants();
        trials();
        html.append(Provenance.of(run.manifest(), run.trials()));
        files(files);
        html.close().open("footer");
        html.element("p", "Written by Weighbridge from the files of the run alone.")
                .close();
        return SitePage.of(run.study() + " / " + run.runId() + ": Weighbridge", "../../", false, html);
    }

    private void header() {
        html.open("header", "class", "page").open("p", "class", "brand");
        html.element("a", "← Leaderboard", "href", "../../index.html").close();
        html.element("h1", run.study());
        html.element(
                "p",
                "Run " + run.runId() + " · " + SafeText.clean(run.manifest().createdAt(), SafeText.SHORT) + " · "
                        + run.valid().size() + " of " + run.rows().size() + " variants valid",
                "class",
                "note");
        html.open("nav", "aria-label", "Parts of this page").open("ul");
        for (String[] part : PARTS) {
            html.open("li").element("a", part[1], "href", "#" + part[0]).close();
        }
        html.close().close().close();
    }

    private void decision() {
        html.open("section", "id", "decision", "class", "decision", "aria-labelledby", "decision-heading");
        if (run.decision().isPresent()) {
            Decision decision = run.decision().get();
            html.element(
                    "p",
                    DecisionText.label(decision.outcome()),
                    "class",
                    "kicker " + decision.outcome().name());
            html.element("h2", DecisionText.headline(run.names(), decision), "id", "decision-heading");
            html.element("p", SafeText.clean(decision.summary()), "class", "lead");
            run.chosen().ifPresent(this::keyFigures);
        } else {
            html.element("p", "No decision yet", "class", "kicker");
            html.element("h2", "No decision has been made for this run", "id", "decision-heading");
        }
        String problem = run.problem();
        if (problem != null) {
            html.element("p", problem, "class", "warning", "role", "note");
        }
        if (run.chosen().map(row -> !row.valid()).orElse(false)) {
            html.element("p", "The chosen variant has trials that are not valid. Decide again.", "class", "warning");
        }
        html.open("div", "class", "columns");
        run.chosen().ifPresent(row -> block("Why this one", RowText.reasons(row)));
        block(
                "Objectives",
                DecisionText.objectives(run.decision()
                        .map(Decision::objectives)
                        .orElse(run.manifest().objectives())));
        html.close().close();
    }

    private void keyFigures(VariantView chosen) {
        html.open("dl", "class", "key-figures");
        for (Metric column : List.of(
                Metric.COST,
                Metric.ACCURACY,
                Metric.TTFT_P95,
                Metric.TPOT_P50,
                Metric.CAPACITY,
                Metric.TOKENS_AT_CAPACITY)) {
            chosen.figure(column).ifPresent(figure -> keyFigure(column, figure));
        }
        html.close();
    }

    private void keyFigure(Metric column, Measurement figure) {
        html.open("div").element("dt", column.equals(Metric.COST) ? "Cost / 1M tokens" : column.label());
        html.open("dd");
        html.element("span", column.notation().withUnit(figure), "class", "value");
        column.notation().interval(figure).ifPresent(both -> html.element("span", both, "class", "interval"));
        html.element("span", "n = " + Notation.count(figure.samples()), "class", "interval");
        html.close().close();
    }

    private void block(String heading, List<String> items) {
        html.open("div").element("h3", heading).open("ul");
        items.forEach(item -> html.element("li", SafeText.clean(item)));
        html.close().close();
    }

    private void variants() {
        html.open("section", "id", "variants", "aria-labelledby", "variants-heading");
        html.element("h2", "Variants", "id", "variants-heading");
        HtmlTable table =
                new HtmlTable(html, "variants-table", "Every variant, best first, and why it is there", false);
        table.numbers("Rank", "").heading("Variant").heading("Verdict").heading("Status");
        table.numbers(Metric.ACCURACY.label(), Metric.ACCURACY.unit());
        table.numbers(Metric.COST.label(), Metric.COST.unit());
        table.heading("Reasons").rows("ranked");
        run.valid().forEach(row -> variant(table, row));
        if (!run.notValid().isEmpty()) {
            table.rows("unranked");
            run.notValid().forEach(row -> variant(table, row));
        }
        table.end();
        html.close();
    }

    private void variant(HtmlTable table, VariantView row) {
        table.row(!row.valid() ? "not-valid" : row.chosen() ? "chosen" : "");
        if (row.rank().isEmpty()) {
            table.none();
        } else {
            table.number(row.rank(), Double.parseDouble(row.rank().replace("=", "")));
        }
        table.head(run.name(row.variant().id()));
        Decision.Candidate candidate = row.candidate();
        if (candidate == null || !row.valid()) {
            table.text("–");
        } else {
            tag(table, RowText.verdict(row), "tag " + candidate.verdict().name());
        }
        tag(table, RowText.status(row), RowText.style(row.status()));
        for (Metric column : List.of(Metric.ACCURACY, Metric.COST)) {
            table.figure(column.notation(), row.figure(column));
        }
        reasons(table, RowText.reasons(row));
        table.endRow();
    }

    private void trials() {
        html.open("section", "id", "trials", "aria-labelledby", "trials-heading");
        html.element("h2", "Trials", "id", "trials-heading");
        HtmlTable table = new HtmlTable(html, "trials-table", "Every trial, in the order in which they ended", false);
        table.heading("Variant").heading("Workload").numbers("Repeat", "").heading("Status");
        table.numbers("Figures", "").heading("Reasons").rows("ranked");
        for (Trial trial : run.trials()) {
            table.row(trial.status() == Trial.Status.COMPLETED ? "" : "not-valid")
                    .head(run.name(trial.variant().id()))
                    .text(trial.workload().name())
                    .number(Integer.toString(trial.repeat()), trial.repeat());
            tag(table, TrialTable.word(trial.status()), RowText.style(trial.status()));
            table.number(
                    Integer.toString(trial.measurements().size()),
                    trial.measurements().size());
            reasons(table, ReasonText.list(trial.reasons()));
            table.endRow();
        }
        table.end();
        figures();
        html.close();
    }

    private void figures() {
        html.element("h3", "All figures");
        html.element(
                "p",
                "Of each variant and each load, over its blocks; every single trial's are in trials.jsonl.",
                "class",
                "note");
        int group = 0;
        for (VariantView row : run.rows()) {
            if (row.figures().isEmpty()) {
                continue;
            }
            html.open("details").element("summary", run.name(row.variant().id()));
            for (String scope : new TreeSet<>(row.figures().keySet())) {
                html.append(TrialTable.of(
                        row.figures().getOrDefault(scope, Map.of()).values(),
                        scope.isEmpty() ? "The variant as a whole" : SafeText.clean(scope, SafeText.SHORT),
                        "figures-" + ++group));
            }
            html.close();
        }
    }

    private static void tag(HtmlTable table, String text, String style) {
        table.cell(new Markup().element("span", text, "class", style));
    }

    private static void reasons(HtmlTable table, List<String> reasons) {
        if (reasons.size() <= 1) {
            table.text(reasons.isEmpty() ? "" : reasons.get(0));
            return;
        }
        Markup list = new Markup().open("ul");
        reasons.forEach(reason -> list.element("li", SafeText.clean(reason)));
        table.cell(list.close());
    }

    private void files(List<String> files) {
        html.open("section", "id", "files", "aria-labelledby", "files-heading");
        html.element("h2", "Files", "id", "files-heading");
        html.element("p", "The records of this run from which this page was made.", "class", "note");
        html.open("ul");
        files.forEach(file -> html.open("li").element("a", file, "href", file).close());
        html.close().close();
    }
}
