package dev.weighbridge.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.core.run.RecordedEvaluation;
import dev.weighbridge.core.run.Rescoring;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.testkit.ScriptedEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations on two cores of local mode, held to those of a single machine row by row. */
class SparkEvaluationTest {
    private static final String SUMS = """
            task: sums
            data: sums.jsonl
            prompt: "{{a}} + 1 ={{word}}"
            target: "{{a + 1}}"
            temperature: 0.7
            repeats: 2
            filter: [strip]
            score: [exact-match, f1]
            """;
    private static final String CHOICES = """
            task: choices
            data: sums.jsonl
            prompt: "After {{a}} comes"
            choices: ["{{a - 1}}", "{{a + 1}}", "{{a}} again"]
            target: "{{a + 1}}"
            score: choice
            """;

    private static JavaSparkContext spark;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        // Three tries of a task, as a cluster has four.
        spark = new JavaSparkContext(new SparkConf()
                .setMaster("local[2,3]")
                .setAppName("test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    @BeforeEach
    void files() throws IOException {
        FlakyProvider.reset();
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            String word = i == 18 ? " broken" : "";
            rows.append("{\"a\":" + i + ",\"word\":\"" + word + "\",\"share\":" + i / 7.0 + ",\"none\":null}\n");
        }
        Files.writeString(folder.resolve("sums.jsonl"), rows);
        Files.writeString(Files.createDirectories(folder.resolve("model")).resolve("config.json"), "{}");
    }

    private Map<String, TaskSet> tasks(String... texts) throws IOException {
        List<String> names = new ArrayList<>();
        for (String text : texts) {
            String name = "task" + names.size() + ".yaml";
            Files.writeString(folder.resolve(name), text);
            names.add(name);
        }
        return Tasks.load(names, folder);
    }

    private EngineSpec spec(Optional<ServerTarget> server) {
        return new EngineSpec(
                folder.resolve("model"),
                Precision.FP32,
                Batching.none(),
                DeviceRequest.CPU,
                1,
                0,
                folder.resolve("cache"),
                folder.resolve("engine.log"),
                server);
    }

    private SparkEvaluation evaluation(String engine, Optional<ServerTarget> server, int slice) {
        return new SparkEvaluation(
                spark, EngineRecipe.of(engine, spec(server)), new SparkEvaluation.Settings(slice, 3.6));
    }

    private Path results(String name) {
        return folder.resolve(name);
    }

    private static List<String> lines(RunDirectory run, String file) throws IOException {
        return Files.readAllLines(run.trialPath(run.trials().get(0).id()).resolve(file)).stream()
                .map(line -> line.replaceAll("\"duration_ns\":\\d+", ""))
                .toList();
    }

    private static void assertSameRows(RunDirectory spark, RunDirectory single, String task) throws IOException {
        assertThat(lines(spark, "responses_" + task + ".jsonl"))
                .isNotEmpty()
                .isEqualTo(lines(single, "responses_" + task + ".jsonl"));
        assertThat(lines(spark, "samples_" + task + ".jsonl"))
                .isNotEmpty()
                .isEqualTo(lines(single, "samples_" + task + ".jsonl"));
        assertThat(lines(spark, "task_" + task + ".json")).isEqualTo(lines(single, "task_" + task + ".json"));
    }

    private static List<Measurement> figures(RunDirectory run) {
        return run.trials().get(0).measurements();
    }

    private static List<String> sampleIds(RunDirectory run) throws IOException {
        List<String> ids = new ArrayList<>();
        run.forEachResponse(run.trials().get(0).id(), "sums", response -> ids.add(response.id()));
        return ids;
    }

    @Test
    void aGeneratingAndAChoosingTaskAreTheSameToTheLastRowAsOnASingleMachine() throws Exception {
        try (AnsweringServer server = new AnsweringServer()) {
            Optional<ServerTarget> target = Optional.of(ServerTarget.running(server.address(), null));
            RecordedEvaluation.Asked asked = new RecordedEvaluation.Asked(tasks(SUMS, CHOICES), 45, 11, 3);
            RunDirectory single;
            try (Engine engine = EngineRecipe.of("openai", spec(target)).open(folder)) {
                single = RecordedEvaluation.begin(results("single"), engine.info(), spec(target), asked)
                        .run(engine, task -> {});
            }
            int before = server.answers();
            AtomicInteger heard = new AtomicInteger();
            RunDirectory spread = evaluation("openai", target, 4)
                    .run(results("spark"), asked, path -> {}, task -> heard.incrementAndGet());

            assertSameRows(spread, single, "sums");
            assertSameRows(spread, single, "choices");
            assertThat(figures(spread)).isEqualTo(figures(single));
            assertThat(heard).hasValue(90);
            assertThat(server.answers() - before).isEqualTo(before);
            assertThat(spread.manifest().models()).isEqualTo(single.manifest().models());
            assertThat(spread.manifest().variants()).isEqualTo(single.manifest().variants());
            assertThat(lines(spread, "responses_sums.jsonl"))
                    .anySatisfy(line -> assertThat(line).contains("this prompt breaks the server"));
        }
    }

    @Test
    void executorTimeAndItsCostStandInTheTrial() throws Exception {
        RunDirectory run = evaluation("flaky", Optional.empty(), 0)
                .run(results("spark"), new RecordedEvaluation.Asked(tasks(SUMS), 10, 1, 2), path -> {}, task -> {});
        Map<String, String> facts = run.trials().get(0).engine();
        double seconds = Double.parseDouble(facts.get("spark_executor_seconds"));
        assertThat(seconds).isPositive();
        // 3.6 dollars an hour are a tenth of a cent a second.
        assertThat(Double.parseDouble(facts.get("spark_cost_usd")))
                .isCloseTo(seconds / 1000, org.assertj.core.data.Offset.offset(2e-6));
        assertThat(facts).containsEntry("spark_version", spark.version());
        assertThat(FlakyProvider.OPENED)
                .singleElement()
                .satisfies(engine -> assertThat(engine.closed()).isTrue());
    }

    @Test
    void aSliceWhoseEngineCrashesIsGoneOnWithWhereItWas() throws Exception {
        FlakyProvider.crashAt = "31";
        FlakyProvider.CRASHES.set(1);
        RunDirectory run = evaluation("flaky", Optional.empty(), 20)
                .run(results("spark"), new RecordedEvaluation.Asked(tasks(SUMS), 100, 1, 1), path -> {}, task -> {});
        assertThat(sampleIds(run)).hasSize(60).doesNotHaveDuplicates();
        // Two answers to each, and none asked again of those that were there before the crash.
        assertThat(FlakyProvider.ASKED).hasSize(60);
        assertThat(FlakyProvider.ASKED.get("30")).isEqualTo(2);
        assertThat(FlakyProvider.OPENED)
                .hasSize(2)
                .allSatisfy(engine -> assertThat(engine.closed()).isTrue());
    }

    @Test
    void aTaskThatSparkDoesAgainGivesNoRowTwice() throws Exception {
        FlakyProvider.crashAt = "5";
        FlakyProvider.CRASHES.set(1);
        FlakyProvider.BROKEN_OPENINGS.set(2);
        RunDirectory run = evaluation("flaky", Optional.empty(), 10)
                .run(results("spark"), new RecordedEvaluation.Asked(tasks(SUMS), 100, 1, 1), path -> {}, task -> {});
        assertThat(FlakyProvider.BROKEN_OPENINGS).hasValue(0);
        assertThat(sampleIds(run)).hasSize(60).doesNotHaveDuplicates();
        assertThat(run.samples(run.trials().get(0).id(), "sums")).hasSize(60);
    }

    @Test
    void anEngineThatFailsForGoodInOneSliceCostsNoOtherOneAndTheRunIsGoneOnWith() throws Exception {
        FlakyProvider.crashAt = "31";
        FlakyProvider.CRASHES.set(Integer.MAX_VALUE);
        RecordedEvaluation.Asked asked = new RecordedEvaluation.Asked(tasks(SUMS), 100, 1, 1);
        List<Path> begun = new ArrayList<>();
        assertThatThrownBy(() ->
                        evaluation("flaky", Optional.empty(), 10).run(results("spark"), asked, begun::add, task -> {}))
                .isInstanceOf(EngineException.class)
                .hasMessage("9 samples of sums have no answer; the rest is kept: gone at 31");
        FlakyProvider.CRASHES.set(0);
        FlakyProvider.ASKED.clear();
        RunDirectory run =
                evaluation("flaky", Optional.empty(), 10).resume(RunDirectory.open(begun.get(0)), asked, task -> {});
        assertThat(FlakyProvider.ASKED)
                .hasSize(9)
                .containsOnlyKeys("31", "32", "33", "34", "35", "36", "37", "38", "39");
        EngineSpec spec = spec(Optional.empty());
        RunDirectory single;
        try (Engine engine = EngineRecipe.of("flaky", spec).open(folder)) {
            single = RecordedEvaluation.begin(results("single"), engine.info(), spec, asked)
                    .run(engine, task -> {});
        }
        assertSameRows(run, single, "sums");
    }

    @Test
    void keptAnswersAreJudgedAgainAsOnASingleMachine() throws Exception {
        RecordedEvaluation.Asked asked = new RecordedEvaluation.Asked(tasks(SUMS), 100, 1, 2);
        EngineSpec spec = spec(Optional.empty());
        ScriptedEngine engine = ScriptedEngine.answering("scripted", spec, request -> " 7 apples");
        RunDirectory run = RecordedEvaluation.begin(results("one"), engine.info(), spec, asked)
                .run(engine, task -> {});
        Map<String, TaskSet.Rules> others = Map.of(
                "sums",
                tasks(SUMS.replace("[strip]", "{regex: {pattern: '\\d+'}}"))
                        .get("sums")
                        .rules());

        Rescoring.Rescored spread = SparkRescoring.of(spark, run, others).get(0);
        List<String> rows = lines(run, "samples_sums.jsonl");
        Trial trial = run.trials().get(0);
        Rescoring.Rescored single = Rescoring.of(run, others).get(0);

        assertThat(rows).hasSize(60).isEqualTo(lines(run, "samples_sums.jsonl"));
        assertThat(spread.changed()).isEqualTo(1);
        assertThat(single.changed()).isZero();
        assertThat(trial).isEqualTo(run.trials().get(0));
        assertThat(spread.trial()).isEqualTo(single.trial());
    }

    @Test
    void whatExecutorsCannotOpenIsSaidBeforeAnythingIsWritten() throws Exception {
        RecordedEvaluation.Asked asked = new RecordedEvaluation.Asked(tasks(SUMS), 100, 1, 2);
        assertThatThrownBy(() ->
                        evaluation("nobody", Optional.empty(), 0).run(results("spark"), asked, path -> {}, task -> {}))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(
                        "engine 'nobody' is not on the class path of the executor, which has [flaky, openai]");
        assertThat(results("spark")).doesNotExist();
        Optional<ServerTarget> started = Optional.of(new ServerTarget(
                "http://127.0.0.1:{port}",
                Optional.of(new ServerTarget.Launch(
                        List.of("serve"), Map.of(), folder, "/health", java.time.Duration.ofSeconds(1))),
                null,
                "openai-completions",
                null,
                Map.of(),
                Map.of(),
                null,
                Map.of()));
        assertThatThrownBy(() -> EngineRecipe.of("openai", spec(started)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("executors start no servers");
    }
}
