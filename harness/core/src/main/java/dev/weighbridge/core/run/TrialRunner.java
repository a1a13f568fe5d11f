package dev.weighbridge.core.run;

import dev.weighbridge.analysis.accuracy.AccuracyFigures;
import dev.weighbridge.analysis.accuracy.LogitsParity;
import dev.weighbridge.analysis.load.LoadFigures;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.core.evaluation.TaskEvaluation;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.demo.LoadPrompts;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial.Status;
import dev.weighbridge.results.TrialFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Puts an open engine through one workload and keeps the raw facts. */
final class TrialRunner {
    private static final int MOST_PROMPTS = 20_000;
    private static final int CLOSED_LOOP_REQUESTS_PER_USER_SECOND = 200;

    private final Study study;
    private final RunDirectory run;
    private final Map<String, TaskSet> tasks;
    private final LoadGenerator generator;
    private final Ceiling ceiling;
    private final Map<String, List<String>> prompts = new LinkedHashMap<>();

    TrialRunner(Study study, RunDirectory run, Map<String, TaskSet> tasks, LoadGenerator generator, Ceiling ceiling) {
        this.study = study;
        this.run = run;
        this.tasks = tasks;
        this.generator = generator;
        this.ceiling = ceiling;
    }

    /**
     * How a trial went.
     *
     * @param reasons why it is not completed
     */
    record Outcome(Status status, List<String> reasons, List<Measurement> measurements) {
        static Outcome judged(List<String> reasons, List<Measurement> measurements) {
            return new Outcome(reasons.isEmpty() ? Status.COMPLETED : Status.INVALID, reasons, measurements);
        }

        static Outcome failed(String reason) {
            return new Outcome(Status.FAILED, List.of(reason), List.of());
        }
    }

    Outcome run(PlannedTrial trial, Engine engine, TrialFolder folder) throws InterruptedException {
        return switch (trial.workload().kind()) {
            case PARITY -> parity(trial, engine);
            case EVALUATION -> evaluation(trial, engine, folder);
            case LOAD_OPEN, LOAD_CLOSED -> load(trial, engine, folder);
        };
    }

    private Outcome parity(PlannedTrial trial, Engine engine) {
        if (!(engine instanceof LogitsEngine logitsEngine)) {
            return new Outcome(Status.SKIPPED, List.of("the engine does not show its logits"), List.of());
        }
        List<Logits> own = parityTexts().stream().map(logitsEngine::logits).toList();
        Path reference = ReferenceLogits.file(run.path(), trial.variant().baseline());
        if (trial.variant().isBaseline()) {
            ReferenceLogits.write(reference, own);
        } else if (!Files.exists(reference)) {
            return Outcome.failed("the baseline " + trial.variant().baseline() + " left no logits to compare with");
        }
        List<Logits> baseline = ReferenceLogits.read(reference);
        LogitsParity parity = new LogitsParity();
        for (int i = 0; i < Math.min(own.size(), baseline.size()); i++) {
            parity.add(baseline.get(i), own.get(i));
        }
        double maxKl =
                study.parity().maxKlDivergence().getOrDefault(trial.variant().precision(), 0.0);
        double minTop1 =
                study.parity().minTop1Agreement().getOrDefault(trial.variant().precision(), 1.0);
        return Outcome.judged(parity.violations(maxKl, minTop1), parity.measurements());
    }

    /** Questions with their right answers, an equal number from each task. */
    private List<String> parityTexts() {
        List<String> texts = new ArrayList<>();
        if (tasks.isEmpty()) {
            return prompts("demo-mixed", study.parity().prompts());
        }
        for (int i = 0; texts.size() < study.parity().prompts(); i++) {
            int before = texts.size();
            for (TaskSet task : tasks.values()) {
                if (i < task.samples().size() && texts.size() < study.parity().prompts()) {
                    TaskSet.Sample sample = task.samples().get(i);
                    String answer = sample.choices().isEmpty() ? " " + sample.target() : sample.target();
                    texts.add(sample.prompt() + answer);
                }
            }
            if (texts.size() == before) {
                break;
            }
        }
        return texts;
    }

