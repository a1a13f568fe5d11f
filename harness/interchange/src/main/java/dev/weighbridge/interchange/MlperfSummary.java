package dev.weighbridge.interchange;

import dev.weighbridge.analysis.load.RequestLatency;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.List;
import java.util.Locale;

/**
 * Writes a summary in the manner of MLPerf's LoadGen ({@code mlperf_log_summary.txt}): the same lines, so that the same scripts can
 * read them. Its first line says that it is none.
 */
final class MlperfSummary {
    private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 95.0, 97.0, 99.0, 99.9);

    private MlperfSummary() {}

    static String text(Manifest manifest, Trial trial, ExportedLoad load) {
        StringBuilder text = new StringBuilder();
        line(text, "This is not an MLPerf result: Weighbridge run " + manifest.runId() + ", trial " + trial.id());
        rule(text, "Results Summary in the manner of MLPerf");
        line(text, "SUT name : " + SafeText.clean(trial.variant().id(), SafeText.SHORT));
        boolean open = trial.workload().kind() != Workload.Kind.LOAD_CLOSED
                && trial.workload().kind() != Workload.Kind.SATURATION;
        line(text, "Scenario : " + (open ? "Server" : "Closed loop, which MLPerf has none of"));
        line(text, "Mode     : PerformanceOnly");
        int completed = load.completed().size();
        double tokens = load.completed().stream()
                .mapToLong(RequestLatency::outputTokens)
                .sum();
        figure(text, "Completed samples per second", completed / load.seconds(), 2);
        figure(text, "Completed tokens per second", tokens / load.seconds(), 2);
        line(text, "Result is : " + (trial.status().counts() ? "VALID" : "INVALID") + " (" + trial.status() + ")");
        rule(text, "Additional Stats");
        nanoseconds(text, "latency", "(ns)", load.spread(ExportedLoad::latency));
        nanoseconds(text, "first token latency", "(ns)", load.spread(ExportedLoad::ttft));
        nanoseconds(text, "time to output token", "(ns)", load.spread(ExportedLoad::tpot));
        return text.toString();
    }

    private static void nanoseconds(StringBuilder text, String name, String unit, Spread spread) {
        if (spread.count() == 0) {
            return;
        }
        figure(text, "Min " + name + " " + unit, spread.percentile(0) * ExportedLoad.NANOS, 0);
        figure(text, "Max " + name + " " + unit, spread.percentile(100) * ExportedLoad.NANOS, 0);
        figure(text, "Mean " + name + " " + unit, spread.mean() * ExportedLoad.NANOS, 0);
        for (double percent : PERCENTILES) {
            figure(
                    text,
                    String.format(Locale.ROOT, "%.2f percentile %s %s", percent, name, unit),
                    spread.percentile(percent) * ExportedLoad.NANOS,
                    0);
        }
        line(text, "");
    }

    private static void figure(StringBuilder text, String name, double value, int digits) {
        line(text, String.format(Locale.ROOT, "%-50s: %." + digits + "f", name, value));
    }

    private static void rule(StringBuilder text, String title) {
        line(text, "================================================");
        line(text, title);
        line(text, "================================================");
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
