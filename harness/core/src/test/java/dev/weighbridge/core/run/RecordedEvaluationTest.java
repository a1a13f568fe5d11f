package dev.weighbridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.testkit.ScriptedEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations outside a study: kept, gone on with, and judged again. */
class RecordedEvaluationTest {
    private static final String TASK = """
            task: sums
            data: sums.jsonl
            prompt: "{{a}} + {{b}} ="
            target: "{{a + b}}"
            score: exact-match
            """;

    @TempDir
    private Path folder;

    private final AtomicInteger calls = new AtomicInteger();
    private EngineSpec spec;

    @BeforeEach
    void files() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rows.append("{\"a\":").append(i).append(",\"b\":1}\n");
        }
        Files.writeString(folder.resolve("sums.jsonl"), rows);
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
        spec = new EngineSpec(
                model,
                Precision.FP32,
                Batching.none(),
                DeviceRequest.CPU,
                1,
                0,
                folder.resolve("cache"),
                folder.resolve("engine.log"));
    }

    private Map<String, TaskSet> tasks(String text) throws IOException {
        Files.writeString(folder.resolve("sums.yaml"), text);
        return Tasks.load(List.of("sums.yaml"), folder);
    }

    private RecordedEvaluation.Asked asked(String text) throws IOException {
        return new RecordedEvaluation.Asked(tasks(text), 100, 1, 2);
    }

    /** Answers right, with a word behind, and crashes at a call where that is wished. */
    private ScriptedEngine engine(int crashAt) {
        return ScriptedEngine.answering("scripted", spec, request -> {
            if (calls.incrementAndGet() == crashAt) {
                throw new EngineException(EngineException.Category.CRASHED, "gone");
            }
            String[] words = request.prompt().split(" ", -1);
            return (Integer.parseInt(words[0]) + 1) + " apples";
        });
    }

    private static List<SampleRecord> samples(RunDirectory run) {
        List<SampleRecord> samples = new ArrayList<>();
        run.forEachSample(run.trials().get(0).id(), "sums", samples::add);
        return samples;
    }

    @Test
    void anInterruptedEvaluationGoesOnWhereItWasAndEndsAsIfNothingHadBeen() throws Exception {
        ScriptedEngine crashing = engine(25);
        RecordedEvaluation first =
                RecordedEvaluation.begin(folder.resolve("results"), crashing.info(), spec, asked(TASK));
        AtomicInteger kept = new AtomicInteger();
        assertThatThrownBy(() -> first.run(crashing, task -> kept.incrementAndGet()))
                .isInstanceOf(EngineException.class);
        int before = calls.get();
        ScriptedEngine engine = engine(-1);
        RunDirectory run = RecordedEvaluation.resume(RunDirectory.open(first.path()), engine.info(), spec, asked(TASK))
                .run(engine, task -> {});
        assertThat(kept.get()).isBetween(1, 39);
        assertThat(calls.get() - before).isEqualTo(40 - kept.get());
        assertThat(samples(run)).hasSize(40).extracting(SampleRecord::docId).doesNotHaveDuplicates();
        assertThat(run.trials()
                        .get(0)
                        .measurement("score", "sums/exact_match")
                        .orElseThrow()
                        .value())
                .isZero();
        assertThatThrownBy(() -> RecordedEvaluation.resume(run, engine.info(), spec, asked(TASK)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is finished");
    }

    @Test
    void anotherTaskIsNoContinuation() throws Exception {
        ScriptedEngine crashing = engine(5);
        RecordedEvaluation first =
                RecordedEvaluation.begin(folder.resolve("results"), crashing.info(), spec, asked(TASK));
        assertThatThrownBy(() -> first.run(crashing, task -> {})).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> RecordedEvaluation.resume(
                        RunDirectory.open(first.path()), crashing.info(), spec, asked(TASK.replace("=", "is"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the tasks of the run");
    }

    @Test
    void keptAnswersAreJudgedAgainByOtherRulesWithoutAnEngine() throws Exception {
        ScriptedEngine engine = engine(-1);
        RunDirectory run = RecordedEvaluation.begin(folder.resolve("results"), engine.info(), spec, asked(TASK))
                .run(engine, task -> {});
        int before = calls.get();
        String filtered = TASK + "filter: {regex: {pattern: '\\d+'}}\n";
        List<Rescoring.Rescored> again =
                Rescoring.of(run, Map.of("sums", tasks(filtered).get("sums").rules()));
        assertThat(calls.get()).isEqualTo(before);
        assertThat(again).singleElement().satisfies(rescored -> {
            assertThat(rescored.samples()).isEqualTo(40);
            assertThat(rescored.changed()).isEqualTo(40);
            assertThat(rescored.trial().measurement("accuracy").orElseThrow().value())
                    .isEqualTo(1);
        });
        RunDirectory read = RunDirectory.open(run.path());
        assertThat(samples(read)).allSatisfy(sample -> {
            assertThat(sample.score()).isEqualTo(1);
            assertThat(sample.filter()).isEqualTo("regex");
            assertThat(sample.resps().toString()).contains("apples");
            assertThat(sample.filteredResps().toString()).doesNotContain("apples");
        });
        assertThat(Rescoring.of(read, Map.of()).get(0).changed()).isZero();
        assertThatThrownBy(() -> Rescoring.of(
                        read, Map.of("other", tasks(TASK).get("sums").rules())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("was asked task 'other'");
    }

    @Test
    void aTaskWhoseScorerDoesNotFitIsRefusedBeforeAnythingIsAsked() {
        assertThatThrownBy(() -> tasks(TASK.replace("exact-match", "choice")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("scorer choice judges no replies of a generate task");
        assertThatThrownBy(() -> tasks(TASK.replace("exact-match", "{f1: {words: 3}}")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("scorer f1 has no option 'words'");
        assertThat(calls.get()).isZero();
    }

    @Test
    void aStudyRefusesATaskByWhoseScoreNothingCanBeCompared() throws Exception {
        tasks(TASK.replace("score: exact-match", "output: rolling\nscore: perplexity"));
        assertThatThrownBy(() -> Tasks.ofStudy(List.of("sums.yaml"), folder, TaskOptions.NONE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("task sums is decided by a score that does not lie between 0 and 1");
        tasks(TASK);
        assertThat(Tasks.ofStudy(List.of("sums.yaml"), folder, TaskOptions.NONE))
                .containsOnlyKeys("sums");
    }
}
