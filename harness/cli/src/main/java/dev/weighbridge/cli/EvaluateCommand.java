package dev.weighbridge.cli;

import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.core.run.RecordedEvaluation;
import dev.weighbridge.core.study.RandomWeights;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.reports.ReportWriter;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Scores one model on tasks. */
@Command(
        name = "evaluate",
        description = {
            "Score one model on tasks, without a study. Answers are kept as they come, with a report of every sample; 'rescore'",
            "judges them again."
        },
        footer = {
            "",
            "Tasks are those of 'weighbridge datasets list', a task file (datasets/README.md), or a published format with a file of",
            "its rows.",
            "",
            "Examples:",
            "  weighbridge evaluate datasets/models/weighbridge-demo --engine onnxruntime --precision int4 --task demo-arithmetic",
            "  weighbridge evaluate MODEL --task my-task.yaml --task gsm8k@data/test.jsonl --samples 100",
            "  weighbridge evaluate MODEL --task my-task.yaml --chat --few-shot-turns --system 'Answer in one word.'"
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final int MOST_SAMPLES = 5_000_000;
    private static final int MOST_REQUESTS = 1024;
    private static final int MOST_SHOTS = 1000;

    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", description = "Folder of a Hugging Face checkpoint.")
    private Path model = Path.of("");

    @Mixin
    private EngineOptions options = new EngineOptions();

    @Mixin
    private PromptingOptions prompting = new PromptingOptions();

    @Option(
            names = "--task",
            paramLabel = "T",
            description = "Task; may be given several times. Default: the tasks of the demo model.")
    private List<String> tasks = TaskSets.ids();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Most samples of each task; a seeded draw. Default: ${DEFAULT-VALUE}.")
    private int samples = 200;

    @Option(
            names = "--few-shot",
            paramLabel = "N",
            description = {
                "Solved questions before each, in place of as many as each task says (lm-eval's --num_fewshot: a task file",
                "of it that says 0 keeps 0)."
            })
    private @Nullable Integer fewShot;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draw. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--concurrency", paramLabel = "N", description = "Requests at once. Default: ${DEFAULT-VALUE}.")
    private int concurrency = 8;

    @Option(names = "--results", paramLabel = "DIR", description = "Folder of all runs. Default: ${DEFAULT-VALUE}.")
    private Path results = Path.of("results");

    @Option(
            names = "--resume",
            paramLabel = "RUN_DIR",
            description = "Go on with an interrupted evaluation of the same model, variant and tasks.")
    private @Nullable Path resume;

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    EvaluateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Integer shots = fewShot;
        if (shots != null) {
            OptionValue.within("--few-shot", shots, 0, MOST_SHOTS);
        }
        Map<String, TaskSet> sets = Tasks.load(
                tasks.stream().distinct().toList(),
                Path.of(""),
                new TaskOptions(prompting.prompting(), shots == null ? OptionalInt.empty() : OptionalInt.of(shots)));
        OptionValue.within("--samples", samples, 1, MOST_SAMPLES);
        OptionValue.within("--concurrency", concurrency, 1, MOST_REQUESTS);
        RandomWeights.of(model).ifPresent(weights -> {
            throw new ConfigException(model + " has random weights (shape " + weights.shape() + ", seed "
                    + weights.seed() + "): accuracy means nothing. Evaluate trained weights.");
        });
        sets.values().forEach(this::warn);
        RunDirectory run = evaluated(sets);
        Trial trial = run.trials().get(0);
        Path report = ReportWriter.write(run);
        if (json) {
            terminal.line(Json.pretty(trial.measurements()).stripTrailing());
            return ExitCode.GOOD;
        }
        ScoreTable.print(terminal, trial);
        terminal.line("run     " + run.path());
        terminal.line("report  " + report);
        return ExitCode.GOOD;
    }

    private void warn(TaskSet set) {
        if (!set.broken().isEmpty()) {
            terminal.note(set.id() + ": " + set.broken().size() + " rows are broken and left out; the first: "
                    + set.broken().get(0));
        }
        set.notes().forEach(note -> terminal.note(set.id() + ": " + note));
    }

    private RunDirectory evaluated(Map<String, TaskSet> sets) throws IOException, InterruptedException {
        RecordedEvaluation.Asked asked = new RecordedEvaluation.Asked(sets, samples, seed, concurrency);
        Path log = Files.createTempFile("weighbridge-engine", ".log");
        EngineSpec spec = options.spec(model, log);
        int total = sets.values().stream()
                .mapToInt(set -> Math.min(samples, set.samples().size()))
                .sum();
        try (Engine engine = Engines.named(options.engine()).open(spec)) {
            RecordedEvaluation evaluation = resume == null
                    ? RecordedEvaluation.begin(results, engine.info(), spec, asked)
                    : RecordedEvaluation.resume(RunDirectory.open(resume), engine.info(), spec, asked);
            if (!json) {
                terminal.note(
                        "asking " + total + " samples; after an interruption go on with --resume " + evaluation.path());
            }
            AtomicInteger heard = new AtomicInteger();
            Progress progress = new Progress(terminal, total, 0);
            RunDirectory run = evaluation.run(engine, task -> {
                heard.incrementAndGet();
                if (terminal.interactive() && !json) {
                    progress.finished(task.id(), false);
                }
            });
            progress.end();
            Files.deleteIfExists(log);
            return run;
        }
    }
}
