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
                terminal.line(FigureLine.of(figure.scope(), figure, 1, ""));
            }
        }
        for (Measurement figure : trial.measurements()) {
            if (figure.name().equals(GroupFigures.NAME)) {
                terminal.line(FigureLine.of("group " + figure.scope(), figure, 1, ""));
            }
        }
        trial.measurement("accuracy")
                .ifPresent(all -> terminal.line(FigureLine.of("all tasks, right", all, 100, " %")));
        trial.measurement("failed_samples")
                .filter(failed -> failed.value() > 0)
                .ifPresent(failed -> terminal.line(String.format(
                        Locale.ROOT,
                        "%.0f of %d samples have no answer or could not be judged; they count as wrong",
                        failed.value(),
                        failed.samples())));
    }
}
