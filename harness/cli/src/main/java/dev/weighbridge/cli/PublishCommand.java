package dev.weighbridge.cli;

import dev.weighbridge.site.SitePublisher;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a static leaderboard of runs. */
@Command(
        name = "publish",
        description = "Write a static leaderboard of one or several runs.",
        footer = {"", "Example:", "  weighbridge publish results/quickstart/* --site site"})
final class PublishCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "RUN_DIR", arity = "1..*", description = "Folders of the runs.")
    private List<Path> runs = List.of();

    @Option(names = "--site", paramLabel = "DIR", required = true, description = "Folder for the leaderboard.")
    private Path site = Path.of("");

    PublishCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.line("site    " + SitePublisher.publish(runs, site));
        return ExitCode.GOOD;
    }
}
