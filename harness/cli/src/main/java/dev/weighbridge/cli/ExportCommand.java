package dev.weighbridge.cli;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.interchange.LoadExport;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a load trial for another tool. */
@Command(
        name = "export",
        description = {
            "Write a load trial as another tool would: vllm (vllm bench serve), llm-d (benchmark report 0.2.1), mlperf (a summary in"
                    + " LoadGen's manner). The requests of the steady window are written, by that tool's definitions."
        },
        footer = {
            "",
            "Examples:",
            "  weighbridge export results/quickstart/20261123-101500 --format vllm --trial TRIAL --out load.json",
            "  weighbridge export results/imported/20261126-210000 --format llm-d"
        })
final class ExportCommand implements Callable<Integer> {
    private static final int MOST_NAMED = 40;

    private final Terminal terminal;

    @Parameters(paramLabel = "RUN_DIR", description = "Folder of the run.")
    private Path run = Path.of("");

    @Option(names = "--format", paramLabel = "ID", required = true, description = "vllm, llm-d or mlperf.")
    private String format = "";

    @Option(names = "--trial", paramLabel = "ID", description = "The trial. Default: the only load trial of the run.")
    private @Nullable String trial;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to. Default: standard output.")
    private @Nullable Path out;

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        LoadExport chosen = LoadExport.of(format);
        RunDirectory directory = RunDirectory.open(run);
        String text = chosen.text(directory, trial(LoadExport.trials(directory)));
        if (out == null) {
            terminal.line(text.stripTrailing());
        } else {
            Files.writeString(out, text);
            terminal.line("export  " + out);
        }
        return ExitCode.GOOD;
    }

    private Trial trial(List<Trial> loads) {
        List<Trial> named = trial == null
                ? loads
                : loads.stream().filter(load -> load.id().equals(trial)).toList();
        if (named.size() == 1) {
            return named.get(0);
        }
        String ids = loads.stream().map(Trial::id).limit(MOST_NAMED).collect(Collectors.joining("\n  "));
        throw new ConfigException(
                loads.isEmpty()
                        ? "run " + run + " has no load trial to export"
                        : (trial == null
                                        ? "say with --trial which load is meant"
                                        : "no load trial is called '" + trial + "'")
                                + ". The run has:\n  " + ids);
    }
}
