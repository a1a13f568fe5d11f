package dev.weighbridge.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures what an interrupted run left open. */
@Command(
        name = "resume",
        description = "Measure what an interrupted run left open; nothing is measured twice.",
        footer = {"", "Example:", "  weighbridge resume results/quickstart/20261123-101500", "", ExitCode.HELP})
final class ResumeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "RUN_DIR", description = "Folder of the run.")
    private Path run = Path.of("");

    @Option(
            names = "--site",
            paramLabel = "DIR",
            description = "Folder for the leaderboard; default: ${DEFAULT-VALUE}.")
    private Path site = Path.of("site");

    @Option(names = "--retry-failed", description = "Try trials that failed once more.")
    private boolean retryFailed;

    ResumeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return new StudySession(terminal).run(runner -> runner.resume(run, retryFailed), site);
    }
}
