package dev.weighbridge.core.telemetry;

import java.util.HashMap;
import java.util.Map;

/**
 * Reads metrics in Prometheus' text format, summed over their labels. Lines that are none are passed over: they come from a server.
 * Format: Prometheus, "Exposition formats", text format 0.0.4.
 */
final class PrometheusText {
    private static final int MOST_METRICS = 10_000;

    private PrometheusText() {}

    /** Values by name without labels; those of several label sets are added up, and what is no finite number is left out. */
    static Map<String, Double> read(String text) {
        Map<String, Double> values = new HashMap<>();
        text.lines().limit(MOST_METRICS).forEach(line -> read(line.strip(), values));
        return values;
    }

    private static void read(String line, Map<String, Double> values) {
        if (line.isEmpty() || line.charAt(0) == '#') {
            return;
        }
        int brace = line.indexOf('{');
        int blank = line.indexOf(' ');
        boolean labelled = brace >= 0 && (blank < 0 || brace < blank);
        int nameEnd = labelled ? brace : blank;
        int valueStart = labelled ? afterLabels(line, brace) : blank;
        if (nameEnd <= 0 || valueStart < 0) {
            return;
        }
        String rest = line.substring(valueStart).strip();
        int end = rest.indexOf(' ');
        try {
            double value = Double.parseDouble(end < 0 ? rest : rest.substring(0, end));
            if (Double.isFinite(value)) {
                values.merge(line.substring(0, nameEnd), value, Double::sum);
            }
        } catch (NumberFormatException e) {
            // A line that is none says nothing; the next one may.
            return;
        }
    }

    /** Where the labels that begin at a brace end, or -1: a label's value may hold braces and quotes of its own. */
    private static int afterLabels(String line, int brace) {
        boolean quoted = false;
        for (int i = brace + 1; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '}' && !quoted) {
                return i + 1;
            }
        }
        return -1;
    }
}
