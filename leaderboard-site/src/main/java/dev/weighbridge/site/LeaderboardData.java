package dev.weighbridge.site;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.ModelNames;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All variants of all runs as data to download. */
final class LeaderboardData {
    private static final int SCHEMA_VERSION = 1;
    private static final String LINE_END = "\r\n";

    private LeaderboardData() {}

    /**
     * The JSON document.
     *
     * @param schemaVersion of this record
     * @param rows in the order of the page
     */
    record Document(int schemaVersion, List<Row> rows) {}

    /**
     * One variant of one run.
     *
     * @param weights of the model: {@code random}, or empty when they are not known to be
     * @param rank within its run; empty when it is not ranked
     * @param verdict of the decision; empty when there is none or the variant is not valid
     * @param figures by key of {@link Metric}; what was not measured is absent
     * @param groups scores of groups of tasks, by {@code GROUP/METRIC,FILTER}
     * @param judged what models that judge said of it
     */
    record Row(
            String study,
            String runId,
            String startedAt,
            String priceList,
            String priceDate,
            String model,
            String weights,
            String engine,
            String precision,
            String batching,
            String device,
            String hardware,
            String rank,
            String verdict,
            String status,
            List<String> reasons,
            Map<String, Measurement> figures,
            Map<String, Measurement> groups,
            List<Judged> judged) {}

    /**
     * What one judge said of a variant's answers to one task.
     *
     * @param judge name of its model
     * @param kind of its judgements
     * @param against variant that the answers were held against, or {@code null}
     * @param figure win rate or mean grade
     */
    record Judged(
            String task,
            String judge,
            Judge.Kind kind,
            @Nullable String against,
            Measurement figure) {}

    static String json(List<PublishedRun> runs) {
        return Json.pretty(new Document(SCHEMA_VERSION, rows(runs)));
    }

    /** The CSV (RFC 4180); no cell of it is a formula to a spreadsheet. */
    static String csv(List<PublishedRun> runs) {
        List<String> heading = new ArrayList<>(List.of(
                "study",
                "run_id",
                "started_at",
                "price_list",
                "price_date",
                "model",
                "weights",
                "engine",
                "precision",
                "batching",
                "device",
                "hardware",
                "rank",
                "verdict",
                "status",
                "reasons"));
        for (Metric column : Metric.COLUMNS) {
            for (String part : List.of("", "_unit", "_low", "_high", "_n", "_uncertain")) {
                heading.add(column.id() + part);
            }
        }
        StringBuilder csv = new StringBuilder(String.join(",", heading)).append(LINE_END);
        for (Row row : rows(runs)) {
            csv.append(cells(row).stream().map(SafeText::csv).collect(Collectors.joining(",")))
                    .append(LINE_END);
        }
        return csv.toString();
    }

    private static List<String> cells(Row row) {
        List<String> cells = new ArrayList<>(List.of(
                row.study(),
                row.runId(),
                row.startedAt(),
                row.priceList(),
                row.priceDate(),
                row.model(),
                row.weights(),
                row.engine(),
                row.precision(),
                row.batching(),
                row.device(),
                row.hardware(),
                row.rank(),
                row.verdict(),
                row.status(),
                String.join("; ", row.reasons())));
        for (Metric column : Metric.COLUMNS) {
            cells.addAll(cells(Optional.ofNullable(row.figures().get(column.id()))));
        }
        return cells;
    }

    private static List<String> cells(Optional<Measurement> measured) {
        if (measured.isEmpty()) {
            return List.of("", "", "", "", "", "");
        }
        Measurement figure = measured.get();
        Double low = figure.low();
        Double high = figure.high();
        return List.of(
                Double.toString(figure.value()),
                figure.unit(),
                low == null ? "" : low.toString(),
                high == null ? "" : high.toString(),
                Long.toString(figure.samples()),
                Boolean.toString(figure.uncertain()));
    }

    private static List<Row> rows(List<PublishedRun> runs) {
        List<Row> rows = new ArrayList<>();
        for (PublishedRun run : runs) {
            run.valid().forEach(row -> rows.add(row(run, row)));
        }
        for (PublishedRun run : runs) {
            run.notValid().forEach(row -> rows.add(row(run, row)));
        }
        return rows;
    }

    private static Row row(PublishedRun run, VariantView row) {
        Variant variant = row.variant();
        Map<String, Measurement> figures = new LinkedHashMap<>();
        for (Metric column : Metric.COLUMNS) {
            row.figure(column).ifPresent(figure -> figures.put(column.id(), bounded(figure)));
        }
        return new Row(
                run.study(),
                run.runId(),
                name(run.manifest().createdAt()),
                name(run.manifest().prices().name()),
                name(run.manifest().prices().date()),
                name(variant.model()),
                ModelNames.weights(run.manifest(), variant),
                name(variant.engine()),
                name(variant.precision()),
                name(variant.batching()),
                name(variant.device()),
                name(variant.hardware()),
                row.rank(),
                RowText.verdict(row),
                RowText.status(row),
                RowText.reasons(row),
                figures,
                groups(row),
                judged(run, variant.id()));
    }

    private static Map<String, Measurement> groups(VariantView row) {
        Map<String, Measurement> groups = new TreeMap<>();
        row.figures().forEach((scope, figures) -> {
            Measurement figure = figures.get(Metric.GROUP_SCORE.id());
            if (figure != null) {
                groups.put(name(scope), bounded(figure));
            }
        });
        return groups;
    }

    private static List<Judged> judged(PublishedRun run, String variant) {
        List<Judged> judged = new ArrayList<>();
        for (JudgedTask task : run.opinions().judged()) {
            for (JudgedTask.ByJudge by : task.judges()) {
                Judge judge = by.judge();
                String figure = judge.kind() == Judge.Kind.PAIRS ? JudgedTask.WIN_RATE : JudgedTask.GRADE;
                by.standings().stream()
                        .filter(standing -> standing.variant().equals(variant))
                        .forEach(standing -> {
                            Measurement said = standing.figure(figure);
                            String against = standing.baseline();
                            if (said != null) {
                                judged.add(new Judged(
                                        name(task.task()),
                                        name(judge.model()),
                                        judge.kind(),
                                        against == null ? null : name(against),
                                        bounded(said)));
                            }
                        });
            }
        }
        return judged;
    }

    private static Measurement bounded(Measurement figure) {
        return new Measurement(
                name(figure.name()),
                name(figure.scope()),
                name(figure.definition()),
                figure.value(),
                name(figure.unit()),
                figure.samples(),
                figure.low(),
                figure.high(),
                figure.uncertain());
    }

    private static String name(String text) {
        return SafeText.clean(text, SafeText.SHORT);
    }
}
