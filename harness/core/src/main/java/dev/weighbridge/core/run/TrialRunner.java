package dev.weighbridge.core.run;

import dev.weighbridge.analysis.Attempts;
import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.accuracy.AccuracyFigures;
import dev.weighbridge.analysis.accuracy.AccuracyJudge;
import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.analysis.load.LoadJudgement;
import dev.weighbridge.analysis.load.PromptLengths;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.Closed;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.PromptSource;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.core.evaluation.GroupFigures;
import dev.weighbridge.core.evaluation.MaskedResponses;
import dev.weighbridge.core.evaluation.SampleAsker;
import dev.weighbridge.core.evaluation.SampleJudge;
import dev.weighbridge.core.evaluation.TaskEvaluation;
import dev.weighbridge.core.evaluation.TaskTrial;
import dev.weighbridge.core.load.PromptPlan;
import dev.weighbridge.core.load.WorkloadPlan;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.demo.LoadPrompts;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Puts an open engine through one workload and keeps the raw facts. */
final class TrialRunner {
    /**
     * What a fresh engine process is asked before its first load, so that its hot code is compiled. By users who wait for their
     * answers: at a rate, what a cold process left waiting would still be there when it counts.
     */
    private static final Duration WARMING = Duration.ofMillis(1500);

    private static final int WARMING_USERS = 8;

    private static final double LEAST_REQUESTS_OF_A_PROBE = 20;

    private final Plan plan;
    private final Study study;
    private final RunDirectory run;
    private final Map<String, TaskSet> tasks;
    private final LoadGenerator generator;
    private final Ceiling ceiling;
    private final Tokenizers tokenizers;
    private final Map<Asked, dev.weighbridge.api.load.Workload> workloads = new HashMap<>();
    private final Map<String, Double> tokensPerWord = new HashMap<>();

    /** The engine that has answered enough to have its hot code compiled. */
    private @Nullable Engine warmed;

    TrialRunner(
            Plan plan,
            RunDirectory run,
            Map<String, TaskSet> tasks,
            LoadGenerator generator,
            Ceiling ceiling,
            Tokenizers tokenizers) {
        this.plan = plan;
        this.study = plan.study();
        this.run = run;
        this.tasks = tasks;
        this.generator = generator;
        this.ceiling = ceiling;
        this.tokenizers = tokenizers;
    }

    TrialOutcome run(PlannedTrial trial, Engine engine, TrialFolder folder) throws InterruptedException {
        return switch (trial.workload().kind()) {
            case PARITY -> parity(trial, engine, folder);
            case EVALUATION -> evaluation(trial, engine, folder);
            case LOAD_OPEN, LOAD_CLOSED, SATURATION, CAPACITY -> load(trial, engine, folder);
            case EVALUATION_UNDER_LOAD -> underLoad(trial, engine, folder);
        };
    }

    private TrialOutcome parity(PlannedTrial trial, Engine engine, TrialFolder folder) {
        ParityTrial parity = new ParityTrial(run, trial.variant());
        double maxKl =
                study.parity().maxKlDivergence().getOrDefault(trial.variant().precision(), 0.0);
        double minTop1 =
                study.parity().minTop1Agreement().getOrDefault(trial.variant().precision(), 1.0);
        return parity.run(engine, parityTexts(), folder, maxKl, minTop1);
    }

    /** Questions with their right answers, an equal number from each task. */
    private List<String> parityTexts() {
        List<String> texts = new ArrayList<>();
        if (tasks.isEmpty()) {
            PromptSource pool = new PromptPlan.Pool(LoadPrompts.DEMO_MIXED).open(new PromptPlan.Draw(study.seed(), 0));
            return IntStream.range(0, study.parity().prompts())
                    .mapToObj(pool::prompt)
                    .toList();
        }
        for (int i = 0; texts.size() < study.parity().prompts(); i++) {
            int before = texts.size();
            for (TaskSet task : tasks.values()) {
                if (i < task.samples().size() && texts.size() < study.parity().prompts()) {
                    TaskSet.Sample sample = task.samples().get(i);
                    String target =
                            sample.targets().isEmpty() ? "" : sample.targets().get(0);
                    texts.add(question(sample) + (sample.choices().isEmpty() ? " " + target : target));
                }
            }
            if (texts.size() == before) {
                break;
            }
        }
        return texts;
    }

