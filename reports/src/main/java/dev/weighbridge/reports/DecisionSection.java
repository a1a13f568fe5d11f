package dev.weighbridge.reports;

import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.DecisionText;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.KeyFigures;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The decision as a statement: what to deploy, at what cost, under which objectives; or, plainly, that there is none. */
final class DecisionSection {
    private DecisionSection() {}

    static Markup of(RunFacts facts) {
        Markup html = new Markup();
        Optional<Decision> decision = facts.decision();
        html.open("section", "id", "decision", "class", "decision", "aria-labelledby", "decision-heading");
        if (decision.isEmpty()) {
            html.element("p", "No decision yet", "class", "kicker");
            html.element("h2", "No decision has been made for this run", "id", "decision-heading");
            html.element(
                    "p",
                    "The figures below are complete as far as the run has come. Run 'weighbridge decide' on this folder,"
                            + " then write the report again.",
                    "class",
                    "lead");
        } else {
            statement(html, facts, decision.get());
        }
        html.open("div", "class", "columns");
        facts.chosen()
                .map(VariantView::candidate)
                .ifPresent(candidate -> block(html, "Why this one", "", ReasonText.list(candidate.reasons())));
        block(html, "Tied with it", "Compared block by block, their cost cannot be told from its own.", tied(facts));
        block(
                html,
                "Objectives",
                "",
                DecisionText.objectives(
                        decision.map(Decision::objectives)
                                .orElse(facts.manifest().objectives()),
                        !facts.manifest().plan().tasks().isEmpty()));
        return html.close().close();
    }

    /** The statement in one line; a variant whose trials are not valid is not recommended, whatever the file says. */
    static String headline(RunFacts facts, Decision decision) {
        if (answersOnly(facts)) {
            return "Answers were judged; nothing was loaded";
        }
        boolean notValid = facts.chosen().map(row -> !row.valid()).orElse(false);
        return notValid
                ? "Decide again: the chosen variant has trials that are not valid"
                : DecisionText.headline(facts.names(), decision);
    }

    /** Whether the run asks questions and nothing else, so that there is nothing to decide on a price. */
    static boolean answersOnly(RunFacts facts) {
        Manifest.Plan plan = facts.manifest().plan();
        return plan.scenarios().isEmpty()
                && plan.search() == null
                && !plan.tasks().isEmpty();
    }

    /** What the headline leaves to be said. */
    static String summary(RunFacts facts, Decision decision) {
        return answersOnly(facts)
                ? "Without a load there is no capacity and no price, so that no variant is chosen. A study with 'load' weighs them"
                        + " ('weighbridge run')."
                : decision.summary();
    }

    /** Problems of a decision that does not fit the figures of its run; empty when it fits. */
    static List<String> mismatches(RunFacts facts, Decision decision) {
        List<String> problems = new ArrayList<>();
        if (!decision.study().equals(facts.manifest().study())
                || !decision.runId().equals(facts.manifest().runId())) {
            problems.add("The decision file belongs to another run.");
        }
        if (!decision.objectives().equals(facts.manifest().objectives())) {
            problems.add("The decision applied other objectives than the study's; those of the decision are shown.");
        }
        if (decision.chosen() != null && facts.chosen().isEmpty()) {
            problems.add("The decision names a variant that this run does not have.");
        }
        if (facts.chosen().map(row -> !row.valid()).orElse(false)) {
            problems.add("The chosen variant has trials that are not valid. Decide again.");
        }
        return problems;
    }

    /** The variants that share the first place with the chosen one. */
    static List<String> tied(RunFacts facts) {
        return facts.rows().stream()
                .filter(r -> r.candidate() != null && r.candidate().verdict() == Decision.Verdict.TIED)
                .map(r -> facts.name(r.variant()))
                .toList();
    }

    private static void statement(Markup html, RunFacts facts, Decision decision) {
        html.element(
                "p",
                answersOnly(facts) ? "Evaluation" : DecisionText.label(decision.outcome()),
                "class",
                "kicker " + decision.outcome().name());
        html.open("h2", "id", "decision-heading")
                .phrase(headline(facts, decision))
                .close();
        html.element("p", SafeText.clean(summary(facts, decision)), "class", "lead");
        for (String problem : mismatches(facts, decision)) {
            html.element("p", problem, "class", "warning", "role", "note");
        }
        facts.chosen().ifPresent(chosen -> keyFigures(html, decision, chosen));
    }

    private static void keyFigures(Markup html, Decision decision, VariantView chosen) {
        html.append(KeyFigures.of(chosen));
        html.element(
                "p",
                "Prices are those of list " + SafeText.clean(decision.priceList(), SafeText.SHORT) + " of "
                        + SafeText.clean(decision.priceDate(), SafeText.SHORT) + ". Brackets are 95 % intervals.",
                "class",
                "note");
    }

    private static void block(Markup html, String heading, String note, List<String> items) {
        if (items.isEmpty()) {
            return;
        }
        html.open("div").element("h3", heading);
        if (!note.isEmpty()) {
            html.element("p", note, "class", "note");
        }
        html.open("ul");
        items.forEach(item -> html.open("li").phrase(SafeText.clean(item)).close());
        html.close().close();
    }
}
