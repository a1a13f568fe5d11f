package dev.weighbridge.core.run;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.core.study.StudyFile;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Carries out studies: checks everything first, then measures variant by variant, each in an engine process of its own, and
 * keeps every finished trial. What a kill interrupts is measured again by {@link #resume}; what was finished is not.
 */
public final class StudyRunner {
    private static final Duration CALIBRATION = Duration.ofSeconds(2);
    private static final String RESUME = "resume.json";

    private final Map<String, EngineProvider> providers;
    private final LoadGenerator generator;
    private final Path cacheDirectory;
    private final RunListener listener;
    private final @Nullable String gitCommit;

    /**
     * A runner.
     *
     * @param providers of engines, by id
     * @param generator of load
     * @param cacheDirectory for compiled artifacts
     * @param gitCommit of the working tree, for the record, or {@code null}
     */
    public StudyRunner(
            Map<String, EngineProvider> providers,
            LoadGenerator generator,
            Path cacheDirectory,
            @Nullable String gitCommit,
            RunListener listener) {
        this.providers = new TreeMap<>(providers);
        this.generator = generator;
        this.cacheDirectory = cacheDirectory;
        this.gitCommit = gitCommit;
        this.listener = listener;
    }

    /**
     * What a resumed run must find again.
     *
     * @param studyFolder that paths of the study are relative to
     */
    record ResumePoint(String studyFolder) {}

    /**
     * Runs a study from its beginning.
     *
     * @throws ConfigException when the study cannot be carried out as it is written
     * @throws EngineException before anything is measured, when an engine is missing or a checkpoint is bad
     */
    public RunDirectory run(Study study, Path results, String runId) throws InterruptedException {
        Plan plan = Plan.of(study, providers);
        Map<String, TaskSet> tasks = tasks(study);
        Map<String, String> software = software(study);
        List<Manifest.Model> models =
                study.models().stream().map(ModelFacts::of).toList();
        openEveryModelOnce(plan);
        RunDirectory run = RunDirectory.create(results, manifest(plan, runId, tasks, software, models));
        try {
            Files.writeString(
                    run.path().resolve(RESUME),
                    Json.pretty(new ResumePoint(study.folder().toString())));
        } catch (IOException e) {
            throw new InvalidResultException("cannot write " + run.path().resolve(RESUME) + ": " + e, e);
        }
        measure(plan, run, tasks);
        return run;
    }

    /**
     * Measures what an interrupted run left open.
     *
     * @throws ConfigException when the models or the data are not those of the run any more
     */
    public RunDirectory resume(Path path) throws InterruptedException {
        RunDirectory run = RunDirectory.open(path);
        Manifest manifest = run.manifest();
        Path folder = Path.of(Json.read(path.resolve(RESUME), ResumePoint.class).studyFolder());
        Study study = StudyFile.parse(manifest.studyText(), manifest.study() + " (kept in the run)", folder);
        Plan plan = Plan.of(study, providers);
        software(study);
        List<Manifest.Model> models =
                study.models().stream().map(ModelFacts::of).toList();
        if (!models.equals(manifest.models())) {
            throw new ConfigException("the models of run " + path + " have changed since it began. Start a new run.");
        }
        Map<String, TaskSet> tasks = tasks(study);
        if (!data(study, tasks).equals(manifest.data())) {
            throw new ConfigException(
                    "the task sets of run " + path + " have changed since it began. Start a new run.");
        }
        measure(plan, run, tasks);
        return run;
    }

    private void measure(Plan plan, RunDirectory run, Map<String, TaskSet> tasks) throws InterruptedException {
        Map<String, Trial> done = new HashMap<>();
        run.trials().forEach(trial -> done.put(trial.id(), trial));
        List<PlannedTrial> open =
                plan.trials().stream().filter(t -> !done.containsKey(t.id())).toList();
        listener.planned(plan.trials().size(), plan.trials().size() - open.size());
        if (open.isEmpty()) {
            return;
        }
        listener.preparing("measuring the load generator's own ceiling");
        Ceiling ceiling = generator.calibrate(CALIBRATION);
        TrialRunner runner = new TrialRunner(plan.study(), run, tasks, generator, ceiling);
        Set<String> parityFailed = new HashSet<>();
        done.values().stream()
                .filter(t -> t.workload().kind() == Workload.Kind.PARITY && t.status() == Trial.Status.INVALID)
                .forEach(t -> parityFailed.add(t.variant().id()));
        for (PlannedVariant variant : plan.variants()) {
            List<PlannedTrial> trials =
                    open.stream().filter(t -> t.variant().equals(variant)).toList();
            if (!trials.isEmpty()) {
                new VariantRun(plan.study(), run, runner, variant, parityFailed).measure(trials);
            }
        }
    }

    /** One variant's trials, on one engine process as long as it lives. */
    private final class VariantRun {
        private final Study study;
        private final RunDirectory run;
        private final TrialRunner runner;
        private final PlannedVariant variant;
        private final Set<String> parityFailed;
        private @Nullable Engine engine;
        private @Nullable String openFailure;

        VariantRun(
                Study study, RunDirectory run, TrialRunner runner, PlannedVariant variant, Set<String> parityFailed) {
            this.study = study;
            this.run = run;
            this.runner = runner;
            this.variant = variant;
            this.parityFailed = parityFailed;
        }

        void measure(List<PlannedTrial> trials) throws InterruptedException {
            try {
                for (PlannedTrial trial : trials) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException("the run was interrupted");
                    }
                    listener.trialStarted(trial);
                    Trial finished = measure(trial);
                    if (trial.workload().kind() == Workload.Kind.PARITY && finished.status() == Trial.Status.INVALID) {
                        parityFailed.add(variant.variant().id());
                    }
                    listener.trialFinished(finished);
                }
            } finally {
                close();
            }
        }

        private Trial measure(PlannedTrial trial) throws InterruptedException {
            Instant started = Instant.now();
            long startNanos = System.nanoTime();
            try (TrialFolder folder = run.begin(trial.id())) {
                TrialRunner.Outcome outcome = outcome(trial, folder);
                return folder.commit(new Trial(
                        Trial.SCHEMA_VERSION,
                        trial.id(),
                        variant.variant(),
                        trial.workload(),
                        trial.repeat(),
                        outcome.status(),
                        outcome.reasons(),
                        outcome.measurements(),
                        engineFacts(),
                        started.toString(),
                        (System.nanoTime() - startNanos) / 1e9));
            }
        }

        private TrialRunner.Outcome outcome(PlannedTrial trial, TrialFolder folder) throws InterruptedException {
            if (variant.refusal().isPresent()) {
                return new TrialRunner.Outcome(
                        Trial.Status.SKIPPED, List.of(variant.refusal().get()), List.of());
            }
            if (parityFailed.contains(variant.variant().id())) {
                return new TrialRunner.Outcome(
                        Trial.Status.SKIPPED,
                        List.of("not measured, because parity with the baseline failed"),
                        List.of());
            }
            try {
                return runner.run(trial, open(), folder);
            } catch (EngineException e) {
                // The process may be gone or in any state: the next trial gets a fresh one.
                close();
                return TrialRunner.Outcome.failed(e.category() + ": " + e.getMessage());
            } catch (IllegalStateException e) {
                close();
                return TrialRunner.Outcome.failed(String.valueOf(e.getMessage()));
            }
        }

        private Engine open() {
            Engine current = engine;
            if (current == null) {
                if (openFailure != null) {
                    throw new EngineException(
                            EngineException.Category.FAILED, "the engine did not start: " + openFailure);
                }
                try {
                    current = StudyRunner.this.open(
                            study,
                            variant,
                            run.path().resolve("logs").resolve(variant.variant().id() + ".log"));
                } catch (EngineException e) {
                    openFailure = e.getMessage();
                    throw e;
                }
                engine = current;
            }
            return current;
        }

        private void close() {
            Engine current = engine;
            engine = null;
            if (current != null) {
                current.close();
            }
        }

        private Map<String, String> engineFacts() {
            Engine current = engine;
            if (current == null) {
                return Map.of();
            }
            Map<String, String> facts = new TreeMap<>(current.info().details());
            facts.put("version", current.info().version());
            facts.put("device", current.info().device());
            facts.put("context_length", Integer.toString(current.info().contextLength()));
            return facts;
        }
    }

    private Engine open(Study study, PlannedVariant variant, Path log) {
        EngineProvider provider = providers.get(variant.variant().engine());
        if (provider == null) {
            throw new EngineException(
                    EngineException.Category.UNAVAILABLE,
                    "engine '" + variant.variant().engine() + "' does not exist");
        }
        listener.preparing("starting " + variant.variant().id());
        try {
            Files.createDirectories(cacheDirectory);
            Path logs = log.getParent();
            if (logs != null) {
                Files.createDirectories(logs);
            }
        } catch (IOException e) {
            throw new InvalidResultException("cannot write " + cacheDirectory + " or " + log + ": " + e, e);
        }
        return provider.open(new EngineSpec(
                variant.model().path(),
                variant.precision(),
                variant.batching(),
                study.device(),
                study.threads(),
                study.contextLength(),
                cacheDirectory,
                log));
    }

    /** A checkpoint that cannot be opened must be told before anything is measured, not after an hour. */
    private void openEveryModelOnce(Plan plan) {
        for (PlannedVariant variant : plan.variants()) {
            if (variant.isBaseline() && variant.refusal().isEmpty()) {
                try {
                    Path log = Files.createTempFile("weighbridge-preflight", ".log");
                    open(plan.study(), variant, log).close();
                    Files.deleteIfExists(log);
                } catch (IOException e) {
                    throw new InvalidResultException("no temporary file can be made: " + e, e);
                }
            }
        }
    }

    private Map<String, TaskSet> tasks(Study study) {
        Map<String, TaskSet> tasks = new LinkedHashMap<>();
        for (String id : study.evaluation().tasks()) {
            if (!TaskSets.ids().contains(id)) {
                throw new ConfigException("task '" + id + "' of study " + study.name()
                        + " does not exist. Use some of: " + TaskSets.ids());
            }
            tasks.put(id, TaskSets.load(id));
        }
        return tasks;
    }

    /** Versions of what takes part; every engine must be available. */
    private Map<String, String> software(Study study) {
        Map<String, String> software = new TreeMap<>();
        software.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
        software.put("load_generator", generator.description());
        for (String id : study.engines()) {
            EngineProvider provider = providers.get(id);
            Availability availability = provider == null ? null : provider.probe();
            if (availability instanceof Availability.Available available) {
                software.put("engine_" + id, available.version());
            } else if (availability instanceof Availability.Unavailable unavailable) {
                throw new EngineException(
                        EngineException.Category.UNAVAILABLE,
                        "engine '" + id + "' cannot run here: " + unavailable.reason() + ". " + unavailable.remedy());
            }
        }
        return software;
    }

    private Manifest manifest(
            Plan plan,
            String runId,
            Map<String, TaskSet> tasks,
            Map<String, String> software,
            List<Manifest.Model> models) {
        Study study = plan.study();
        return new Manifest(
                Manifest.SCHEMA_VERSION,
                study.name(),
                runId,
                sha256(study.text()),
                study.text(),
                Instant.now().toString(),
                gitCommit,
                Map.of("study", study.seed()),
                HostFacts.describe(),
                software,
                models,
                data(study, tasks),
                study.prices(),
                plan.variants().get(0).baseline(),
                study.objectives(),
                plan.variants().stream().map(PlannedVariant::variant).toList());
    }

    private static List<Manifest.Data> data(Study study, Map<String, TaskSet> tasks) {
        List<Manifest.Data> data = new ArrayList<>();
        tasks.values()
                .forEach(task -> data.add(new Manifest.Data(
                        task.id(),
                        task.version(),
                        task.sha256(),
                        task.licence(),
                        Math.min(study.evaluation().samples(), task.samples().size()))));
        return data;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
