package dev.weighbridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.core.evaluation.TaskTrial;
import dev.weighbridge.core.load.PromptPlan;
import dev.weighbridge.core.load.WorkloadPlan;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial.Status;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.testkit.MeasuredRun;
import dev.weighbridge.testkit.ScriptedEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is asked beside a load, and what it is held to. */
@Timeout(60)
class QuestionsUnderLoadTest {
    private static final TaskSet TASK = TaskSets.load("demo-arithmetic");

    @TempDir
    private Path folder;

    private final Map<String, String> right = new HashMap<>();
    private final QuestionsUnderLoad questions = new QuestionsUnderLoad(List.of(TASK), 20, 1, false);
    private RunDirectory run;
    private Map<String, List<SampleRecord>> alone;

    @BeforeEach
    void answersAlone() throws InterruptedException {
        TASK.samples()
                .forEach(sample ->
                        right.put(sample.prompt(), " " + sample.targets().get(0)));
        Variant variant = Variant.outsideStudy("model", "alpha", "fp32", "none", "cpu");
        run = MeasuredRun.in(folder, "study", "r1", List.of(variant), List.of(TASK.id()), manifest -> manifest)
                .directory();
        try (TrialFolder trial = run.begin("alone")) {
            alone = Map.of(
                    TASK.id(),
                    new TaskTrial(TASK, 20, 1, 4)
                            .run(engine(request -> right.getOrDefault(request.prompt(), "?")), trial, task -> {})
                            .samples());
        }
        assertThat(alone.get(TASK.id())).hasSize(20);
    }

    private ScriptedEngine engine(Function<GenerationRequest, String> answers) {
        EngineSpec spec = new EngineSpec(
                Path.of("model"),
                Precision.FP32,
                Batching.none(),
                DeviceRequest.CPU,
                1,
                0,
                Path.of("cache"),
                Path.of("engine.log"));
        return ScriptedEngine.answering("alpha", spec, answers);
    }

    private JudgedLoad load(TrialFolder trial) {
        LoadScenario scenario = new LoadScenario(
                "capacity",
                new Poisson(50),
                Duration.ZERO,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                WorkloadPlan.of(new PromptPlan.Pool("demo-mixed"), TokenLength.parse("4"))
                        .open(new PromptPlan.Draw(1, 0)),
                1,
                true,
                false);
        return JudgedLoad.of(
                new ScriptedLoad(),
                new JudgedLoad.Target(
                        Endpoint.of(ScriptedEngine.NO_ENDPOINT, "m"),
                        List.of(),
                        Optional.empty(),
                        "/metrics",
                        Optional.empty()),
                scenario,
                new Manifest.Objectives(null, null, null, 0.9, 0.02),
                null,
                null,
                trial.path().resolve("gatling"),
                JudgedLoad.Progress.UNHEARD,
                timing -> {},
                trial::telemetry);
    }

    private static double value(TrialOutcome outcome, String name) {
        return outcome.measurements().stream()
                .filter(m -> m.name().equals(name))
                .mapToDouble(Measurement::value)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void answersThatChangeBesideTheLoadAreCounted() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(20);
        ScriptedEngine engine = engine(request -> {
            asked.countDown();
            return asked.getCount() % 4 == 0 ? "no" : right.getOrDefault(request.prompt(), "?");
        });
        try (TrialFolder trial = run.begin("beside")) {
            TrialOutcome outcome = questions.ask(
                    engine,
                    lasting -> {
                        lasting.requestEnded();
                        await(asked);
                        return load(trial);
                    },
                    trial,
                    alone);
            assertThat(outcome.status()).isEqualTo(Status.COMPLETED);
            double flips = value(outcome, "flips_under_load");
            assertThat(flips).isEqualTo(5 / 20.0);
            assertThat(value(outcome, "accuracy_change_under_load")).isEqualTo(-5 / 20.0);
            assertThat(value(outcome, "goodput")).isEqualTo(1);
        }
    }

    @Test
    void whatIsNotAnsweredBeforeTheLoadEndsIsLeftOut() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(6);
        AtomicReference<Thread> offering = new AtomicReference<>();
        ScriptedEngine engine = engine(request -> {
            asked.countDown();
            // Its thread waits for other work once the load has ended.
            while (asked.getCount() == 0
                    && (offering.get() == null || offering.get().getState() != Thread.State.WAITING)) {
                Thread.onSpinWait();
            }
            return right.getOrDefault(request.prompt(), "?");
        });
        try (TrialFolder trial = run.begin("beside")) {
            TrialOutcome outcome = questions.ask(
                    engine,
                    lasting -> {
                        lasting.requestEnded();
                        await(asked);
                        JudgedLoad load = load(trial);
                        offering.set(Thread.currentThread());
                        return load;
                    },
                    trial,
                    alone);
            assertThat(outcome.measurements())
                    .filteredOn(m -> m.name().equals("flips_under_load"))
                    .singleElement()
                    .satisfies(m -> assertThat(m.samples()).isEqualTo(5));
        }
    }

    @Test
    void aLoadBesideWhichNothingWasAnsweredIsSkippedWithItsReason() throws InterruptedException {
        try (TrialFolder trial = run.begin("beside")) {
            TrialOutcome outcome = questions.ask(engine(request -> "?"), begun -> load(trial), trial, Map.of());
            assertThat(outcome.status()).isEqualTo(Status.SKIPPED);
            assertThat(outcome.reasons()).extracting(Reason::code).containsExactly(Code.NO_ANSWERS_UNDER_LOAD);
        }
    }

    @Test
    void aServerThatGoesDownUnderTheLoadFailsTheTrial() throws InterruptedException {
        try (TrialFolder trial = run.begin("beside")) {
            assertThatThrownBy(() -> questions.ask(
                            engine(request -> {
                                throw new EngineException(EngineException.Category.CRASHED, "gone");
                            }),
                            lasting -> {
                                lasting.requestEnded();
                                throw new EngineException(EngineException.Category.CRASHED, "gone as well");
                            },
                            trial,
                            alone))
                    .isInstanceOf(EngineException.class);
        }
    }

    @Test
    void theLoadLastsAsLongAsTheQuestionsTakeAndLongerAsTheyWait() {
        Study.Evaluation evaluation = new Study.Evaluation(List.of("t"), 200, 50, 8, Prompting.PLAIN, true);
        assertThat(QuestionsUnderLoad.lasting(10, evaluation)).isEqualTo(Duration.ofSeconds(60));
        assertThat(QuestionsUnderLoad.lasting(0.1, evaluation)).isEqualTo(Duration.ofSeconds(8));
        assertThat(QuestionsUnderLoad.lasting(1e6, evaluation)).isEqualTo(Duration.ofMinutes(15));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
