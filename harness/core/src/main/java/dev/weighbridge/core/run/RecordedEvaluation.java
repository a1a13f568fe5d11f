package dev.weighbridge.core.run;

import dev.weighbridge.analysis.accuracy.AccuracyFigures;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.evaluation.GroupFigures;
import dev.weighbridge.core.evaluation.SampleAsker;
import dev.weighbridge.core.evaluation.SampleJudge;
import dev.weighbridge.core.evaluation.TaskTrial;
import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Tasks asked of one model outside a study, kept as a run of its own: responses as they come, so that it can be gone on with. */
public final class RecordedEvaluation {
    private static final String STUDY = "evaluate";
    private static final double MARGIN = 0.02;

    private final RunDirectory run;
    private final Variant variant;
    private final Asked asked;
    private final String trialId;

    private RecordedEvaluation(RunDirectory run, Variant variant, Asked asked) {
        this.run = run;
        this.variant = variant;
        this.asked = asked;
        this.trialId = variant.id() + "~evaluation";
    }

    /**
     * What is asked.
     *
     * @param tasks by id
     * @param samples most samples of each
     * @param seed of the draw
     * @param concurrency requests at once
     */
    public record Asked(Map<String, TaskSet> tasks, int samples, long seed, int concurrency) {
        public Asked {
            tasks = new LinkedHashMap<>(tasks);
        }
    }

    /**
     * Begins a run.
     *
     * @param results folder of all runs
     */
    public static RecordedEvaluation begin(Path results, EngineInfo info, EngineSpec spec, Asked asked) {
        return begin(results, info, spec, ModelFacts.of(spec.model(), "unknown"), asked);
    }

    /**
     * Begins a run of a model that lies on another machine.
     *
     * @param model as {@link ModelFacts} says it there
     */
    public static RecordedEvaluation begin(
            Path results, EngineInfo info, EngineSpec spec, Manifest.Model model, Asked asked) {
        Instant now = Instant.now();
        Manifest manifest = manifest(info, spec, model, asked, RecordedLoad.RUN_ID.format(now), now.toString());
        return new RecordedEvaluation(
                RunDirectory.create(results, manifest), manifest.variants().get(0), asked);
    }

    /**
     * Goes on with a run that was interrupted.
     *
     * @throws ConfigException when the run is finished, or was of another model, another variant or other tasks
     */
    public static RecordedEvaluation resume(RunDirectory run, EngineInfo info, EngineSpec spec, Asked asked) {
        return resume(run, info, spec, ModelFacts.of(spec.model(), "unknown"), asked);
    }

    /**
     * Goes on with a run of a model that lies on another machine.
     *
     * @throws ConfigException as {@link #resume(RunDirectory, EngineInfo, EngineSpec, Asked)}
     */
    public static RecordedEvaluation resume(
            RunDirectory run, EngineInfo info, EngineSpec spec, Manifest.Model model, Asked asked) {
        Manifest before = run.manifest();
        Manifest now = manifest(info, spec, model, asked, before.runId(), before.createdAt());
        requireSame("the model", before.models(), now.models());
        requireSame("the variant", before.variants(), now.variants());
        requireSame("the tasks", before.data(), now.data());
        requireSame("the seed", before.seeds(), now.seeds());
        if (!run.trials().isEmpty()) {
            throw new ConfigException("run " + run.path() + " is finished; there is nothing to go on with");
        }
        return new RecordedEvaluation(run, now.variants().get(0), asked);
    }

    private static void requireSame(String what, Object before, Object now) {
        if (!before.equals(now)) {
            throw new ConfigException(
                    what + " of the run was " + before + " and is now " + now + ". Begin a new run without --resume.");
        }
    }

