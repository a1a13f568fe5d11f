package dev.weighbridge.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.results.ResponseRecord;
import dev.weighbridge.testkit.ScriptedEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an evaluation keeps and when it ends, whatever its engine does. */
class TaskEvaluationTest {
    private static final TaskSet TASK = TaskSets.load("demo-arithmetic");
    private static final EngineSpec SPEC = new EngineSpec(
            Path.of("model"),
            Precision.FP32,
            Batching.none(),
            DeviceRequest.CPU,
            1,
            0,
            Path.of("cache"),
            Path.of("engine.log"));

    private final List<ResponseRecord> kept = new ArrayList<>();
    private int calls;

    /** An engine some of whose calls, counted from 1, get no answer in time. */
    private ScriptedEngine silentAt(IntPredicate silent) {
        return ScriptedEngine.answering("hanging", SPEC, request -> {
            synchronized (this) {
                calls++;
                if (silent.test(calls)) {
                    throw new EngineException(Category.TIMED_OUT, "nothing came");
                }
            }
            return "?";
        });
    }

    private void evaluate(ScriptedEngine engine, int concurrency) throws InterruptedException {
        new TaskEvaluation(TASK, 100, 1, concurrency).run(engine, new TaskEvaluation.Answered(), kept::add);
    }

    @Test
    void aHungEngineEndsTheEvaluationAndWhatWasMeasuredStays() {
        ScriptedEngine engine = silentAt(call -> call > 40);
        EngineException hang = catchThrowableOfType(EngineException.class, () -> evaluate(engine, 1));
        assertThat(hang.category()).isEqualTo(Category.TIMED_OUT);
        assertThat(hang).hasMessageContaining("3 requests of demo-arithmetic in a row");
        assertThat(calls).isEqualTo(43);
        assertThat(kept).hasSize(43);
        assertThat(kept.subList(0, 40)).allMatch(record -> record.failure() == null, "answered");
        assertThat(kept.subList(40, 43)).extracting(ResponseRecord::failure).containsOnly("nothing came");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16})
    void requestsAtOnceMayAllTimeOutButNoneIsAskedAfterThem(int concurrency) {
        ScriptedEngine engine = silentAt(call -> true);
        EngineException hang = catchThrowableOfType(EngineException.class, () -> evaluate(engine, concurrency));
        assertThat(hang.category()).isEqualTo(Category.TIMED_OUT);
        assertThat(calls).isBetween(3, 2 + concurrency);
    }

    @Test
    void timeOutsWithAnAnswerBetweenThemAreWrongSamplesOnly() throws InterruptedException {
        evaluate(silentAt(call -> call % 3 != 0), 1);
        assertThat(kept).hasSize(100);
        assertThat(kept).filteredOn(record -> record.failure() != null).hasSize(67);
    }

    @Test
    void aHangAtTheVeryEndIsOneToo() {
        EngineException hang =
                catchThrowableOfType(EngineException.class, () -> evaluate(silentAt(call -> call > 97), 1));
        assertThat(hang.category()).isEqualTo(Category.TIMED_OUT);
        assertThat(kept).hasSize(100);
    }

    @Test
    void samplesThatShareASourceSaySoInTheirRecords() throws InterruptedException {
        TaskSet shared = new TaskSet(
                TASK.rules(),
                List.of(
                        new TaskSet.Sample("a", "first of text 1", List.of("x"), List.of(), "text 1", "", Map.of()),
                        new TaskSet.Sample("b", "second of text 1", List.of("x"), List.of(), "text 1", "", Map.of()),
                        TaskSet.Sample.of("c", "of its own", "x")));
        new TaskEvaluation(shared, 3, 1, 1).run(silentAt(call -> false), new TaskEvaluation.Answered(), kept::add);
        assertThat(kept).extracting(ResponseRecord::cluster).containsExactly("text 1", "text 1", "c");
    }

    @Test
    void whatWasAnsweredBeforeIsNotAskedAgainUnlessItChanged() throws InterruptedException {
        evaluate(silentAt(call -> false), 4);
        TaskEvaluation.Answered answered = new TaskEvaluation.Answered();
        kept.subList(0, 60).forEach(answered::add);
        calls = 0;
        List<ResponseRecord> rest = new ArrayList<>();
        new TaskEvaluation(TASK, 100, 1, 4).run(silentAt(call -> false), answered, rest::add);
        assertThat(calls).isEqualTo(40);
        assertThat(rest)
                .extracting(ResponseRecord::docId)
                .isEqualTo(kept.subList(60, 100).stream()
                        .map(ResponseRecord::docId)
                        .toList());
        TaskSet changed = new TaskSet(
                TASK.rules(),
                TASK.samples().stream()
                        .map(sample -> TaskSet.Sample.of(sample.id(), sample.prompt() + "?", "1"))
                        .toList());
        calls = 0;
        new TaskEvaluation(changed, 100, 1, 4).run(silentAt(call -> false), answered, rest::add);
        assertThat(calls).isEqualTo(100);
    }

    @Test
    void aSubsetHoldsEachKindOfSampleInItsProportion() throws InterruptedException {
        List<TaskSet.Sample> samples = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            samples.add(new TaskSet.Sample(
                    "s" + i, "prompt " + i, List.of("x"), List.of(), "s" + i, i < 20 ? "rare" : "usual", Map.of()));
        }
        TaskSet mixed = new TaskSet(TASK.rules(), samples);
        new TaskEvaluation(mixed, 10, 7, 1).run(silentAt(call -> false), new TaskEvaluation.Answered(), kept::add);
        assertThat(kept).hasSize(10);
        assertThat(kept).filteredOn(response -> response.docId() < 20).hasSize(2);
        List<ResponseRecord> more = new ArrayList<>();
        new TaskEvaluation(mixed, 30, 7, 1).run(silentAt(call -> false), new TaskEvaluation.Answered(), more::add);
        assertThat(more)
                .extracting(ResponseRecord::docId)
                .containsAll(kept.stream().map(ResponseRecord::docId).toList());
    }

    @Test
    void anAnswerOfManyMegabytesFailsItsSampleAndIsKeptInPart() throws InterruptedException {
        String endless = "lorem ".repeat(2_000_000);
        TaskSet one = new TaskSet(
                new TaskSet.Rules(
                        "long",
                        "1",
                        "Apache-2.0",
                        "",
                        new TaskSet.Asking(TaskSet.Output.GENERATE, 3_000_000, List.of(), 0, 1, ""),
                        List.of(),
                        List.of(TaskSet.Rule.of("exact-match"))),
                List.of(TaskSet.Sample.of("a", "Go on.", "x"), TaskSet.Sample.of("b", "Stop.", "x")));
        ScriptedEngine engine = ScriptedEngine.answering(
                "endless", SPEC, request -> request.prompt().equals("Go on.") ? endless : "x");
        new TaskEvaluation(one, 2, 1, 1).run(engine, new TaskEvaluation.Answered(), kept::add);
        assertThat(kept.get(0).failure()).contains("12000000 characters");
        assertThat(kept.get(0).replies().get(0).text()).hasSize(TaskEvaluation.LONGEST_ANSWER);
        assertThat(kept.get(1).failure()).isNull();
    }

    @Test
    void whatWasAnsweredBeforeACrashStays() {
        ScriptedEngine engine = ScriptedEngine.answering("crashing", SPEC, request -> {
            if (++calls > 10) {
                throw new EngineException(Category.CRASHED, "gone");
            }
            return "?";
        });
        EngineException crash = catchThrowableOfType(EngineException.class, () -> evaluate(engine, 1));
        assertThat(crash.category()).isEqualTo(Category.CRASHED);
        assertThat(kept).hasSize(10);
    }
}
