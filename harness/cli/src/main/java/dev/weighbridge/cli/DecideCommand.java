package dev.weighbridge.cli;

import dev.weighbridge.analysis.RunView;
import dev.weighbridge.analysis.text.DecisionText;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.RunDirectory;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Decides from the files of a run. */
@Command(
        name = "decide",
        description = "Name the cheapest variant that meets the objectives, and say why every other one lost.",
        footer = {
            "",
            "Exit code 0 when a variant is named, 5 when the measurements leave it open or none qualifies.",
            "",
            "Example:",
            "  weighbridge decide results/quickstart/20261123-101500 --json"
        })
final class DecideCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "RUN_DIR", description = "Folder of the run.")
    private Path run = Path.of("");

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    DecideCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RunDirectory directory = RunDirectory.open(run);
        RunView view = RunView.of(directory);
        Decision decision = view.decision();
        directory.writeDecision(decision);
        if (json) {
            terminal.line(Json.pretty(decision).stripTrailing());
        } else {
            terminal.line(DecisionText.headline(Map.of(), decision) + ". " + decision.summary());
            for (Decision.Candidate candidate : decision.candidates()) {
                terminal.line("  " + candidate.variant() + "  " + candidate.verdict() + ": "
                        + ReasonText.of(candidate.reasons()));
            }
        }
        return decision.chosen() == null ? ExitCode.INCONCLUSIVE : ExitCode.GOOD;
    }
}