    /** Of a chat the question itself, as logits are compared without a template. */
    private static String question(TaskSet.Sample sample) {
        return sample.chats().isEmpty()
                ? sample.prompt()
                : sample.chats().get(0).stream()
                        .filter(message -> message.role().equals(ChatMessage.USER))
                        .reduce((first, second) -> second)
                        .map(ChatMessage::content)
                        .orElse(sample.prompt());
    }

    private TrialOutcome evaluation(PlannedTrial trial, Engine engine, TrialFolder folder) throws InterruptedException {
        List<TaskSet> asked = tasks.values().stream()
                .filter(task -> TaskEvaluation.problem(engine, task).isEmpty())
                .toList();
        if (asked.isEmpty()) {
            return TrialOutcome.skipped(notAsked(engine));
        }
        int samples = trial.representative() == null
                ? study.evaluation().samples()
                : study.evaluation().subset();
        SampleAsker asker = SampleAsker.of(engine);
        if (study.maskPersonalData()) {
            asker = MaskedResponses.of(asker);
        }
        Map<String, List<SampleRecord>> own = new LinkedHashMap<>();
        List<Measurement> scores = new ArrayList<>();
        GroupFigures groups = new GroupFigures();
        for (TaskSet task : asked) {
            TaskTrial.Judged judged = new TaskTrial(
                            task, samples, study.seed(), study.evaluation().concurrency())
                    .run(asker, SampleJudge.HERE, folder, heard -> {});
            own.put(task.id(), judged.samples());
            scores.addAll(judged.scores());
            groups.add(task.rules(), judged);
        }
        scores.addAll(groups.measurements());
        warmed = engine;
        String representative = trial.representative();
        if (representative != null) {
            return compared(own, representative);
        }
        boolean baseline = trial.variant().isStudyBaseline(plan);
        AccuracyJudgement judgement = AccuracyJudge.of(
                own,
                baseline ? own : samples(plan.baseline()),
                baseline,
                List.copyOf(tasks.keySet()),
                study.objectives().accuracyMargin());
        List<Measurement> figures = new ArrayList<>(judgement.figures());
        figures.addAll(scores);
        return TrialOutcome.completed(judgement.reasons(), figures);
    }

    /** Why no task can be asked: of a chat what stands in the way, in the words of the template where it does. */
    private Reason notAsked(Engine engine) {
        return tasks.values().stream()
                .filter(task -> task.rules().prompting().chat())
                .flatMap(task -> TaskEvaluation.problem(engine, task).stream())
                .findFirst()
                .map(problem -> Reason.about(Code.REFUSED_BY_ENGINE, problem))
                .orElseGet(() -> Reason.of(Code.NO_SCORES));
    }

    /** Answers that are the same as the representative's on the subset let its figures stand for this variant's too. */
    private TrialOutcome compared(Map<String, List<SampleRecord>> own, String representative) {
        Map<String, List<SampleRecord>> theirs = samples(representative);
        List<Measurement> figures = AccuracyFigures.of(own, theirs);
        long asked = own.values().stream().mapToLong(List::size).sum();
        long same = figures.stream()
                .filter(f -> f.scope().isEmpty() && f.name().equals(Metric.ACCURACY_DIFFERENCE.id()))
                .mapToLong(Measurement::samples)
                .sum();
        boolean flipped = figures.stream()
                .filter(f -> f.scope().isEmpty())
                .filter(f ->
                        f.name().equals(Metric.FLIPS_TO_RIGHT.id()) || f.name().equals(Metric.FLIPS_TO_WRONG.id()))
                .anyMatch(f -> f.value() > 0);
        boolean agreed = asked > 0 && same == asked && !flipped;
        return TrialOutcome.completed(
                agreed
                        ? List.of(new Reason(Code.EVALUATED_BY_SUBSET, representative, (double) asked, null))
                        : List.of(),
                figures);
    }

