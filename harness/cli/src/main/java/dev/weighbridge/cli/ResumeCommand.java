package dev.weighbridge.cli;

import dev.weighbridge.results.RunDirectory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
            description =
                    "Folder for the leaderboard, with nothing of another run in it; default: 'site' in the run's.")
    private @Nullable Path site;

    @Option(names = "--retry-failed", description = "Try once more what failed or was disturbed too often.")
    private boolean retryFailed;

    ResumeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RunSite.requireFree(site, RunDirectory.open(run).manifest());
        return new StudySession(terminal).run(runner -> runner.resume(run, retryFailed), site);
    }
}
