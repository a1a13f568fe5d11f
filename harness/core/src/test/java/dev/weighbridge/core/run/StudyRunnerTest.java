package dev.weighbridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.RunView;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.load.LoadFigures;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineCapabilities;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.TokenListener;
import dev.weighbridge.api.TopLogprobsEngine;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.core.study.StudyFile;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import dev.weighbridge.testkit.FailingEngines;
import dev.weighbridge.testkit.ScriptedEngine;
import dev.weighbridge.testkit.ScriptedProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyRunnerTest {
    private static final String STUDY = """
            study: small
            models: [model]
            engines: [%s]
            precisions: [fp32, int8]
            hardware: box
            prices: prices.yaml
            parity: {prompts: 2}
            evaluation: {tasks: [demo-arithmetic], samples: 20, concurrency: 4}
            load:
              search-capacity: false
              scenarios:
                - {name: chat, poisson: {rate-per-second: 50}, warm-up: 1s, duration: 4s}
            repeats: 2
            """;
    private static final Map<String, String> ANSWERS = answers();

    @TempDir
    Path folder;

    private final ScriptedLoad load = new ScriptedLoad();
    private final List<String> finished = new ArrayList<>();

    private static Map<String, String> answers() {
        Map<String, String> answers = new HashMap<>();
        for (TaskSet.Sample sample : TaskSets.load("demo-arithmetic").samples()) {
            answers.put(sample.prompt(), " " + sample.targets().get(0));
        }
        return answers;
    }

    @BeforeEach
    void files() throws IOException {
        Files.createDirectories(folder.resolve("model"));
        Files.writeString(folder.resolve("model/config.json"), "{}");
        Files.writeString(
                folder.resolve("prices.yaml"), "name: list\ndate: 2026-11-01\nsource: us\nusd-per-hour:\n  box: 1.0\n");
    }

    private static ScriptedProvider engine(String id, UnaryOperator<ScriptedEngine> change) {
        return ScriptedProvider.opening(
                id,
                spec -> change.apply(
                        ScriptedEngine.answering(id, spec, request -> ANSWERS.getOrDefault(request.prompt(), "?"))));
    }

    private Study study(String engines) {
        return StudyFile.parse(STUDY.formatted(engines), "small.yaml", folder);
    }

    private StudyRunner runner(EngineProvider... providers) {
        Map<String, EngineProvider> byId = new HashMap<>();
        for (EngineProvider provider : providers) {
            byId.put(provider.id(), provider);
        }
        return new StudyRunner(byId, load, folder.resolve("cache"), null, new RunListener() {
            @Override
            public void trialFinished(Trial trial) {
                finished.add(trial.id());
            }
        });
    }

    private RunDirectory run(String engines, EngineProvider... providers) throws InterruptedException {
        return runner(providers).run(study(engines), folder.resolve("results"), "r1");
    }

    private static Trial trial(RunDirectory run, String id) {
        return run.trials().stream().filter(t -> t.id().equals(id)).findFirst().orElseThrow();
    }

    @Test
    void aStudyIsMeasuredFromParityToLoadAndCanBeDecided() throws InterruptedException {
        RunDirectory run = run("alpha", engine("alpha", engine -> engine));
        assertThat(run.trials()).hasSize(8).allMatch(t -> t.status() == Trial.Status.COMPLETED, "completed");
        assertThat(finished.get(0)).as("the baseline comes first").isEqualTo("model~alpha~fp32~none~parity~1");
        Trial evaluation = trial(run, "model~alpha~int8~none~evaluation~1");
        assertThat(evaluation.measurement("accuracy").orElseThrow().value()).isEqualTo(1);
        assertThat(evaluation.measurement("accuracy_difference").orElseThrow().samples())
                .isEqualTo(20);
        assertThat(run.samples(evaluation.id(), "demo-arithmetic")).hasSize(20);
        assertThat(run.requests("model~alpha~int8~none~chat~2")).isNotEmpty();
        Decision decision = RunView.of(run).decision();
        assertThat(decision.candidates()).hasSize(2);
        assertThat(decision.priceDate()).isEqualTo("2026-11-01");
    }

    @Test
    void aModelOfRandomWeightsIsWeighedForSpeedAloneAndTheRecordSaysSo() throws IOException, InterruptedException {
        Files.writeString(
                folder.resolve("model/weighbridge.json"), "{\"weights\":\"random\",\"shape\":\"gpt2\",\"seed\":7}");
        assertThatThrownBy(() -> study("alpha"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("has random weights: accuracy means nothing; remove evaluation.tasks");
        String speed = STUDY.formatted("alpha").replaceAll("(?m)^evaluation:.*\\R", "");
        RunDirectory run = runner(engine("alpha", engine -> engine))
                .run(StudyFile.parse(speed, "small.yaml", folder), folder.resolve("results"), "r1");
        assertThat(run.manifest().models())
                .extracting(Manifest.Model::randomWeights)
                .containsExactly(new Manifest.RandomWeights("gpt2", 7));
        assertThat(run.manifest().variants()).allMatch(run.manifest()::hasRandomWeights);
        assertThat(run.trials())
                .isNotEmpty()
                .noneMatch(trial -> trial.workload().kind() == Workload.Kind.EVALUATION)
                .noneMatch(trial -> trial.measurements().stream()
                        .anyMatch(figure -> figure.name().startsWith("accuracy")));
        assertThat(RunView.of(run).rows())
                .noneMatch(row -> row.figure(Metric.ACCURACY).isPresent());
    }

    @Test
    void theFiguresOfALoadCanBeMadeAgainFromItsFiles() throws InterruptedException {
        RunDirectory run = run("alpha", engine("alpha", engine -> engine));
        Trial load = trial(run, "model~alpha~int8~none~chat~2");
        assertThat(load.circumstances()).isNotNull();
        assertThat(load.measurements()).containsAll(LoadFigures.read(run, load).measurements());
        assertThat(run.telemetry(load.id())).isNotEmpty();
    }

    @Test
    void aRunIsMeasuredByOneProcessAtATime() throws Exception {
        RunDirectory run = run("alpha", engine("alpha", engine -> engine));
        try (var held = run.lock()) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> runner(engine("alpha", engine -> engine)).resume(run.path(), false))
                    .isInstanceOf(InvalidResultException.class)
                    .hasMessageContaining("being measured by another process");
        }
        runner(engine("alpha", engine -> engine)).resume(run.path(), false);
    }

    @Test
    void anInterruptLeavesTheTrialOpenAndNeverFailed() throws InterruptedException {
        // Ctrl-C reaches the engine's process as well: its end is seen before the interrupt is.
        EngineProvider interrupting = engine(
                "alpha",
                engine -> engine.withLogits(text -> {
                    Thread.currentThread().interrupt();
                    throw new EngineException(EngineException.Category.CRASHED, "the terminal took the engine too");
                }));
        assertThatThrownBy(() -> run("alpha", interrupting)).isInstanceOf(InterruptedException.class);
        RunDirectory run = RunDirectory.open(folder.resolve("results/small/r1"));
        assertThat(run.trials()).noneMatch(t -> t.status() == Trial.Status.FAILED);
    }

    @Test
    void anInterruptWhileFactsAreWrittenLeavesTheTrialOpen() throws InterruptedException {
        load.atTheEnd(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> run("alpha", engine("alpha", engine -> engine)))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        RunDirectory run = RunDirectory.open(folder.resolve("results/small/r1"));
        assertThat(run.trials()).isNotEmpty().allMatch(t -> t.status() == Trial.Status.COMPLETED, "completed");
        load.atTheEnd(() -> {});
        runner(engine("alpha", engine -> engine)).resume(run.path(), false);
        assertThat(run.trials()).hasSize(8).allMatch(t -> t.status() == Trial.Status.COMPLETED, "completed");
    }

    @Test
    void anInterruptBeforeTheFirstTrialIsNoFaultOfTheDisk() {
        StudyRunner interrupted = new StudyRunner(
                Map.of("alpha", engine("alpha", engine -> engine)),
                load,
                folder.resolve("cache"),
                null,
                new RunListener() {
                    @Override
                    public void planned(int trials, int alreadyMeasured) {
                        Thread.currentThread().interrupt();
                    }
                });
        assertThatThrownBy(() -> interrupted.run(study("alpha"), folder.resolve("results"), "r1"))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aRunKilledAfterAnyTrialIsFinishedWithoutMeasuringTwice() throws InterruptedException, IOException {
        RunDirectory whole = run("alpha", engine("alpha", engine -> engine));
        List<String> all = whole.trials().stream().map(Trial::id).toList();
        List<String> lines = Files.readAllLines(whole.path().resolve("trials.jsonl"));
        for (int kept = 0; kept < all.size(); kept++) {
            for (String lost : all.subList(kept, all.size())) {
                deleteTree(whole.trialPath(lost));
            }
            Files.write(whole.path().resolve("trials.jsonl"), lines.subList(0, kept));
            finished.clear();
            RunDirectory resumed = runner(engine("alpha", engine -> engine)).resume(whole.path(), false);
            assertThat(finished).as("measured again after %s trials", kept).isEqualTo(all.subList(kept, all.size()));
            assertThat(resumed.trials()).extracting(Trial::id).containsExactlyInAnyOrderElementsOf(all);
        }
    }

    @Test
    void resumingAFinishedRunMeasuresNothing() throws InterruptedException {
        RunDirectory run = run("alpha", engine("alpha", engine -> engine));
        finished.clear();
        runner(engine("alpha", engine -> engine)).resume(run.path(), false);
        assertThat(finished).isEmpty();
    }

    @Test
    void aRunOfAModelThatHasChangedIsNotResumed() throws InterruptedException, IOException {
        RunDirectory run = run("alpha", engine("alpha", engine -> engine));
        Files.writeString(folder.resolve("model/config.json"), "{\"changed\": true}");
        assertThatThrownBy(() -> runner(engine("alpha", engine -> engine)).resume(run.path(), false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("have changed since it began");
    }

    @Test
    void aCrashFailsItsTrialAndTheOthersGoOnWithAFreshEngine() throws InterruptedException {
        RunDirectory run =
                run("alpha, beta", engine("alpha", engine -> engine), FailingEngines.crashingAfter("beta", 5));
        Trial crashed = trial(run, "model~beta~fp32~none~evaluation~1");
        assertThat(crashed.status()).isEqualTo(Trial.Status.FAILED);
        assertThat(ReasonText.of(crashed.reasons())).contains("CRASHED");
        assertThat(run.trials()).hasSize(16);
        assertThat(trial(run, "model~alpha~int8~none~evaluation~1").status()).isEqualTo(Trial.Status.COMPLETED);
    }

    @Test
    void anEngineThatEndsUnderLoadFailsItsTrialWithItsReason() throws InterruptedException {
        EngineProvider ending = engine(
                "alpha",
                engine -> engine.withEnd(new EngineException(
                        EngineException.Category.CRASHED, "the engine's process ended with exit code 11")));
        Trial load = trial(run("alpha", ending), "model~alpha~fp32~none~chat~1");
        assertThat(load.status()).isEqualTo(Trial.Status.FAILED);
        assertThat(ReasonText.of(load.reasons())).contains("CRASHED", "exit code 11");
    }

    @Test
    void aHungEngineFailsItsEvaluationAndKeepsWhatItAnswered() throws InterruptedException {
        List<String> asked = Collections.synchronizedList(new ArrayList<>());
        EngineProvider hanging = ScriptedProvider.opening(
                "alpha",
                spec -> ScriptedEngine.answering("alpha", spec, request -> {
                    asked.add(request.prompt());
                    if (asked.size() > 5) {
                        throw new EngineException(EngineException.Category.TIMED_OUT, "nothing came");
                    }
                    return "?";
                }));
        RunDirectory run = run("alpha", hanging);
        Trial evaluation = trial(run, "model~alpha~fp32~none~evaluation~1");
        assertThat(evaluation.status()).isEqualTo(Trial.Status.FAILED);
        assertThat(ReasonText.of(evaluation.reasons())).contains("TIMED_OUT", "hangs");
        assertThat(run.samples(evaluation.id(), "demo-arithmetic")).hasSizeBetween(8, 11);
    }

    @Test
    void aVariantOverItsToleranceIsInvalidAndNotMeasuredFurther() throws InterruptedException {
        ScriptedProvider drifting = ScriptedProvider.opening("alpha", spec -> {
            ScriptedEngine engine =
                    ScriptedEngine.answering("alpha", spec, request -> ANSWERS.getOrDefault(request.prompt(), "?"));
            return spec.precision() == Precision.FP32
                    ? engine
                    : engine.withLogits(text -> {
                        Logits right = engine.logits(text);
                        float[] values = new float[right.values().length];
                        for (int i = 0; i < values.length; i++) {
                            values[i] = -5 * right.values()[i];
                        }
                        return new Logits(right.tokens(), right.vocabularySize(), values);
                    });
        });
        RunDirectory run = run("alpha", drifting);
        Trial parity = trial(run, "model~alpha~int8~none~parity~1");
        assertThat(parity.status()).isEqualTo(Trial.Status.INVALID);
        assertThat(parity.reasons()).extracting(Reason::code).contains(Reason.Code.PARITY_DIVERGENCE);
        assertThat(parity.measurement("kl_divergence")).isPresent();
        assertThat(run.trials()).noneMatch(t -> t.id().startsWith("model~alpha~int8~none~chat"));
        assertThat(trial(run, "model~alpha~fp32~none~chat~1").status()).isEqualTo(Trial.Status.COMPLETED);
    }

    /** What a server shows that gives its most likely tokens alone. */
    private record MostLikely(ScriptedEngine engine) implements TopLogprobsEngine {
        @Override
        public List<Position> topLogprobs(String text, int k) {
            Logits logits = engine.logits(text);
            List<Position> places = new ArrayList<>();
            for (int i = 0; i + 1 < logits.tokens().length; i++) {
                int row = i * logits.vocabularySize();
                double sum = 0;
                for (int id = 0; id < logits.vocabularySize(); id++) {
                    sum += Math.exp(logits.values()[row + id]);
                }
                double norm = Math.log(sum);
                Map<String, Double> given = new HashMap<>();
                IntStream.range(0, logits.vocabularySize())
                        .boxed()
                        .sorted(Comparator.comparingDouble(id -> -logits.values()[row + id]))
                        .limit(3)
                        .forEach(id -> given.put(engine.vocabulary().get(id), logits.values()[row + id] - norm));
                places.add(new Position(engine.vocabulary().get(logits.tokens()[i + 1]), given, 3));
            }
            return places;
        }

        @Override
        public EngineInfo info() {
            return engine.info();
        }

        @Override
        public Completion generate(GenerationRequest request, TokenListener listener) {
            return engine.generate(request, listener);
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    @Test
    void aServerThatGivesItsMostLikelyTokensIsHeldAgainstWholeDistributionsEitherWay() throws InterruptedException {
        for (Precision likeliest : List.of(Precision.FP32, Precision.INT8)) {
            ScriptedProvider provider = ScriptedProvider.opening("alpha", spec -> {
                ScriptedEngine engine =
                        ScriptedEngine.answering("alpha", spec, request -> ANSWERS.getOrDefault(request.prompt(), "?"));
                return spec.precision() == likeliest ? new MostLikely(engine) : engine;
            });
            RunDirectory run = runner(provider).run(study("alpha"), folder.resolve("results"), "of-" + likeliest.id());
            Trial parity = trial(run, "model~alpha~int8~none~parity~1");
            assertThat(parity.status()).isEqualTo(Trial.Status.COMPLETED);
            assertThat(parity.measurement("kl_divergence").orElseThrow().value())
                    .isCloseTo(0, within(1e-5));
            assertThat(parity.measurement("kl_divergence_bound").orElseThrow().value())
                    .isPositive();
            assertThat(parity.measurement("top1_agreement").orElseThrow().value())
                    .isEqualTo(1);
        }
    }

    @Test
    void answersThatGrowAreToldByTheirPairedDifference() throws InterruptedException {
        RunDirectory run = run("alpha", ScriptedProvider.opening("alpha", spec -> {
            String more = spec.precision() == Precision.FP32 ? "" : " or so";
            return ScriptedEngine.answering(
                    "alpha", spec, request -> ANSWERS.getOrDefault(request.prompt(), "?") + more);
        }));
        VariantView longer = RunView.of(run).rows().stream()
                .filter(row -> row.variant().precision().equals("int8"))
                .findFirst()
                .orElseThrow();
        assertThat(longer.figure(Metric.ANSWER_LENGTH_DRIFT).orElseThrow().value())
                .isEqualTo(2);
        assertThat(longer.figure(Metric.ANSWERS_OF_OTHER_LENGTH).orElseThrow().value())
                .isEqualTo(1);
        assertThat(longer.figure(Metric.ANSWERS_CUT).orElseThrow().samples()).isEqualTo(20);
    }

    @Test
    void aStudyThatNamesAGroupHasItsFiguresByVariant() throws IOException, InterruptedException {
        for (String name : List.of("a", "b")) {
            String row = "{\"q\": \"%s%d\", \"x\": \"yes\"}\n";
            Files.writeString(
                    folder.resolve(name + ".jsonl"),
                    IntStream.range(0, name.equals("a") ? 4 : 12)
                            .mapToObj(i -> row.formatted(name, i))
                            .collect(Collectors.joining()));
            Files.writeString(folder.resolve(name + ".yaml"), """
                    task: %1$s
                    dataset_path: json
                    dataset_kwargs: {data_files: {test: %1$s.jsonl}}
                    test_split: test
                    output_type: generate_until
                    doc_to_text: "{{q}}"
                    doc_to_target: "{{x}}"
                    metric_list: [{metric: exact_match}]
                    """.formatted(name));
        }
        Files.writeString(folder.resolve("both.yaml"), """
                group: both
                task: [a, b]
                aggregate_metric_list: [{metric: exact_match, weight_by_size: true}]
                """);
        Study study =
                StudyFile.parse(STUDY.formatted("alpha").replace("demo-arithmetic", "both.yaml"), "small.yaml", folder);
        // Of the first task all are right, of the second those before the ninth.
        RunDirectory run = runner(ScriptedProvider.answering(
                        "alpha", request -> request.prompt().matches("(?s)a.*|b[0-8]") ? "yes" : "no"))
                .run(study, folder.resolve("results"), "grouped");
        for (VariantView row : RunView.of(run).rows()) {
            Measurement figure = row.figures()
                    .getOrDefault("both/exact_match,none", Map.of())
                    .get(Metric.GROUP_SCORE.id());
            assertThat(figure).as(row.variant().id()).isNotNull();
            assertThat(figure.value()).isEqualTo(13 / 16.0);
            assertThat(figure.samples()).isEqualTo(16);
            // Pooled: 12 · 11 · (0.75 · 0.25 / 11) over 3 + 11 degrees of freedom, by 16 samples.
            double error = Math.sqrt(12 * 0.75 * 0.25 / 14 / 16);
            assertThat(figure.high()).isCloseTo(13 / 16.0 + 1.959964 * error, within(1e-6));
        }
    }

    @Test
    void whatAnEngineCannotDoIsAVisibleSkippedRow() throws InterruptedException {
        EngineCapabilities onlyFp32 = new EngineCapabilities(
                Set.of(Precision.FP32), Set.of(Batching.Policy.NONE), Set.of(DeviceRequest.Kind.CPU), true, true);
        RunDirectory run = run("alpha", engine("alpha", engine -> engine).withCapabilities(onlyFp32));
        Trial skipped = trial(run, "model~alpha~int8~none~parity~1");
        assertThat(skipped.status()).isEqualTo(Trial.Status.SKIPPED);
        assertThat(ReasonText.of(skipped.reasons())).contains("precision int8 is not offered");
    }

    @Test
    void anEngineThatIsNotThereStopsTheStudyBeforeAnythingIsMeasured() {
        assertThatThrownBy(() -> run("alpha", FailingEngines.unavailable("alpha", "no library", "install it")))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("no library", "install it")
                .extracting(e -> ((EngineException) e).category())
                .isEqualTo(EngineException.Category.UNAVAILABLE);
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @Test
    void aBadCheckpointStopsTheStudyBeforeAnythingIsMeasured() {
        assertThatThrownBy(() -> run(
                        "alpha",
                        FailingEngines.failingToOpen("alpha", EngineException.Category.BAD_MODEL, "truncated")))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("truncated");
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @Test
    void anUnknownEngineIsToldWithThoseThatExist() {
        assertThatThrownBy(() -> run("gamma", engine("alpha", engine -> engine)))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("gamma", "alpha");
    }

    @Test
    void enginesAreClosedWhenTheirVariantIsDone() throws InterruptedException {
        List<ScriptedEngine> opened = new ArrayList<>();
        ScriptedProvider provider = ScriptedProvider.opening("alpha", spec -> {
            ScriptedEngine engine =
                    ScriptedEngine.answering("alpha", spec, request -> ANSWERS.getOrDefault(request.prompt(), "?"));
            opened.add(engine);
            return (Engine) engine;
        });
        run("alpha", provider);
        assertThat(opened).hasSizeGreaterThanOrEqualTo(2).allMatch(ScriptedEngine::closed, "closed");
    }

    private static void deleteTree(Path root) throws IOException {
        try (var paths = Files.walk(root)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
