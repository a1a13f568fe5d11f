package dev.weighbridge.cli;

import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.core.run.Rescoring;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.reports.ReportWriter;
import dev.weighbridge.results.RunDirectory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Judges the kept answers of a run again. */
@Command(
        name = "rescore",
        description = {
            "Judge the kept answers of a run again, without an engine: by the rules they were judged by, or by those of a changed",
            "task file. The answers stay as they are."
        },
        footer = {
            "",
            "Examples:",
            "  weighbridge rescore results/evaluate/20261127-101500-000",
            "  weighbridge rescore results/evaluate/20261127-101500-000 --task my-task.yaml"
        })
final class RescoreCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "RUN_DIR", description = "Folder of the run.")
    private Path run = Path.of("");

    @Option(
            names = "--task",
            paramLabel = "T",
            description = "Task whose filters and scorers take the place of those of the run's task of the same name.")
    private List<String> tasks = List.of();

    RescoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, TaskSet.Rules> rules = new LinkedHashMap<>();
        Tasks.load(tasks, Path.of("")).forEach((id, task) -> rules.put(id, task.rules()));
        RunDirectory directory = RunDirectory.open(run);
        for (Rescoring.Rescored rescored : Rescoring.of(directory, rules)) {
            terminal.line(rescored.trial().id());
            ScoreTable.print(terminal, rescored.trial());
            terminal.line(
                    rescored.changed() + " of " + rescored.samples() + " samples are judged otherwise than before");
        }
        terminal.line("report  " + ReportWriter.write(directory));
        return ExitCode.GOOD;
    }
}