    /** The answers that a variant gave alone, from its files. */
    private Map<String, List<SampleRecord>> samples(String variant) {
        Map<String, List<SampleRecord>> samples = new LinkedHashMap<>();
        evaluation(variant)
                .ifPresent(t -> tasks.keySet().forEach(task -> samples.put(task, run.samples(t.id(), task))));
        return samples;
    }

    private Optional<Trial> evaluation(String variant) {
        return Attempts.counting(run.trials()).values().stream()
                .filter(t -> t.variant().id().equals(variant)
                        && t.workload().kind() == Workload.Kind.EVALUATION
                        && t.status() == Trial.Status.COMPLETED)
                .reduce((first, second) -> second);
    }

    private TrialOutcome underLoad(PlannedTrial trial, Engine engine, TrialFolder folder) throws InterruptedException {
        Study.Scenario described = trial.scenario();
        if (!(engine instanceof EndpointEngine endpoint) || described == null) {
            return TrialOutcome.skipped(Reason.of(Code.NO_ENDPOINT));
        }
        warmUp(endpoint, described);
        String variant = trial.variant().variant().id();
        QuestionsUnderLoad questions = new QuestionsUnderLoad(
                tasks.values().stream()
                        .filter(task -> TaskEvaluation.problem(engine, task).isEmpty())
                        .toList(),
                study.evaluation().subset(),
                study.seed(),
                study.maskPersonalData());
        Duration lasting = QuestionsUnderLoad.lasting(
                evaluation(variant).map(Trial::durationSeconds).orElse(0.0), study.evaluation());
        LoadScenario scenario = scenario(described, trial, engine).lasting(lasting);
        TrialOutcome outcome = questions.ask(
                engine, progress -> load(trial, endpoint, scenario, null, folder, progress), folder, samples(variant));
        requireThere(endpoint);
        return outcome;
    }

    private void warmUp(EndpointEngine engine, Study.Scenario described) {
        if (engine != warmed) {
            warm(engine, described);
            warmed = engine;
        }
    }

    private static void requireThere(EndpointEngine endpoint) {
        endpoint.requireRunning();
        if (gone(endpoint)) {
            throw new EngineException(EngineException.Category.CRASHED, "the engine's process ended under load");
        }
    }

    private JudgedLoad load(
            PlannedTrial trial,
            EndpointEngine endpoint,
            LoadScenario scenario,
            JudgedLoad.@Nullable Baseline baseline,
            TrialFolder folder,
            JudgedLoad.Progress progress) {
        return JudgedLoad.of(
                generator,
                new JudgedLoad.Target(
                        endpoint.endpoint(),
                        endpoint.processes(),
                        Optional.of(endpoint.info().device()),
                        endpoint.metricsPath(),
                        tokenizers.of(trial.variant().engine())),
                scenario,
                study.objectives(),
                ceiling,
                baseline,
                folder.path().resolve("gatling"),
                progress,
                timing -> folder.request(stored(timing)),
                folder::telemetry);
    }

    private TrialOutcome load(PlannedTrial trial, Engine engine, TrialFolder folder) {
        Study.Scenario described = trial.scenario();
        if (!(engine instanceof EndpointEngine endpoint) || described == null) {
            return TrialOutcome.skipped(Reason.of(Code.NO_ENDPOINT));
        }
        warmUp(endpoint, described);
        GatewayCounters before = engine instanceof GatedEngine gated ? gated.counters() : null;
        JudgedLoad load = load(
                trial,
                endpoint,
                scenario(described, trial, engine),
                baseline(trial),
                folder,
                JudgedLoad.Progress.UNHEARD);
        requireThere(endpoint);
        load.figures().histograms().forEach(folder::histogram);
        LoadJudgement judgement = load.judgement();
        List<Measurement> figures = new ArrayList<>(load.measurements());
        GatewayCounters after = engine instanceof GatedEngine gated ? gated.counters() : null;
        if (before != null && after != null) {
            figures.addAll(after.since(before));
        }
        return new TrialOutcome(
                judgement.status(), judgement.reasons(), judgement.flags(), figures, load.circumstances());
    }

    /** What is kept of a request: its answer's text, where it is kept at all, without personal data where the study says so. */
    private RequestTiming stored(RequestTiming timing) {
        return study.maskPersonalData() ? timing.withTexts(masked(timing.text()), masked(timing.reasoning())) : timing;
    }

