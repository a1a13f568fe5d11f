package dev.weighbridge.site;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.ModelNames;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Variant;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The table of all variants of all runs; what is not valid stands below, with its reasons, and has no rank. */
final class LeaderboardTable {
    static final List<Metric> FIGURES = List.of(
            Metric.ACCURACY,
            Metric.TTFT_P50,
            Metric.TTFT_P95,
            Metric.TPOT_P50,
            Metric.CAPACITY,
            Metric.TOKENS_AT_CAPACITY,
            Metric.COST);

    private static final int LONGEST_UNBROKEN = 20;
    private static final int LONGEST_HEADING = 12;
    private static final String NUMBER = "n";

    private final Markup html = new Markup();
    private final boolean models;
    private final boolean hardware;
    private final boolean severalRuns;
    private int columns;

    private LeaderboardTable(List<PublishedRun> runs) {
        hardware = common(runs, Variant::hardware).isEmpty();
        models = hardware || commonModel(runs).isEmpty();
        severalRuns = runs.size() > 1;
    }

    static Markup of(List<PublishedRun> runs) {
        return new LeaderboardTable(runs).write(runs);
    }

    /** What all variants have in common, which needs no column; empty when they differ. */
    static Optional<String> common(List<PublishedRun> runs, Function<Variant, String> part) {
        List<String> values = runs.stream()
                .flatMap(run -> run.rows().stream())
                .map(row -> RowText.name(part.apply(row.variant())))
                .distinct()
                .toList();
        return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
    }

    /** The model that all variants have in common, as it is shown; empty when they differ. */
    static Optional<String> commonModel(List<PublishedRun> runs) {
        List<String> values = runs.stream()
                .flatMap(run -> run.rows().stream().map(row -> ModelNames.of(run.manifest(), row.variant())))
                .distinct()
                .toList();
        return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
    }

    private Markup write(List<PublishedRun> runs) {
        html.open(
                "div", "class", "scroll", "role", "region", "aria-labelledby", "leaderboard-caption", "tabindex", "0");
        html.open("table", "id", "leaderboard", "class", "sortable");
        html.open("caption", "id", "leaderboard-caption")
                .element("span", "All variants, by run and rank; brackets are 95 % intervals")
                .close();
        heading();
        html.open("tbody", "class", "ranked");
        runs.forEach(run -> run.valid().forEach(row -> row(run, row)));
        html.close();
        if (runs.stream().anyMatch(run -> !run.notValid().isEmpty())) {
            html.open("tbody", "class", "unranked");
            runs.forEach(run -> run.notValid().forEach(row -> row(run, row)));
            html.close();
        }
        return html.close().close();
    }

    private void heading() {
        html.open("thead").open("tr");
        column("rank", "Rank", "in run", NUMBER);
        if (models) {
            column("model", "Model", hardware ? "hardware" : "", "words");
        }
        column("engine", "Engine", "", "named");
        column("precision", "Precision", "", "part");
        column("batching", "Batching", "", "part");
        for (Metric figure : FIGURES) {
            column(figure.id(), figure.label(), figure.unit(), NUMBER);
        }
        column("verdict", "Verdict", "", "words");
        if (severalRuns) {
            column("run", "Run", "", "words");
        }
        html.close().close();
    }

    private void column(String key, String label, String unit, String style) {
        columns++;
        String wrap = label.length() > LONGEST_HEADING ? " wrap" : "";
        html.open("th", "scope", "col", "data-key", key, "class", style + wrap);
        html.element("span", label);
        if (!unit.isEmpty()) {
            html.element("span", unit, "class", "unit");
        }
        html.close();
    }

    private void row(PublishedRun run, VariantView row) {
        Variant variant = row.variant();
        html.open(
                "tr",
                "class",
                !row.valid() ? "not-valid" : row.chosen() ? "chosen" : "valid",
                "data-engine",
                RowText.name(variant.engine()),
                "data-precision",
                RowText.name(variant.precision()),
                "data-batching",
                RowText.name(variant.batching()),
                "data-status",
                RowText.status(row));
        rank(row);
        if (models) {
            model(run, variant);
        }
        String engine = RowText.name(variant.engine());
        html.open("th", "class", "named " + style(engine), "scope", "row", "aria-label", run.name(variant.id()));
        html.element("span", engine).close();
        part(variant.precision());
        part(variant.batching());
        FIGURES.forEach(column -> figure(column, row.figure(column)));
        verdict(row);
        if (severalRuns) {
            run(run);
        }
        html.close();
        if (!row.valid()) {
            html.open("tr", "class", "why not-valid");
            html.open("td", "colspan", Integer.toString(columns))
                    .element("span", RowText.why(row))
                    .close();
            html.close();
        }
    }

    private void rank(VariantView row) {
        if (row.rank().isEmpty()) {
            html.element("td", "–", "class", "n none");
        } else {
            html.element("td", row.rank(), "class", "n", "data-sort", row.rank().replace("=", ""));
        }
    }

    private void figure(Metric column, Optional<Measurement> measured) {
        if (measured.isEmpty()) {
            html.element("td", "–", "class", "n none");
            return;
        }
        Measurement figure = measured.get();
        html.open(
                "td",
                "class",
                "n",
                "data-sort",
                BigDecimal.valueOf(figure.value()).toString());
        html.text(column.notation().number(figure.value()));
        if (figure.uncertain()) {
            html.element("sup", "?", "class", "uncertain");
        }
        if (column.equals(Metric.ACCURACY)) {
            column.notation().plusMinus(figure).ifPresent(half -> html.element("span", half, "class", "interval"));
        } else {
            column.notation().interval(figure).ifPresent(both -> html.element("span", both, "class", "interval"));
        }
        html.close();
    }

    /** The verdict of a valid variant, its reasons behind it; what is not valid has its status instead. */
    private void verdict(VariantView row) {
        Decision.Candidate candidate = row.candidate();
        if (candidate == null || !row.valid()) {
            html.open("td").element("span", RowText.status(row), "class", RowText.style(row.status()));
            html.close();
            return;
        }
        String style = "tag " + candidate.verdict().name();
        String why = RowText.why(row);
        html.open("td", "class", "verdict");
        if (why.isEmpty()) {
            html.element("span", RowText.verdict(row), "class", style);
        } else {
            html.open("details", "class", "why").open("summary");
            html.element("span", RowText.verdict(row), "class", style).close();
            html.element("p", why).close();
        }
        html.close();
    }

    private void run(PublishedRun run) {
        html.open("td", "class", "run");
        html.element("a", run.study(), "href", "runs/" + run.folder() + "/index.html", "class", "short");
        html.element("span", run.runId(), "class", "interval");
        html.close();
    }

    private void model(PublishedRun run, Variant variant) {
        String name = RowText.name(variant.model());
        html.open("td", "class", style(name)).text(name);
        if (run.manifest().hasRandomWeights(variant)) {
            html.element("span", ModelNames.RANDOM_WEIGHTS, "class", "interval");
        }
        if (hardware) {
            html.element("span", RowText.name(variant.hardware()), "class", "interval");
        }
        html.close();
    }

    private static String style(String name) {
        return name.length() <= LONGEST_UNBROKEN ? "short" : "long";
    }

    private void part(String text) {
        String name = RowText.name(text);
        html.element("td", name, "class", "part " + style(name));
    }
}
