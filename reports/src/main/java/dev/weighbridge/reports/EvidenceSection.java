package dev.weighbridge.reports;

import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.pages.TrialTable;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Trial;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Why each variant is where it is, which trials are not valid, and every figure of every trial. */
final class EvidenceSection {
    private EvidenceSection() {}

    static Markup of(RunFacts facts) {
        Markup html = new Markup();
        html.open("section", "id", "evidence", "aria-labelledby", "evidence-heading");
        html.element("h2", "Reasons", "id", "evidence-heading");
        validity(html, facts);
        fates(html, facts);
        allFigures(html, facts);
        return html.close();
    }

    private static void validity(Markup html, RunFacts facts) {
        List<Trial> invalid = facts.trials().stream()
                .filter(t -> t.status() != Trial.Status.COMPLETED)
                .toList();
        html.element("h3", "Trials that are not valid");
        if (invalid.isEmpty()) {
            html.element("p", "All " + facts.trials().size() + " trials are valid.");
            return;
        }
        HtmlTable table = new HtmlTable(
                html,
                "validity-table",
                invalid.size() + " of " + facts.trials().size() + " trials; their figures are shown and never ranked",
                false);
        table.heading("Variant")
                .heading("Workload")
                .numbers("Repeat", "")
                .heading("Status")
                .heading("Reasons");
        table.rows("ranked");
        for (Trial trial : invalid) {
            table.row("")
                    .head(facts.name(trial.variant()))
                    .text(trial.workload().name());
            table.number(Integer.toString(trial.repeat()), trial.repeat());
            table.cell(
                    new Markup()
                            .element(
                                    "span",
                                    TrialTable.word(trial.status()),
                                    "class",
                                    "tag " + trial.status().name()),
                    "class",
                    "status");
            reasons(table, ReasonText.list(trial.reasons()));
            table.endRow();
        }
        table.end();
    }

    private static void fates(Markup html, RunFacts facts) {
        Optional<Decision> decision = facts.decision();
        if (decision.isEmpty()) {
            return;
        }
        html.element("h3", "Why not the others");
        HtmlTable table = new HtmlTable(html, "fates-table", "What the decision says about each variant", false);
        table.heading("Variant").heading("Verdict").heading("Reasons").rows("ranked");
        for (Decision.Candidate candidate : decision.get().candidates()) {
            if (candidate.verdict() != Decision.Verdict.CHOSEN) {
                String verdict = candidate.verdict().name();
                table.row("").head(facts.name(candidate.variant()));
                table.cell(new Markup()
                        .element(
                                "span", verdict.toLowerCase(Locale.ROOT).replace('_', ' '), "class", "tag " + verdict));
                reasons(table, ReasonText.list(candidate.reasons()));
                table.endRow();
            }
        }
        table.end();
    }

    private static void reasons(HtmlTable table, List<String> reasons) {
        if (reasons.isEmpty()) {
            table.text("");
        } else if (reasons.size() == 1) {
            table.text(reasons.get(0));
        } else {
            Markup list = new Markup().open("ul");
            reasons.forEach(reason -> list.element("li", SafeText.clean(reason)));
            table.cell(list.close());
        }
    }

    private static void allFigures(Markup html, RunFacts facts) {
        html.element("h3", "All figures", "id", "all-figures");
        int group = 0;
        html.element(
                "p",
                "Of each variant and each load, over its blocks; every single trial's are in trials.jsonl.",
                "class",
                "note");
        for (VariantView row : facts.rows()) {
            if (row.figures().isEmpty()) {
                continue;
            }
            html.open("details").element("summary", facts.name(row.variant()));
            for (String scope : new TreeSet<>(row.figures().keySet())) {
                String caption = scope.isEmpty() ? "The variant as a whole" : SafeText.clean(scope, SafeText.SHORT);
                html.append(TrialTable.of(
                        row.figures().getOrDefault(scope, Map.of()).values(), caption, "figures-" + ++group));
            }
            html.close();
        }
    }
}
