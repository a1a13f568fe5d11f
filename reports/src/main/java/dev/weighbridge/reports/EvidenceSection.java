package dev.weighbridge.reports;

import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.Glossary;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why each variant is where it is, which trials are not valid, with the way to every figure. */
final class EvidenceSection {
    private static final int MOST_FLAGS = 50;

    private EvidenceSection() {}

    static Markup of(RunFacts facts) {
        Markup html = new Markup();
        html.open("section", "id", "evidence", "aria-labelledby", "evidence-heading");
        html.element("h2", "Reasons", "id", "evidence-heading");
        html.open("p", "class", "note");
        html.element("a", "Every figure of every variant", "href", ReportWriter.FIGURES)
                .text(" · ");
        html.element("a", "Every trial, with its files", "href", ReportWriter.TRIALS)
                .text(" · ");
        html.element("a", "The most telling load of each variant, by time", "href", ReportWriter.LOADS)
                .close();
        validity(html, facts);
        worthKnowing(html, facts);
        fates(html, facts);
        return html.close();
    }

    private static void validity(Markup html, RunFacts facts) {
        List<Trial> invalid =
                facts.trials().stream().filter(t -> !t.status().counts()).toList();
        html.element("h3", "Trials that do not count");
        if (invalid.isEmpty()) {
            html.element("p", "All " + facts.trials().size() + " trials count.");
            return;
        }
        HtmlTable table = HtmlTable.stacked(
                html,
                "validity-table",
                invalid.size() + " of " + facts.trials().size() + " trials; their figures are shown and never ranked");
        table.heading("Variant")
                .heading("Workload")
                .numbers("Block", "")
                .heading("Status")
                .heading("Reasons");
        table.rows("ranked");
        for (Trial trial : invalid) {
            table.row("")
                    .head(facts.name(trial.variant()))
                    .text(trial.workload().name());
            table.number(Integer.toString(trial.repeat()), trial.repeat());
            table.cell(TrialsPage.status(trial));
            reasons(table, ReasonText.list(trial.reasons()));
            table.endRow();
        }
        table.end();
    }

    /** What is said of trials that count, once for all that it is said of alike. */
    private static void worthKnowing(Markup html, RunFacts facts) {
        Map<String, List<Trial>> said = new LinkedHashMap<>();
        facts.trials().stream()
                .filter(trial -> trial.status().counts())
                .forEach(trial -> trial.flags()
                        .forEach(flag -> said.computeIfAbsent(ReasonText.of(flag), text -> new ArrayList<>())
                                .add(trial)));
        if (said.isEmpty()) {
            return;
        }
        html.element("h3", "Worth knowing of those that count");
        HtmlTable table = HtmlTable.stacked(html, "flags-table", "It takes no trial out of the ranking");
        table.heading("First of them").numbers("Trials", "").heading("What").rows("ranked");
        said.entrySet().stream().limit(MOST_FLAGS).forEach(entry -> {
            Trial first = entry.getValue().get(0);
            table.row("").head(entry.getKey());
            table.number(
                    Integer.toString(entry.getValue().size()), entry.getValue().size());
            table.text(facts.name(first.variant()) + ", " + first.workload().name());
            table.endRow();
        });
        table.end();
    }

    private static void fates(Markup html, RunFacts facts) {
        Optional<Decision> decision = facts.decision();
        if (decision.isEmpty()) {
            return;
        }
        html.element("h3", "Why not the others");
        HtmlTable table = HtmlTable.stacked(html, "fates-table", "What the decision says about each variant");
        table.heading("Variant").heading("Verdict").heading("Reasons").rows("ranked");
        for (Decision.Candidate candidate : decision.get().candidates()) {
            if (candidate.verdict() != Decision.Verdict.CHOSEN) {
                table.row("").head(facts.name(candidate.variant()));
                table.cell(new Markup()
                        .element(
                                "span",
                                Glossary.word(candidate.verdict()),
                                "class",
                                "tag " + candidate.verdict().name()));
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
            table.cell(list.close(), HtmlTable.LONG);
        }
    }
}
