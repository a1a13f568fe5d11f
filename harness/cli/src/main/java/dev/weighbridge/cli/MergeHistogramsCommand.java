package dev.weighbridge.cli;

import dev.weighbridge.interchange.HistogramLogs;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Merges histogram logs. */
@Command(
        name = "merge-histograms",
        description = "Merge HdrHistogram logs (.hlog) of nanoseconds and print the percentiles of all of them.",
        footer = {
            "",
            "Example:",
            "  weighbridge merge-histograms results/chat/*/trials/*chat~*/ttft.hlog --out ttft.hlog"
        })
final class MergeHistogramsCommand implements Callable<Integer> {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Histogram logs.")
    private List<Path> files = List.of();

    @Option(names = "--out", paramLabel = "FILE", description = "Histogram log to write. Default: none.")
    private @Nullable Path out;

    MergeHistogramsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        HistogramLogs merged = HistogramLogs.merge(files);
        for (double percent : new double[] {50, 90, 95, 99, 99.9, 100}) {
            terminal.line(String.format(
                    Locale.ROOT,
                    "%-6s %12.3f ms",
                    percent == 100 ? "max" : "p" + (percent == Math.rint(percent) ? (int) percent : percent),
                    merged.percentile(percent) / NANOS_PER_MILLI));
        }
        terminal.line("n = " + merged.count());
        if (out != null) {
            merged.write(out);
        }
        return ExitCode.GOOD;
    }
}
