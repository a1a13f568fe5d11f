package dev.weighbridge.site;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.DecisionText;
import dev.weighbridge.analysis.text.ModelNames;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.FeedbackTable;
import dev.weighbridge.pages.Glossary;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.JudgedTables;
import dev.weighbridge.pages.KeyFigures;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.pages.Provenance;
import dev.weighbridge.pages.Timestamp;
import dev.weighbridge.pages.TrialTable;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.UserFeedback;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The page of one run: its decision with the reasons, every trial with every figure, and where the facts come from. */
final class RunPage {
    private static final List<String[]> PARTS = List.of(
            new String[] {"decision", "Decision"},
            new String[] {"variants", "Variants"},
            new String[] {"judged", "Judged"},
            new String[] {"feedback", "Users"},
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
        judged();
        run.opinions().feedback().ifPresent(this::feedback);
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
                "Run " + run.runId() + " · " + Timestamp.minute(run.manifest().createdAt()) + " · "
                        + run.valid().size() + " of " + run.rows().size() + " variants valid",
                "class",
                "note");
        String random = ModelNames.note(run.manifest());
        if (!random.isEmpty()) {
            html.element("p", random, "class", "note");
        }
        html.open("nav", "aria-label", "Parts of this page").open("ul");
        for (String[] part : PARTS) {
            boolean absent = (part[0].equals("judged") && !run.opinions().anyJudged())
                    || (part[0].equals("feedback") && run.opinions().feedback().isEmpty());
            if (absent) {
                continue;
            }
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
            html.open("h2", "id", "decision-heading")
                    .phrase(DecisionText.headline(run.names(), decision))
                    .close();
            html.element("p", SafeText.clean(decision.summary()), "class", "lead");
            run.chosen().ifPresent(chosen -> html.append(KeyFigures.of(chosen)));
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
                DecisionText.objectives(
                        run.decision()
                                .map(Decision::objectives)
                                .orElse(run.manifest().objectives()),
                        !run.manifest().plan().tasks().isEmpty()));
        html.close().close();
    }

    private void block(String heading, List<String> items) {
        html.open("div").element("h3", heading).open("ul");
        items.forEach(item -> html.open("li").phrase(SafeText.clean(item)).close());
        html.close().close();
    }

    private void variants() {
        html.open("section", "id", "variants", "aria-labelledby", "variants-heading");
        html.element("h2", "Variants", "id", "variants-heading");
        HtmlTable table = HtmlTable.stacked(html, "variants-table", "Every variant, best first, and why it is there");
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
        html.append(Glossary.of(run.rows())).close();
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

    private void judged() {
        if (!run.opinions().anyJudged()) {
            return;
        }
        html.open("section", "id", "judged", "aria-labelledby", "judged-heading");
        html.element("h2", "Judged by a model", "id", "judged-heading");
        html.element("p", JudgedTables.BIASES, "class", "note");
        int number = 0;
        for (JudgedTask task : run.opinions().judged()) {
            html.element("h3", SafeText.clean(task.task(), SafeText.SHORT));
            for (JudgedTask.ByJudge by : task.judges()) {
                html.element("p", "Judge: " + JudgedTables.words(by.judge()) + ".");
                JudgedTables.write(html, "judged-" + ++number, run::name, by, task.labels() != null);
            }
        }
        html.close();
    }

    private void feedback(UserFeedback feedback) {
        html.open("section", "id", "feedback", "aria-labelledby", "feedback-heading");
        html.element("h2", "What users said", "id", "feedback-heading");
        FeedbackTable.write(html, run::name, feedback);
        html.close();
    }

    private void trials() {
        List<Trial> trials = run.trials();
        long lost = trials.stream().filter(t -> !t.status().counts()).count();
        html.open("section", "id", "trials", "aria-labelledby", "trials-heading");
        html.element("h2", "Trials", "id", "trials-heading");
        html.element(
                "p",
                trials.size() + " trials; "
                        + (lost == 0 ? "all of them count." : lost + " of them do not count and were never ranked."),
                "class",
                "note");
        html.open("details").element("summary", "Every trial, in the order in which they ended");
        HtmlTable table = new HtmlTable(html, "trials-table", "All trials of the run", false);
        table.heading("Started, UTC").heading("Variant").heading("Workload").numbers("Block", "");
        table.numbers("Offered", "requests/s").heading("Status").numbers("Took", "s");
        table.heading("Reasons").rows("ranked");
        trials.forEach(trial -> trial(table, trial));
        table.end();
        html.close();
        figures();
        html.close();
    }

    private void trial(HtmlTable table, Trial trial) {
        table.row(trial.status().counts() ? "" : "not-valid")
                .text(Timestamp.second(trial.startedAt()))
                .head(run.name(trial.variant().id()))
                .text(trial.workload().name())
                .number(Integer.toString(trial.repeat()), trial.repeat());
        Double rate = trial.workload().offeredRate();
        if (rate == null) {
            table.none();
        } else {
            table.number(Notation.RATE.number(rate), rate);
        }
        tag(table, TrialTable.word(trial.status()), RowText.style(trial.status()));
        table.number(String.format(Locale.ROOT, "%.1f", trial.durationSeconds()), trial.durationSeconds());
        reasons(table, ReasonText.list(trial.reasons()));
        table.endRow();
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
            html.open("details", "class", "part-of-page")
                    .element("summary", run.name(row.variant().id()));
            for (String scope : new TreeSet<>(row.figures().keySet())) {
                html.append(TrialTable.of(
                        row.figures().getOrDefault(scope, Map.of()).values(),
                        TrialTable.caption(run.manifest(), scope),
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
        table.cell(list.close(), HtmlTable.LONG);
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
