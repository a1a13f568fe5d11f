package dev.weighbridge.inference.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.reference.ReferenceBackend;
import dev.weighbridge.inference.reference.ReferenceBackend.Call;
import dev.weighbridge.inference.reference.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When rows start, join and leave, and what becomes of them when something fails. */
@Timeout(60)
class BatchSchedulerTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static Checkpoint checkpoint;

    private final ReferenceBackend backend = new ReferenceBackend();
    private BatchScheduler scheduler;

    @BeforeAll
    static void readCheckpoint(@TempDir Path scratch) {
        checkpoint = CheckpointReader.read(TinyCheckpoint.write(scratch.resolve("model")));
    }

    @AfterEach
    void close() {
        backend.passAll();
        if (scheduler != null) {
            scheduler.close();
        }
    }

    private void start(Batching batching, int mostWaiting) {
        Backend.Artifact artifact = new Backend.Artifact(checkpoint, Precision.FP32, checkpoint.folder(), 0);
        scheduler = new BatchScheduler(
                () -> backend.load(artifact, "cpu", batching.size() + 1, TinyCheckpoint.CONTEXT, 1),
                batching,
                mostWaiting);
    }

    private static Batching continuous(int rows) {
        return new Batching(Batching.Policy.CONTINUOUS, rows, Duration.ZERO, 64);
    }

    private static Batching batching(Batching.Policy policy, int rows) {
        return switch (policy) {
            case NONE -> Batching.none();
            case CONTINUOUS -> continuous(rows);
            case STATIC, DYNAMIC -> new Batching(policy, rows, Duration.ZERO);
        };
    }

    private ScriptedRow submit(ScriptedRow row) {
        scheduler.submit(row);
        return row;
    }

    private List<Integer> rowsOfSteps() {
        return backend.calls().stream()
                .filter(call -> call.name().equals("step"))
                .map(Call::slotOrRows)
                .toList();
    }

    @Test
    void staticBatchCarriesEndedRowsUntilTheLastOneEnds() throws InterruptedException {
        start(new Batching(Batching.Policy.STATIC, 3, LONG), 10);
        ScriptedRow one = submit(new ScriptedRow(3, 1));
        ScriptedRow two = submit(new ScriptedRow(2, 3));
        ScriptedRow three = submit(new ScriptedRow(4, 6));
        one.await();
        two.await();
        three.await();
        // Five steps beyond the prefill for the longest row, each over all three.
        assertThat(rowsOfSteps()).containsExactly(3, 3, 3, 3, 3);
        assertThat(backend.calls()).noneMatch(call -> call.name().equals("copy"));
    }

    @Test
    void paddingOfAStaticBatchStaysWithinItsSlot() throws InterruptedException {
        start(new Batching(Batching.Policy.STATIC, 2, LONG), 10);
        ScriptedRow longPrompt = submit(new ScriptedRow(TinyCheckpoint.CONTEXT - 2, 2));
        ScriptedRow longAnswer = submit(new ScriptedRow(1, 40));
        longPrompt.await();
        assertThat(longAnswer.await().failure()).isNull();
        assertThat(rowsOfSteps()).hasSize(39).containsOnly(2);
    }

    @Test
    void dynamicBatchShrinksAsRowsEndAndAdmitsNobodyMeanwhile() throws InterruptedException {
        start(new Batching(Batching.Policy.DYNAMIC, 3, LONG), 10);
        backend.hold();
        ScriptedRow one = submit(new ScriptedRow(3, 2));
        ScriptedRow two = submit(new ScriptedRow(2, 6));
        ScriptedRow three = submit(new ScriptedRow(4, 4));
        // These three come while the first three run, and are a batch of their own.
        ScriptedRow four = submit(new ScriptedRow(2, 2));
        submit(new ScriptedRow(2, 2));
        ScriptedRow six = submit(new ScriptedRow(2, 2));
        backend.passAll();
        one.await();
        two.await();
        three.await();
        four.await();
        six.await();
        assertThat(rowsOfSteps()).containsExactly(3, 2, 2, 1, 1, 3);
        assertThat(backend.calls())
                .filteredOn(call -> call.name().equals("copy"))
                .first()
                // The first row ended with its second token; the last row, of 4 + 1 tokens, takes its place.
                .isEqualTo(new Call("copy", 2, 0, 5));
    }

    @Test
    void incompleteBatchStartsWhenItsDelayIsOver() throws InterruptedException {
        start(new Batching(Batching.Policy.DYNAMIC, 8, Duration.ofMillis(5)), 10);
        assertThat(submit(new ScriptedRow(3, 3)).await().failure()).isNull();
        assertThat(rowsOfSteps()).containsExactly(1, 1);
    }

    @Test
    void continuousBatchIsJoinedBetweenSteps() throws InterruptedException {
        start(continuous(2), 10);
        backend.hold();
        ScriptedRow one = submit(new ScriptedRow(3, 5));
        backend.awaitHeld();
        // Its prefill and its first step alone; the other comes while that step runs.
        backend.pass(1);
        backend.awaitHeld();
        ScriptedRow two = submit(new ScriptedRow(3, 2));
        backend.passAll();
        one.await();
        two.await();
        // The other's prompt is computed along with the second step.
        assertThat(rowsOfSteps()).containsExactly(1, 1, 2, 1);
    }

    @Test
    void noBatchingRunsOneRowAfterTheOther() throws InterruptedException {
        start(Batching.none(), 10);
        ScriptedRow one = submit(new ScriptedRow(3, 3));
        ScriptedRow two = submit(new ScriptedRow(3, 3));
        one.await();
        two.await();
        assertThat(backend.calls())
                .extracting(Call::name)
                .containsExactly("prefill", "step", "step", "prefill", "step", "step");
    }

    @Test
    void longPromptIsPrefilledInChunksWhileAnotherRowAnswers() throws InterruptedException {
        start(continuous(2), 10);
        backend.hold();
        ScriptedRow answering = submit(new ScriptedRow(3, 8));
        backend.awaitHeld();
        backend.pass(1);
        backend.awaitHeld();
        ScriptedRow longPrompt = submit(new ScriptedRow(150, 2));
        backend.passAll();
        answering.await();
        longPrompt.await();
        assertThat(backend.calls())
                .filteredOn(call -> call.name().equals("prefill"))
                .containsExactly(
                        new Call("prefill", 0, 0, 3),
                        new Call("prefill", 1, 0, 64),
                        new Call("prefill", 1, 64, 64),
                        new Call("prefill", 1, 128, 22));
        assertThat(backend.calls())
                .extracting(Call::name)
                .startsWith("prefill", "step", "step", "prefill", "step", "prefill", "step", "prefill", "step");
    }

    @Test
    void promptThatIsBeingPrefilledMovesWhenARowLeaves() throws InterruptedException {
        ScriptedRow alone = new ScriptedRow(150, 4);
        start(continuous(3), 10);
        submit(alone).await();
        backend.forgetCalls();
        backend.hold();
        ScriptedRow leaving = submit(new ScriptedRow(3, 3));
        backend.awaitHeld();
        backend.pass(1);
        backend.awaitHeld();
        ScriptedRow moving = submit(new ScriptedRow(150, 4));
        backend.passAll();
        leaving.await();
        moving.await();
        assertThat(backend.calls()).contains(new Call("copy", 1, 0, 64));
        assertThat(moving.tokens()).isEqualTo(alone.tokens());
    }

    @ParameterizedTest
    @EnumSource(Batching.Policy.class)
    void rowThatFailsEndsAlone(Batching.Policy policy) throws InterruptedException {
        start(batching(policy, 2), 10);
        ScriptedRow failing = submit(new ScriptedRow(3, 9).failingAt(2));
        ScriptedRow healthy = submit(new ScriptedRow(3, 9));
        assertThat(healthy.await().failure()).isNull();
        assertThat(failing.await().failure()).hasMessageContaining("the row was told to fail");
        assertThat(submit(new ScriptedRow(3, 3)).await().failure()).isNull();
    }

    @Test
    void failedPrefillFailsItsRowAlone() throws InterruptedException {
        start(continuous(2), 10);
        backend.hold();
        ScriptedRow healthy = submit(new ScriptedRow(3, 9));
        backend.awaitHeld();
        backend.pass(1);
        backend.awaitHeld();
        backend.failPrompts(() -> new EngineException(Category.FAILED, "no memory for this prompt"));
        ScriptedRow unlucky = submit(new ScriptedRow(3, 9));
        backend.passAll();
        assertThat(unlucky.await().failure()).hasMessage("no memory for this prompt");
        assertThat(healthy.await().failure()).isNull();
    }

    @Test
    void failedStepFailsAllRowsAndWhatComesLater() throws InterruptedException {
        start(continuous(2), 10);
        backend.hold();
        ScriptedRow running = submit(new ScriptedRow(3, 9));
        backend.awaitHeld();
        ScriptedRow waiting = submit(new ScriptedRow(3, 9));
        ScriptedRow farther = submit(new ScriptedRow(3, 9));
        backend.failSteps(() -> new EngineException(Category.FAILED, "the device is lost"));
        backend.passAll();
        for (ScriptedRow row : List.of(running, waiting, farther)) {
            assertThat(row.await().failure()).hasMessage("the engine failed: the device is lost");
        }
        assertThatThrownBy(() -> scheduler.submit(new ScriptedRow(1, 1)))
                .hasMessage("the engine failed: the device is lost");
        assertThatThrownBy(() -> scheduler.exclusively(session -> 1))
                .hasMessage("the engine failed: the device is lost");
        assertThat(scheduler.failure().join().category()).isEqualTo(Category.CRASHED);
    }

    @Test
    void errorOfANativeLibraryIsToldLikeAnyFailure() throws InterruptedException {
        start(continuous(2), 10);
        backend.failSteps(() -> new NoClassDefFoundError("lost/Symbol"));
        assertThat(submit(new ScriptedRow(3, 9)).await().failure()).hasMessageContaining("lost/Symbol");
        assertThatThrownBy(() -> scheduler.submit(new ScriptedRow(1, 1))).hasMessageContaining("lost/Symbol");
    }

    @Test
    void checkedExceptionOfANativeLibraryIsToldLikeAnyFailure() throws InterruptedException {
        start(continuous(2), 10);
        backend.failSteps(() -> new IOException("the device went away"));
        assertThat(submit(new ScriptedRow(3, 9)).await().failure()).hasMessageContaining("the device went away");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void errorInARowEndsTheEngineAndEveryRowHearsOfIt(int call) throws InterruptedException {
        start(continuous(2), 10);
        backend.hold();
        ScriptedRow unlucky = submit(new ScriptedRow(3, 9).failingAt(call, () -> new OutOfMemoryError("heap")));
        backend.awaitHeld();
        ScriptedRow waiting = submit(new ScriptedRow(3, 9));
        backend.passAll();
        for (ScriptedRow row : List.of(unlucky, waiting)) {
            assertThat(row.await().failure()).hasMessageContaining("OutOfMemoryError: heap");
        }
    }

    @Test
    void rowThatCannotHearOfTheFailureDoesNotKeepItFromTheOthers() throws InterruptedException {
        start(continuous(2), 10);
        backend.hold();
        ScriptedRow running = submit(new ScriptedRow(3, 9).deaf());
        backend.awaitHeld();
        ScriptedRow waiting = submit(new ScriptedRow(3, 9).deaf());
        ScriptedRow farther = submit(new ScriptedRow(3, 9));
        backend.failPrompts(() -> new OutOfMemoryError("heap"));
        backend.passAll();
        for (ScriptedRow row : List.of(running, waiting, farther)) {
            assertThat(row.await().failure()).hasMessageContaining("heap");
        }
    }

    @Test
    void errorInExclusiveWorkEndsTheEngineAndWhatWaitedBehindItHearsOfIt() throws Exception {
        start(continuous(1), 10);
        backend.hold();
        ScriptedRow running = submit(new ScriptedRow(3, 9));
        backend.awaitHeld();
        CompletableFuture<Throwable> first = exclusivelyFailing();
        CompletableFuture<Throwable> second = exclusivelyFailing();
        backend.passAll();
        assertThat(first.get(60, TimeUnit.SECONDS)).hasMessageContaining("native memory");
        assertThat(second.get(60, TimeUnit.SECONDS)).hasMessageContaining("native memory");
        assertThat(running.await().failure()).hasMessageContaining("native memory");
    }

    private CompletableFuture<Throwable> exclusivelyFailing() {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread asking = new Thread(() -> failure.complete(catchThrowable(() -> scheduler.exclusively(session -> {
            throw new OutOfMemoryError("native memory");
        }))));
        asking.setDaemon(true);
        asking.start();
        while (asking.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return failure;
    }

    @Test
    void sessionThatCannotBeOpenedIsReportedByTheConstructor() {
        assertThatThrownBy(() -> new BatchScheduler(
                        () -> {
                            throw new UnsatisfiedLinkError("libtensor.so");
                        },
                        Batching.none(),
                        1))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("libtensor.so");
    }

    @Test
    void requestsBeyondTheBoundAreRefusedUntilOneLeaves() throws InterruptedException {
        start(Batching.none(), 2);
        backend.hold();
        ScriptedRow running = submit(new ScriptedRow(3, 2));
        backend.awaitHeld();
        ScriptedRow second = submit(new ScriptedRow(3, 2));
        ScriptedRow third = submit(new ScriptedRow(3, 2));
        assertThatExceptionOfType(QueueFullException.class)
                .isThrownBy(() -> scheduler.submit(new ScriptedRow(3, 2)))
                .withMessageContaining("2 requests are waiting");
        // One that nobody waits for any more does not keep others out.
        second.cancel();
        ScriptedRow fourth = submit(new ScriptedRow(3, 2));
        backend.passAll();
        running.await();
        third.await();
        assertThat(fourth.await().failure()).isNull();
        assertThat(second.tokens()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Batching.Policy.class)
    void cancelledRowFreesItsSlot(Batching.Policy policy) throws InterruptedException {
        start(batching(policy, 1), 10);
        backend.hold();
        ScriptedRow abandoned = submit(new ScriptedRow(3, 100));
        backend.awaitHeld();
        backend.pass(1);
        backend.awaitHeld();
        abandoned.cancel();
        ScriptedRow next = submit(new ScriptedRow(3, 2));
        backend.passAll();
        assertThat(next.await().failure()).isNull();
        assertThat(abandoned.tokens().size()).isLessThan(4);
        assertThat(abandoned.failure()).isNull();
    }

    @Test
    void cancellingAPromptInPrefillLeavesTheOthersWhereTheyAre() throws InterruptedException {
        start(continuous(2), 10);
        ScriptedRow alone = submit(new ScriptedRow(3, 6)).await();
        backend.hold();
        ScriptedRow answering = submit(new ScriptedRow(3, 6));
        backend.awaitHeld();
        backend.pass(1);
        backend.awaitHeld();
        ScriptedRow abandoned = submit(new ScriptedRow(150, 4));
        backend.pass(2);
        backend.awaitHeld();
        abandoned.cancel();
        backend.passAll();
        assertThat(answering.await().tokens()).isEqualTo(alone.tokens());
        assertThat(abandoned.tokens()).isEmpty();
    }

    @Test
    void exclusiveWorkUsesTheSpareSlotBetweenSteps() throws InterruptedException {
        start(continuous(1), 10);
        ScriptedRow alone = submit(new ScriptedRow(3, 8)).await();
        backend.hold();
        ScriptedRow answering = submit(new ScriptedRow(3, 8));
        backend.awaitHeld();
        AtomicReference<Integer> slots = new AtomicReference<>();
        Thread worker = new Thread(() -> slots.set(scheduler.exclusively(session -> {
            session.forward(List.of(new Segment(session.slots() - 1, 0, new int[] {5, 6, 7}, Segment.Wanted.ALL)));
            return session.slots();
        })));
        worker.start();
        backend.passAll();
        worker.join();
        assertThat(slots).hasValue(2);
        assertThat(answering.await().tokens()).isEqualTo(alone.tokens());
    }

    @Test
    void exclusiveWorkIsToldOfEverySlotWhileNoSequenceRunsAndOfTheSpareOneWhileOneDoes() throws InterruptedException {
        start(continuous(3), 10);
        assertThat(scheduler.<Integer>exclusively((session, free) -> free)).isEqualTo(4);
        backend.hold();
        ScriptedRow answering = submit(new ScriptedRow(3, 8));
        backend.awaitHeld();
        AtomicReference<Integer> seen = new AtomicReference<>();
        Thread worker = new Thread(() -> seen.set(scheduler.<Integer>exclusively((session, free) -> free)));
        worker.start();
        while (worker.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        backend.passAll();
        worker.join();
        answering.await();
        assertThat(seen).hasValue(1);
    }

    @Test
    void failureOfExclusiveWorkIsItsOwnOnly() throws InterruptedException {
        start(continuous(1), 10);
        assertThat(catchThrowableOfType(
                        EngineException.class,
                        () -> scheduler.exclusively(session -> {
                            throw new IllegalStateException("odd");
                        })))
                .hasMessageContaining("odd");
        assertThat(submit(new ScriptedRow(3, 2)).await().failure()).isNull();
    }

    @Test
    void closingFailsWhatIsNotFinishedAndClosesTheSession() throws InterruptedException {
        start(Batching.none(), 10);
        backend.hold();
        ScriptedRow running = submit(new ScriptedRow(3, 100));
        backend.awaitHeld();
        ScriptedRow waiting = submit(new ScriptedRow(3, 100));
        Thread closing = new Thread(scheduler::close);
        closing.start();
        while (!refusesRows()) {
            Thread.onSpinWait();
        }
        backend.passAll();
        closing.join();
        assertThat(running.await().failure()).hasMessage("the engine was closed");
        assertThat(waiting.await().failure()).hasMessage("the engine was closed");
        assertThat(backend.sessionClosed()).isTrue();
        assertThat(scheduler.failure()).isNotDone();
        assertThatThrownBy(() -> scheduler.exclusively(session -> 1)).hasMessage("the engine was closed");
    }

    private boolean refusesRows() {
        try {
            ScriptedRow probe = new ScriptedRow(1, 1);
            probe.cancel();
            scheduler.submit(probe);
            return false;
        } catch (EngineException e) {
            return true;
        }
    }
}
