package dev.weighbridge.cli;

import dev.weighbridge.core.evaluation.GroupFigures;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import java.util.Locale;

/** Scores of an evaluation as lines of text. */
final class ScoreTable {
    private ScoreTable() {}

    /** Prints every score of a trial by task, then those of groups of tasks, then the share of right answers over all. */
    static void print(Terminal terminal, Trial trial) {
        for (Measurement figure : trial.measurements()) {
            if (figure.name().equals("score")) {
                terminal.line(line(figure.scope(), figure, 1, ""));
            }
        }
        for (Measurement figure : trial.measurements()) {
            if (figure.name().equals(GroupFigures.NAME)) {
                terminal.line(line("group " + figure.scope(), figure, 1, ""));
            }
        }
        trial.measurement("accuracy").ifPresent(all -> terminal.line(line("all tasks, right", all, 100, " %")));
        trial.measurement("failed_samples")
                .filter(failed -> failed.value() > 0)
                .ifPresent(failed -> terminal.line(String.format(
                        Locale.ROOT,
                        "%.0f of %d samples have no answer or could not be judged; they count as wrong",
                        failed.value(),
                        failed.samples())));
    }

    private static String line(String name, Measurement figure, double scale, String unit) {
        String interval = figure.low() == null || figure.high() == null
                ? ""
                : String.format(Locale.ROOT, "  [%.4g, %.4g]", figure.low() * scale, figure.high() * scale);
        return String.format(
                Locale.ROOT, "%-40s %8.4g%s%s  n = %d", name, figure.value() * scale, unit, interval, figure.samples());
    }
}