    private Outcome evaluation(PlannedTrial trial, Engine engine, TrialFolder folder) throws InterruptedException {
        if (!(engine instanceof ScoringEngine scoring)) {
            return new Outcome(Status.SKIPPED, List.of("the engine does not score texts"), List.of());
        }
        Map<String, List<SampleRecord>> own = new LinkedHashMap<>();
        Map<String, List<SampleRecord>> baseline = new LinkedHashMap<>();
        String baselineTrial = trial.variant().baseline() + "~evaluation~1";
        for (TaskSet task : tasks.values()) {
            List<SampleRecord> records = new TaskEvaluation(
                            task,
                            study.evaluation().samples(),
                            study.seed(),
                            study.evaluation().concurrency())
                    .run(scoring);
            records.forEach(record -> folder.sample(task.id(), record));
            own.put(task.id(), records);
            baseline.put(task.id(), trial.variant().isBaseline() ? List.of() : run.samples(baselineTrial, task.id()));
        }
        return Outcome.judged(List.of(), AccuracyFigures.of(own, baseline));
    }

    private Outcome load(PlannedTrial trial, Engine engine, TrialFolder folder) {
        Study.Scenario described = trial.scenario();
        if (!(engine instanceof EndpointEngine endpoint) || described == null) {
            return new Outcome(Status.SKIPPED, List.of("the engine has no endpoint to load"), List.of());
        }
        LoadScenario scenario = scenario(described, trial.repeat());
        List<RequestTiming> requests = new ArrayList<>();
        HostFacts.CpuTicks before = HostFacts.CpuTicks.now();
        LoadGenerator.LoadRun loadRun = generator.run(
                endpoint.endpoint(),
                engine.info().modelName(),
                scenario,
                folder.path().resolve("gatling"),
                timing -> {
                    folder.request(timing);
                    requests.add(timing);
                });
        double steal = HostFacts.CpuTicks.now().stolenShareSince(before);
        if (gone(endpoint)) {
            throw new EngineException(
                    EngineException.Category.CRASHED,
                    "the engine's process ended under load after " + requests.size() + " requests");
        }
        LoadFigures figures = LoadFigures.of(
                requests,
                loadRun,
                scenario,
                study.objectives(),
                new LoadFigures.Circumstances(
                        baselineLengths(trial), ceiling.requestsPerSecond(), ceiling.eventsPerSecond(), steal));
        figures.histograms().forEach(folder::histogram);
        return Outcome.judged(figures.invalidReasons(), figures.measurements());
    }

    private LoadScenario scenario(Study.Scenario scenario, int repeat) {
        double seconds = (scenario.warmUp().toMillis() + scenario.duration().toMillis()) / 1000.0;
        double expected = scenario.arrivals() instanceof LoadScenario.Poisson poisson
                ? poisson.ratePerSecond() * seconds * 1.5 + 100
                : ((LoadScenario.Closed) scenario.arrivals()).users() * seconds * CLOSED_LOOP_REQUESTS_PER_USER_SECOND;
        return new LoadScenario(
                scenario.name(),
                scenario.arrivals(),
                scenario.warmUp(),
                scenario.duration(),
                scenario.timeout(),
                scenario.maxTokens(),
                prompts(scenario.prompts(), (int) Math.min(MOST_PROMPTS, Math.max(1, expected))),
                study.seed() + repeat - 1,
                scenario.allowPrefixReuse());
    }

    private List<String> prompts(String pool, int count) {
        return prompts.computeIfAbsent(pool + "/" + count, key -> LoadPrompts.load(pool, count, study.seed()));
    }

    private Map<Integer, Double> baselineLengths(PlannedTrial trial) {
        if (trial.variant().isBaseline()) {
            return Map.of();
        }
        return LoadFigures.outputTokensByPrompt(
                run.requests(trial.variant().baseline() + "~" + trial.workload().name() + "~" + trial.repeat()));
    }

    private static boolean gone(EndpointEngine engine) {
        OptionalLong process = engine.processId();
        return process.isPresent()
                && ProcessHandle.of(process.getAsLong())
                        .filter(ProcessHandle::isAlive)
                        .isEmpty();
    }
}