    private static @Nullable String masked(@Nullable String text) {
        return text == null ? null : MaskedResponses.masked(text);
    }

    /** Loads an engine that has answered nothing yet; what comes of it is no measurement. */
    private void warm(EndpointEngine engine, Study.Scenario described) {
        LoadScenario warming = new LoadScenario(
                "warming",
                new Closed(WARMING_USERS),
                Duration.ZERO,
                WARMING,
                described.timeout(),
                workload(described.workload().forWarming(), engine, study.seed() - 1, 0),
                study.seed() - 1,
                true,
                false);
        generator.run(engine.endpoint(), warming, null, timing -> {});
    }

    private JudgedLoad.@Nullable Baseline baseline(PlannedTrial trial) {
        String baselineTrial = baselineTrial(trial);
        if (baselineTrial == null) {
            return null;
        }
        PromptLengths lengths = new PromptLengths();
        run.forEachRequest(baselineTrial, lengths::add);
        return new JudgedLoad.Baseline(baselineTrial, lengths);
    }

    /** The trial of the baseline in the same block whose lengths of answers are held against; {@code null} when it has none yet. */
    private @Nullable String baselineTrial(PlannedTrial trial) {
        if (trial.variant().isBaseline()) {
            return null;
        }
        return Attempts.counting(run.trials()).values().stream()
                .filter(t -> t.variant().id().equals(trial.variant().baseline())
                        && t.workload().name().equals(trial.workload().name())
                        && t.repeat() == trial.repeat()
                        && t.step() == trial.step()
                        && t.status().counts())
                .map(Trial::id)
                .findFirst()
                .orElse(null);
    }

    private LoadScenario scenario(Study.Scenario scenario, PlannedTrial trial, Engine engine) {
        // Every step and variant of a block meets the same gaps between arrivals, drawn out to its rate: what chance
        // makes of them cannot be taken for a difference between two rates or two variants.
        long seed = study.seed() + 1_000L * trial.repeat();
        return new LoadScenario(
                scenario.name(),
                scenario.arrivals(),
                scenario.warmUp(),
                duration(scenario, trial.workload().offeredRate()),
                scenario.timeout(),
                workload(scenario.workload(), engine, seed, trial.step()),
                seed,
                scenario.allowPrefixReuse(),
                scenario.keepTexts());
    }

    /**
     * What a load asks: the same of every variant, and other prompts in each step of a search, so that no cache of an earlier one
     * answers them. Kept while a block lasts, since drawing prompts takes time.
     */
    private dev.weighbridge.api.load.Workload workload(WorkloadPlan plan, Engine engine, long seed, int step) {
        double tokensPerWord = plan.countsTokens() ? tokensPerWord(engine) : 1;
        PromptPlan.Draw draw = new PromptPlan.Draw(seed, step, tokensPerWord);
        workloads
                .keySet()
                .removeIf(other -> other.draw().seed() != seed && other.draw().seed() >= study.seed());
        return workloads.computeIfAbsent(
                new Asked(plan, draw), asked -> asked.plan().open(asked.draw()));
    }

    /** A workload that was opened. */
    private record Asked(WorkloadPlan plan, PromptPlan.Draw draw) {}

    private double tokensPerWord(Engine engine) {
        return tokensPerWord.computeIfAbsent(engine.info().modelName(), model -> TokensPerWord.of(engine));
    }

    /** A probe of the capacity search lasts until some requests can be expected at its rate, whatever that is. */
    private static Duration duration(Study.Scenario scenario, @Nullable Double rate) {
        if (rate == null) {
            return scenario.duration();
        }
        Duration enough = Duration.ofMillis((long) Math.ceil(LEAST_REQUESTS_OF_A_PROBE * 1000 / rate));
        return enough.compareTo(scenario.duration()) > 0 ? enough : scenario.duration();
    }

    private static boolean gone(EndpointEngine engine) {
        OptionalLong process = engine.processId();
        return process.isPresent()
                && ProcessHandle.of(process.getAsLong())
                        .filter(ProcessHandle::isAlive)
                        .isEmpty();
    }
}
