package dev.weighbridge.spark;

import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import java.io.PrintWriter;
import java.util.Locale;

/** Scores of an evaluation as lines of text. */
final class ScoreLines {
    private ScoreLines() {}

    /** Prints every score with its interval, then how many samples have no answer or could not be judged. */
    static void print(PrintWriter out, Trial trial) {
        for (Measurement figure : trial.measurements()) {
            if (figure.name().equals("score")) {
                String interval = figure.low() == null || figure.high() == null
                        ? ""
                        : String.format(Locale.ROOT, "  [%.4g, %.4g]", figure.low(), figure.high());
                out.println(String.format(
                        Locale.ROOT,
                        "%-40s %8.4g%s  n = %d",
                        figure.scope(),
                        figure.value(),
                        interval,
                        figure.samples()));
            }
        }
        trial.measurement("failed_samples")
                .filter(failed -> failed.value() > 0)
                .ifPresent(failed -> out.println(String.format(
                        Locale.ROOT,
                        "%.0f of %d samples have no answer or could not be judged; they count as wrong",
                        failed.value(),
                        failed.samples())));
    }
}
