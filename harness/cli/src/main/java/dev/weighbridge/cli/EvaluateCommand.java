package dev.weighbridge.cli;

import dev.weighbridge.analysis.accuracy.AccuracyFigures;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.evaluation.TaskEvaluation;
import dev.weighbridge.core.study.RandomWeights;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.SampleRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Scores one model on tasks. */
@Command(
        name = "evaluate",
        description = "Score one model on tasks, without a study.",
        footer = {
            "",
            "Example:",
            "  weighbridge evaluate datasets/models/weighbridge-demo --engine onnxruntime --precision int4 --task demo-arithmetic"
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final int MOST_SAMPLES = 1_000_000;
    private static final int MOST_REQUESTS = 1024;

    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", description = "Folder of a Hugging Face checkpoint.")
    private Path model = Path.of("");

    @Mixin
    private EngineOptions options = new EngineOptions();

    @Option(names = "--task", paramLabel = "T", description = "Task; may be given several times. Default: all.")
    private List<String> tasks = TaskSets.ids();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Samples of each task; a seeded draw. Default: ${DEFAULT-VALUE}.")
    private int samples = 200;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draw. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--concurrency", paramLabel = "N", description = "Requests at once. Default: ${DEFAULT-VALUE}.")
    private int concurrency = 8;

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    EvaluateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<TaskSet> sets = tasks.stream()
                .distinct()
                .map(task -> OptionValue.read("--task", task, TaskSets::load))
                .toList();
        OptionValue.within("--samples", samples, 1, MOST_SAMPLES);
        OptionValue.within("--concurrency", concurrency, 1, MOST_REQUESTS);
        RandomWeights.of(model).ifPresent(weights -> {
            throw new ConfigException(model + " has random weights (shape " + weights.shape() + ", seed "
                    + weights.seed() + "): accuracy means nothing. Evaluate trained weights.");
        });
        Map<String, List<SampleRecord>> records = new LinkedHashMap<>();
        Path log = Files.createTempFile("weighbridge-engine", ".log");
        try (Engine engine = Engines.named(options.engine()).open(options.spec(model, log))) {
            if (!(engine instanceof ScoringEngine scoring)) {
                terminal.error("engine " + options.engine() + " does not score texts");
                return ExitCode.ENGINE_UNAVAILABLE;
            }
            for (TaskSet set : sets) {
                records.put(set.id(), new TaskEvaluation(set, samples, seed, concurrency).run(scoring));
            }
        }
        Files.deleteIfExists(log);
        List<Measurement> figures = AccuracyFigures.of(records, Map.of());
        if (json) {
            terminal.line(Json.pretty(figures).stripTrailing());
            return ExitCode.GOOD;
        }
        for (Measurement figure : figures) {
            if (figure.name().equals("accuracy") && figure.low() != null && figure.high() != null) {
                terminal.line(String.format(
                        Locale.ROOT,
                        "%-20s %5.1f %%  [%.1f, %.1f]  n = %d",
                        figure.scope().isEmpty() ? "all" : figure.scope(),
                        figure.value() * 100,
                        figure.low() * 100,
                        figure.high() * 100,
                        figure.samples()));
            }
        }
        return ExitCode.GOOD;
    }
}
