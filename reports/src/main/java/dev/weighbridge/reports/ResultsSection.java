package dev.weighbridge.reports;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.analysis.text.ModelNames;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.Glossary;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.pages.TrialTable;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Variant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The table of all variants: valid ones by rank, then those that are not valid, each with its reasons. */
final class ResultsSection {
    private ResultsSection() {}

    static Markup of(RunFacts facts) {
        Markup html = new Markup();
        html.open("section", "id", "results", "aria-labelledby", "results-heading");
        html.element("h2", "Results", "id", "results-heading");
        int valid = facts.valid().size();
        html.open("p", "class", "note")
                .text(
                        valid + " of " + facts.rows().size()
                                + (facts.rows().size() == 1 ? " variant is valid" : " variants are valid")
                                + common(facts) + "." + load(facts)
                                + " Brackets are 95 % intervals; a figure marked ? has too few samples to certify it. See how each is ")
                .element("a", "defined", "href", "#definitions")
                .text(".")
                .close();
        facts.numerics().ifPresent(note -> html.element("p", note, "class", "note"));
        table(html, facts);
        html.append(Glossary.of(facts.rows()));
        samples(html, facts);
        bestOfEngines(html, facts);
        return html.close();
    }

    /** The status of a row in one word. */
    static String status(VariantView row) {
        Decision.Candidate candidate = row.candidate();
        if (row.valid() && candidate != null) {
            return Glossary.word(candidate.verdict());
        }
        return TrialTable.word(row.status());
    }

    /** Why a row is where it is: the reasons of its trials when it is not valid, else those of the decision. */
    static List<String> reasons(VariantView row) {
        Decision.Candidate candidate = row.candidate();
        if (!row.valid() || candidate == null) {
            return ReasonText.list(row.reasons());
        }
        return ReasonText.list(candidate.reasons());
    }

    private static String common(RunFacts facts) {
        StringBuilder text = new StringBuilder();
        Function<Variant, String> model = variant -> ModelNames.of(facts.manifest(), variant);
        for (Function<Variant, String> part : List.of(model, Variant::hardware)) {
            List<String> values =
                    facts.manifest().variants().stream().map(part).distinct().toList();
            if (values.size() == 1) {
                text.append(text.isEmpty() ? "; all " : " ")
                        .append(part.equals(model) ? "of model " : "on ")
                        .append(SafeText.clean(values.get(0), 100));
            }
        }
        return text.toString();
    }

    /** Which load the latencies are of, where it is the same for all. */
    private static String load(RunFacts facts) {
        List<String> loads = facts.rows().stream()
                .map(VariantView::headlineScenario)
                .filter(load -> !load.isEmpty())
                .distinct()
                .toList();
        if (loads.size() != 1) {
            return "";
        }
        return loads.get(0).equals(Metric.CAPACITY.id())
                ? " Latencies are those at capacity, the highest rate that met the objectives."
                : " Latencies are those under the load " + SafeText.clean(loads.get(0), SafeText.SHORT) + ".";
    }

    private static void table(Markup html, RunFacts facts) {
        HtmlTable table = new HtmlTable(html, "results-table", "All variants of the run, best first", true);
        table.numbers("Rank", "");
        parts(facts).keySet().forEach(table::part);
        table.heading("Status");
        for (Metric column : Metric.COLUMNS) {
            table.numbers(column.label(), column.unit());
        }
        table.rows("ranked");
        facts.valid().forEach(row -> row(table, facts, row));
        if (!facts.notValid().isEmpty()) {
            table.rows("unranked");
            facts.notValid().forEach(row -> row(table, facts, row));
        }
        table.end();
    }

    /** How many requests or samples stand behind each figure of the table above. */
    private static void samples(Markup html, RunFacts facts) {
        html.open("details").element("summary", "Sample counts of these figures");
        HtmlTable table = new HtmlTable(html, "samples-table", "What stands behind each figure of the results", false);
        table.heading("Variant");
        Metric.COLUMNS.forEach(column -> table.numbers(column.label(), column.samples()));
        table.rows("ranked");
        for (VariantView row : facts.rows()) {
            table.row("").head(facts.name(row.variant()));
            for (Metric column : Metric.COLUMNS) {
                row.figure(column)
                        .ifPresentOrElse(
                                f -> table.number(Notation.count(f.samples()), (double) f.samples()), table::none);
            }
            table.endRow();
        }
        table.end();
        html.open("p", "class", "note")
                .element("a", "Every figure of every variant", "href", ReportWriter.FIGURES)
                .close();
        html.close();
    }

