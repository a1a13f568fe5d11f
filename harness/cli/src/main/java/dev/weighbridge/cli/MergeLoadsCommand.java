package dev.weighbridge.cli;

import dev.weighbridge.core.run.MergedLoad;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Merges the shards of a load. */
@Command(
        name = "merge-loads",
        description = "Print the figures of a load that several injectors offered, from the runs that they kept.",
        footer = {"", "Example:", "  weighbridge merge-loads shards/load/*"})
final class MergeLoadsCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            paramLabel = "RUN_DIR",
            arity = "1..*",
            description = "Runs of all shards, as 'load --record' wrote them.")
    private List<Path> runs = List.of();

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    MergeLoadsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        MergedLoad merged = MergedLoad.of(runs);
        LoadReport report = new LoadReport(terminal);
        merged.requests().forEach(report::take);
        terminal.note(String.format(Locale.ROOT, "the shards began within %.1f ms", merged.startsApartMillis()));
        if (json) {
            report.json(merged.load());
        } else {
            report.lines(merged.load());
        }
        return merged.load().judgement().status().counts() && report.anyCompleted()
                ? ExitCode.GOOD
                : ExitCode.INCONCLUSIVE;
    }
}
