package dev.weighbridge.cli;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.interchange.HarnessExport;
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

/** Writes a load or an evaluation for another tool. */
@Command(
        name = "export",
        description = {
            "Write a load trial as another tool would: vllm (vllm bench serve), llm-d (benchmark report 0.2.1), mlperf (a summary in"
                    + " LoadGen's manner). The requests of the steady window are written, by that tool's definitions.",
            "Or an evaluation, as lm-eval (lm-evaluation-harness) would: results and samples, in a folder."
        },
        footer = {
            "",
            "Examples:",
            "  weighbridge export results/quickstart/20261123-101500 --format vllm --trial TRIAL --out load.json",
            "  weighbridge export results/imported/20261126-210000 --format llm-d",
            "  weighbridge export results/evaluate/20261127-101500 --format lm-eval --out lm-eval"
        })
final class ExportCommand implements Callable<Integer> {
    private static final int MOST_NAMED = 40;

    private final Terminal terminal;

    @Parameters(paramLabel = "RUN_DIR", description = "Folder of the run.")
    private Path run = Path.of("");

    @Option(names = "--format", paramLabel = "ID", required = true, description = "vllm, llm-d, mlperf or lm-eval.")
    private String format = "";

    @Option(
            names = "--trial",
            paramLabel = "ID",
            description = "The trial. Default: the only one of its kind in the run.")
    private @Nullable String trial;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where to. Default: standard output; for lm-eval the folder of the run.")
    private @Nullable Path out;

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        RunDirectory directory = RunDirectory.open(run);
        if (format.equals("lm-eval")) {
            Trial evaluation = trial(HarnessExport.trials(directory), "evaluation");
            Path folder = out == null ? run.resolve("lm-eval") : out;
            terminal.line("export  " + HarnessExport.write(directory, evaluation, folder));
            return ExitCode.GOOD;
        }
        LoadExport chosen = LoadExport.of(format);
        String text = chosen.text(directory, trial(LoadExport.trials(directory), "load"));
        if (out == null) {
            terminal.line(text.stripTrailing());
        } else {
            Files.writeString(out, text);
            terminal.line("export  " + out);
        }
        return ExitCode.GOOD;
    }

    private Trial trial(List<Trial> loads, String kind) {
        List<Trial> named = trial == null
                ? loads
                : loads.stream().filter(load -> load.id().equals(trial)).toList();
        if (named.size() == 1) {
            return named.get(0);
        }
        String ids = loads.stream().map(Trial::id).limit(MOST_NAMED).collect(Collectors.joining("\n  "));
        throw new ConfigException(
                loads.isEmpty()
                        ? "run " + run + " has no " + kind + " trial to export"
                        : (trial == null
                                        ? "say with --trial which " + kind + " is meant"
                                        : "no " + kind + " trial is called '" + trial + "'")
                                + ". The run has:\n  " + ids);
    }
}