    private static Manifest manifest(
            EngineInfo info, EngineSpec spec, Manifest.Model model, Asked asked, String runId, String createdAt) {
        Variant variant = Variant.outsideStudy(
                model.name(),
                info.engineId(),
                spec.precision().id(),
                spec.batching().id(),
                info.device());
        List<Manifest.Data> data = asked.tasks().values().stream()
                .map(task -> new Manifest.Data(
                        task.id(),
                        task.rules().version(),
                        task.rules().sha256(),
                        task.rules().licence(),
                        Math.min(asked.samples(), task.samples().size())))
                .toList();
        return new Manifest(
                Manifest.SCHEMA_VERSION,
                STUDY,
                runId,
                "",
                "",
                createdAt,
                null,
                Map.of(STUDY, asked.seed()),
                HostFacts.describe(),
                Map.of(info.engineId(), info.version()),
                List.of(model),
                data,
                new Manifest.Prices("none", "", "", Map.of()),
                variant.id(),
                new Manifest.Objectives(null, null, null, 0, MARGIN),
                List.of(variant),
                new Manifest.Plan(
                        List.copyOf(asked.tasks().keySet()),
                        List.of(),
                        null,
                        1,
                        null,
                        Map.of(variant.id(), variant.id())));
    }

    /** Folder of the run. */
    public Path path() {
        return run.path();
    }

    /**
     * Asks all tasks, judges the answers and makes the trial part of the run.
     *
     * @param heard is told of each response
     * @return the run
     * @throws EngineException when the engine is gone or hangs; what it answered stays for {@link #resume}
     * @throws ConfigException when the engine cannot be asked one of the tasks
     */
    public RunDirectory run(Engine engine, Consumer<TaskSet> heard) throws InterruptedException {
        return run(SampleAsker.of(engine), SampleJudge.HERE, heard);
    }

    /**
     * The same by whoever asks and judges.
     *
     * @throws EngineException when samples are left that could not be asked; what was answered stays for {@link #resume}
     * @throws ConfigException when the engine cannot be asked one of the tasks
     */
    public RunDirectory run(SampleAsker asker, SampleJudge judge, Consumer<TaskSet> heard) throws InterruptedException {
        EngineInfo info = asker.info();
        for (TaskSet task : asked.tasks().values()) {
            asker.problem(task).ifPresent(problem -> {
                throw new ConfigException("engine " + info.engineId() + " " + problem);
            });
        }
        Instant begun = Instant.now();
        try (TrialFolder folder = run.begin(trialId)) {
            Map<String, List<SampleRecord>> samples = new LinkedHashMap<>();
            List<Measurement> scores = new ArrayList<>();
            GroupFigures groups = new GroupFigures();
            for (TaskSet task : asked.tasks().values()) {
                TaskTrial.Judged judged = new TaskTrial(task, asked.samples(), asked.seed(), asked.concurrency())
                        .run(asker, judge, folder, heard);
                if (Tasks.comparable(task.rules())) {
                    samples.put(task.id(), judged.samples());
                }
                scores.addAll(judged.scores());
                groups.add(task.rules(), judged);
            }
            scores.addAll(groups.measurements());
            List<Measurement> figures = new ArrayList<>(AccuracyFigures.of(samples, Map.of()));
            figures.addAll(scores);
            Map<String, String> facts = new TreeMap<>(info.details());
            facts.put("device", info.device());
            facts.put("version", info.version());
            facts.putAll(asker.facts());
            asked.tasks().values().forEach(task -> {
                if (!task.rules().prompting().equals(Prompting.PLAIN)) {
                    facts.put("prompting", task.rules().prompting().words());
                }
            });
            folder.commit(trial(figures, facts, begun));
        }
        return run;
    }

    private Trial trial(List<Measurement> figures, Map<String, String> facts, Instant begun) {
        return new Trial(
                Trial.SCHEMA_VERSION,
                trialId,
                variant,
                new Workload(Workload.Kind.EVALUATION, "evaluation"),
                1,
                1,
                1,
                Trial.Status.COMPLETED,
                List.<Reason>of(),
                List.of(),
                figures,
                null,
                facts,
                begun.toString(),
                Duration.between(begun, Instant.now()).toMillis() / 1e3);
    }
}
