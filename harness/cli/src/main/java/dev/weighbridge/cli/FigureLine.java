package dev.weighbridge.cli;

import dev.weighbridge.results.Measurement;
import java.util.Locale;

/** A figure with its interval and its samples as a line of text. */
final class FigureLine {
    private FigureLine() {}

    /**
     * The line.
     *
     * @param scale that value and interval are multiplied by
     * @param unit behind the value
     */
    static String of(String name, Measurement figure, double scale, String unit) {
        String interval = figure.low() == null || figure.high() == null
                ? ""
                : String.format(Locale.ROOT, "  [%.4g, %.4g]", figure.low() * scale, figure.high() * scale);
        return String.format(
                Locale.ROOT, "%-40s %8.4g%s%s  n = %d", name, figure.value() * scale, unit, interval, figure.samples());
    }
}