    private static void row(HtmlTable table, RunFacts facts, VariantView row) {
        Variant variant = row.variant();
        table.row(row.chosen() && row.valid() ? "chosen" : row.valid() ? "" : "not-valid");
        if (row.rank().isEmpty()) {
            table.none();
        } else {
            table.number(row.rank(), Double.parseDouble(row.rank().replace("=", "")));
        }
        boolean first = true;
        for (Function<Variant, String> part : parts(facts).values()) {
            String text = SafeText.clean(part.apply(variant), SafeText.SHORT);
            if (first) {
                table.head(text, facts.name(variant));
            } else {
                table.text(text);
            }
            first = false;
        }
        status(table, row);
        for (Metric column : Metric.COLUMNS) {
            if (column.equals(Metric.ACCURACY_DIFFERENCE)) {
                difference(table, row);
            } else {
                table.figure(column.notation(), row.figure(column));
            }
        }
        table.endRow();
        if (!row.valid()) {
            String reasons = SafeText.clean(String.join("; ", ReasonText.list(row.reasons())));
            table.row("why not-valid").span(parts(facts).size() + Metric.COLUMNS.size() + 2, reasons);
            table.endRow();
        }
    }

    /** What tells the variants of this run apart, by heading; the first names the row. */
    private static Map<String, Function<Variant, String>> parts(RunFacts facts) {
        Map<String, Function<Variant, String>> parts = new LinkedHashMap<>();
        parts.put("Engine", Variant::engine);
        parts.put("Precision", Variant::precision);
        parts.put("Batching", Variant::batching);
        several(facts, parts, "Model", variant -> ModelNames.of(facts.manifest(), variant));
        several(facts, parts, "Hardware", Variant::hardware);
        several(facts, parts, "Device", Variant::device);
        return parts;
    }

    private static void several(
            RunFacts facts,
            Map<String, Function<Variant, String>> parts,
            String heading,
            Function<Variant, String> part) {
        if (facts.manifest().variants().stream().map(part).distinct().count() > 1) {
            parts.put(heading, part);
        }
    }

    private static void difference(HtmlTable table, VariantView row) {
        AccuracyJudgement.Verdict verdict = row.accuracy().verdict();
        if (row.baseline()) {
            table.cell(new Markup().element("span", "baseline", "class", "tag"), 0);
        } else if (verdict == AccuracyJudgement.Verdict.NOT_ASKED || verdict == AccuracyJudgement.Verdict.MISSING) {
            table.figure(Notation.POINTS, row.figure(Metric.ACCURACY_DIFFERENCE));
        } else {
            table.figure(
                    Notation.POINTS,
                    row.figure(Metric.ACCURACY_DIFFERENCE),
                    new Markup().element("span", verdict.label(), "class", "tag " + verdict.name()));
        }
    }

    private static void status(HtmlTable table, VariantView row) {
        table.cell(new Markup().element("span", status(row), "class", "tag " + style(row)));
    }

    private static String style(VariantView row) {
        Decision.Candidate candidate = row.candidate();
        return row.valid() && candidate != null
                ? candidate.verdict().name()
                : row.status().name();
    }

    private static void bestOfEngines(Markup html, RunFacts facts) {
        List<SummaryTable.BestOfEngine> engines = SummaryTable.of(facts).bestOfEngines();
        if (engines.size() < 2) {
            return;
        }
        HtmlTable table = new HtmlTable(html, "engines-table", "Best of each engine, over its valid variants", false);
        table.heading("Engine").numbers("Valid variants", "").numbers("Lowest cost", "$ / 1M tokens");
        table.numbers("Highest output rate", "tokens/s").rows("ranked");
        for (SummaryTable.BestOfEngine engine : engines) {
            table.row("").head(engine.engine()).number(Integer.toString(engine.variants()), engine.variants());
            number(table, Notation.USD, engine.lowestCost());
            number(table, Notation.RATE, engine.highestRate());
            table.endRow();
        }
        table.end();
    }

    private static void number(HtmlTable table, Notation notation, double value) {
        if (Double.isFinite(value)) {
            table.number(notation.number(value), value);
        } else {
            table.none();
        }
    }
}
