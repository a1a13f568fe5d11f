package dev.weighbridge.reports;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.analysis.text.DecisionText;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Measurement;
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
        block(
                html,
                "Tied with it",
                "Their cost lies inside the interval of the chosen one; the measurements do not tell them apart.",
                tied(facts));
        block(
                html,
                "Objectives",
                "",
                DecisionText.objectives(decision.map(Decision::objectives)
                        .orElse(facts.manifest().objectives())));
        return html.close().close();
    }

    /** The statement in one line; a variant whose trials are not valid is not recommended, whatever the file says. */
    static String headline(RunFacts facts, Decision decision) {
        boolean notValid = facts.chosen().map(row -> !row.valid()).orElse(false);
        return notValid
                ? "Decide again: the chosen variant has trials that are not valid"
                : DecisionText.headline(facts.names(), decision);
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
                DecisionText.label(decision.outcome()),
                "class",
                "kicker " + decision.outcome().name());
        html.element("h2", headline(facts, decision), "id", "decision-heading");
        html.element("p", SafeText.clean(decision.summary()), "class", "lead");
        for (String problem : mismatches(facts, decision)) {
            html.element("p", problem, "class", "warning", "role", "note");
        }
        facts.chosen().ifPresent(chosen -> keyFigures(html, facts, chosen));
    }

    private static void keyFigures(Markup html, RunFacts facts, VariantView chosen) {
        html.open("dl", "class", "key-figures");
        for (Metric column : List.of(
                Metric.COST,
                Metric.ACCURACY,
                Metric.TTFT_P95,
                Metric.TPOT_P95,
                Metric.CAPACITY,
                Metric.TOKENS_AT_CAPACITY)) {
            chosen.figure(column).ifPresent(figure -> keyFigure(html, column, figure, note(column, chosen)));
        }
        html.close();
        Decision decision = facts.decision().orElseThrow();
        html.element(
                "p",
                "Cost per million output tokens, by price list " + SafeText.clean(decision.priceList(), SafeText.SHORT)
                        + " of " + SafeText.clean(decision.priceDate(), SafeText.SHORT)
                        + ". Brackets are 95 % intervals.",
                "class",
                "note");
    }

    private static String note(Metric column, VariantView chosen) {
        if (!column.equals(Metric.ACCURACY)) {
            return "";
        }
        AccuracyJudgement.Verdict verdict = chosen.accuracy().verdict();
        return switch (verdict) {
            case NON_INFERIOR -> "non-inferior to the baseline";
            case INFERIOR -> "inferior to the baseline";
            case INCONCLUSIVE -> "not settled against the baseline";
            case BASELINE -> "the baseline";
            case NOT_ASKED, MISSING -> "not held against the baseline";
        };
    }

    private static void keyFigure(Markup html, Metric column, Measurement figure, String note) {
        html.open("div").element("dt", column.equals(Metric.COST) ? "Cost / 1M tokens" : column.label());
        html.open("dd");
        html.element("span", column.notation().withUnit(figure), "class", "value");
        column.notation().interval(figure).ifPresent(i -> html.element("span", i, "class", "interval"));
        html.element("span", "n = " + Notation.count(figure.samples()), "class", "interval");
        if (!note.isEmpty()) {
            html.element("span", note, "class", "interval");
        }
        html.close().close();
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
        items.forEach(item -> html.element("li", SafeText.clean(item)));
        html.close().close();
    }
}
