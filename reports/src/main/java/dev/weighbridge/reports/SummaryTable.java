package dev.weighbridge.reports;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.ModelNames;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Measurement;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.aggregate.AggregateFunctions;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvWriteOptions;

/** The results as a Tablesaw table, a row a variant, for export. What was not measured is a missing cell. */
final class SummaryTable {
    private static final String ENGINE = "engine";
    private static final String STATUS = "status";
    private static final String VALID = "COMPLETED";

    private final Table table;

    private SummaryTable(Table table) {
        this.table = table;
    }

    static SummaryTable of(RunFacts facts) {
        List<VariantView> rows = facts.rows();
        Table table = Table.create(SafeText.cell(facts.manifest().study()));
        table.addColumns(
                text("rank", rows, VariantView::rank),
                text("variant", rows, r -> r.variant().id()),
                text("model", rows, r -> r.variant().model()),
                text("weights", rows, r -> ModelNames.weights(facts.manifest(), r.variant())),
                text(ENGINE, rows, r -> r.variant().engine()),
                text("precision", rows, r -> r.variant().precision()),
                text("batching", rows, r -> r.variant().batching()),
                text("device", rows, r -> r.variant().device()),
                text("hardware", rows, r -> r.variant().hardware()),
                text(STATUS, rows, r -> r.status().name()),
                text(
                        "verdict",
                        rows,
                        r -> r.candidate() == null
                                ? ""
                                : r.candidate().verdict().name()),
                text("accuracy_verdict", rows, SummaryTable::accuracy));
        for (Metric column : Metric.COLUMNS) {
            addFigure(table, column, rows);
        }
        table.addColumns(text("reasons", rows, r -> String.join("; ", ReasonText.list(r.reasons()))));
        return new SummaryTable(table);
    }

    /** All columns as CSV (RFC 4180); numbers in full precision, text that no spreadsheet runs as a formula. */
    String csv() {
        StringWriter csv = new StringWriter();
        table.write().usingOptions(CsvWriteOptions.builder(csv).lineEnd("\n").build());
        return csv.toString();
    }

    /** Lowest cost and highest output rate of each engine's valid variants, engines by name. */
    List<BestOfEngine> bestOfEngines() {
        Table valid = table.where(table.stringColumn(STATUS).isEqualTo(VALID));
        if (valid.isEmpty()) {
            return List.of();
        }
        String cost = Metric.COST.id();
        String rate = Metric.TOKENS_AT_CAPACITY.id();
        Table best = valid.summarize(
                        List.of(cost, rate), AggregateFunctions.min, AggregateFunctions.max, AggregateFunctions.count)
                .by(ENGINE)
                .sortAscendingOn(ENGINE);
        List<BestOfEngine> engines = new ArrayList<>();
        for (Row row : best) {
            String engine = row.getString(ENGINE);
            int variants =
                    valid.where(valid.stringColumn(ENGINE).isEqualTo(engine)).rowCount();
            engines.add(new BestOfEngine(
                    engine, variants, row.getDouble("Min [" + cost + "]"), row.getDouble("Max [" + rate + "]")));
        }
        return engines;
    }

    /**
     * What the valid variants of an engine reached.
     *
     * @param engine id
     * @param variants number that are valid
     * @param lowestCost US dollars per million output tokens, NaN when none has a cost
     * @param highestRate output tokens a second, NaN when none has a rate
     */
    record BestOfEngine(String engine, int variants, double lowestCost, double highestRate) {}

    private static String accuracy(VariantView row) {
        return row.accuracy().verdict().label();
    }

    private static void addFigure(Table table, Metric column, List<VariantView> rows) {
        DoubleColumn value = DoubleColumn.create(column.id());
        DoubleColumn low = DoubleColumn.create(column.id() + "_low");
        DoubleColumn high = DoubleColumn.create(column.id() + "_high");
        LongColumn samples = LongColumn.create(column.id() + "_n");
        BooleanColumn uncertain = BooleanColumn.create(column.id() + "_uncertain");
        for (VariantView row : rows) {
            Measurement figure = row.figure(column).orElse(null);
            if (figure == null) {
                value.appendMissing();
                low.appendMissing();
                high.appendMissing();
                samples.appendMissing();
                uncertain.appendMissing();
            } else {
                value.append(figure.value());
                append(low, figure.low());
                append(high, figure.high());
                samples.append(figure.samples());
                uncertain.append(figure.uncertain());
            }
        }
        table.addColumns(value, low, high, samples, uncertain);
    }

    private static void append(DoubleColumn column, @Nullable Double value) {
        if (value == null) {
            column.appendMissing();
        } else {
            column.append(value.doubleValue());
        }
    }

    private static StringColumn text(String name, List<VariantView> rows, Function<VariantView, String> cell) {
        StringColumn column = StringColumn.create(name.toLowerCase(Locale.ROOT));
        rows.forEach(row -> column.append(SafeText.cell(cell.apply(row))));
        return column;
    }
}
