package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.FigureColumn;
import dev.weighbridge.analysis.RankedVariant;
import dev.weighbridge.results.Measurement;
import java.util.Optional;

/**
 * A variant as the charts know it.
 *
 * @param name short and unique among the rows
 * @param row figures and place
 */
public record ChartRow(String name, RankedVariant row) {
    String engine() {
        return row.variant().engine();
    }

    Optional<Measurement> figure(FigureColumn column) {
        return column.of(row.summary());
    }

    boolean has(FigureColumn... columns) {
        for (FigureColumn column : columns) {
            if (figure(column).isEmpty()) {
                return false;
            }
        }
        return row.valid();
    }

    /** The name with its part in the run, for the margin of a row. */
    String label() {
        return name + (row.chosen() ? " · chosen" : row.baseline() ? " · baseline" : "");
    }

    String labelStyle() {
        return row.chosen() ? "ink strong" : "ink";
    }

    static double low(Measurement figure) {
        Double low = figure.low();
        return low == null ? figure.value() : Math.min(low, figure.value());
    }

    static double high(Measurement figure) {
        Double high = figure.high();
        return high == null ? figure.value() : Math.max(high, figure.value());
    }
}
