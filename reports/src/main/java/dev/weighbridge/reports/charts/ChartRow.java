package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.results.Measurement;
import java.util.Optional;

/**
 * A variant as the charts know it.
 *
 * @param name short and unique among the rows
 * @param row figures and place
 */
public record ChartRow(String name, VariantView row) {
    String engine() {
        return row.variant().engine();
    }

    Optional<Measurement> figure(Metric column) {
        return row.figure(column);
    }

    boolean has(Metric... columns) {
        for (Metric column : columns) {
            if (figure(column).isEmpty()) {
                return false;
            }
        }
        return row.valid();
    }

    /** The name with its part in the run, for an axis or a legend. */
    String label() {
        return name + (row.chosen() ? " · chosen" : row.baseline() ? " · baseline" : "");
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
