package dev.weighbridge.cli;

import dev.weighbridge.analysis.RunView;
import dev.weighbridge.reports.ConsoleReport;
import dev.weighbridge.reports.ReportWriter;
import dev.weighbridge.results.RunDirectory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes the report of a run from its files. */
@Command(
        name = "report",
        description = "Write the report of a run (HTML, Markdown, CSV, JSON, charts) from its files alone.",
        footer = {"", "Example:", "  weighbridge report results/quickstart/20261123-101500"})
final class ReportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "RUN_DIR", description = "Folder of the run.")
    private Path run = Path.of("");

    ReportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RunDirectory directory = RunDirectory.open(run);
        Path report = ReportWriter.write(directory);
        terminal.line(ConsoleReport.render(RunView.of(directory), terminal.columns()));
        terminal.line("report  " + report);
        return ExitCode.GOOD;
    }
}
