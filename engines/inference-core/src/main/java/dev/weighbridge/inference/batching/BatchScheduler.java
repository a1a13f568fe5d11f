package dev.weighbridge.inference.batching;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.backend.DecoderSession;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs sequences through one session, grouped as a {@link Batching} says. One thread owns the session from its opening to
 * its end; submitting is safe from any thread and never waits for a step.
 */
public final class BatchScheduler implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(BatchScheduler.class);

    private final WaitingRows waiting;
    private final SpareSlot spareSlot = new SpareSlot();
    private final Thread thread;
    private volatile int running;
    private final CompletableFuture<DecoderSession> opened = new CompletableFuture<>();
    private final CompletableFuture<EngineException> failed = new CompletableFuture<>();

    /**
     * Opens the session on the scheduler's thread and starts taking sequences.
     *
     * @param open makes the session, with one slot more than the batching's size: it is kept for {@link #exclusively}
     * @param batching when rows join and leave
     * @param mostWaiting sequences that may wait; further ones are refused
     * @throws EngineException when the session cannot be opened
     */
    public BatchScheduler(Supplier<DecoderSession> open, Batching batching, int mostWaiting) {
        this.waiting = new WaitingRows(mostWaiting);
        this.thread = new Thread(() -> run(open, batching), "batch-scheduler");
        thread.setDaemon(true);
        thread.start();
        session();
    }

    /**
     * Adds a sequence; it is told how it goes by its own methods.
     *
     * @throws QueueFullException when too many wait
     * @throws EngineException of category FAILED when the scheduler was closed, CRASHED when it has failed
     */
    public void submit(BatchRow row) {
        waiting.add(row);
    }

    /**
     * How much it has to do.
     *
     * @param running sequences in the batch after its last step
     * @param waiting sequences that have not begun
     */
    public record Backlog(int running, int waiting) {}

    /** How much it has to do now. */
    public Backlog backlog() {
        return new Backlog(running, waiting.size());
    }

    /** What the session's last slot holds. Work that writes to the slot says so there. */
    public SpareSlot spareSlot() {
        return spareSlot;
    }

    /**
     * Runs work on the session between two steps and waits for it. The last slot is free for it to use. An exception is the
     * work's own; after an error the session is in no known state, so that the scheduler fails.
     *
     * @throws EngineException as the work throws it, or when the scheduler has ended
     */
    public <T> T exclusively(Function<DecoderSession, T> work) {
        return exclusively((session, free) -> work.apply(session));
    }

    /**
     * As {@link #exclusively(Function)}, for work that goes faster with more slots: it is told how many at the end are free, which
     * are all of them while no sequence runs, and the last one otherwise. What it leaves there is forgotten, but in the last one.
     */
    public <T> T exclusively(BiFunction<DecoderSession, Integer, T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        waiting.add(
                session -> {
                    try {
                        result.complete(work.apply(session, running == 0 ? session.slots() : 1));
                    } catch (RuntimeException e) {
                        result.completeExceptionally(e);
                    } catch (Error e) {
                        result.completeExceptionally(e);
                        throw e;
                    }
                },
                result::completeExceptionally);
        return await(result);
    }

    /** The session's facts; its methods that compute belong to the scheduler's thread. */
    public DecoderSession session() {
        return await(opened);
    }

    /**
     * What ended the scheduler when it was not closed: of category CRASHED, and complete once everything that ran or waited was
     * told. Never completes otherwise.
     */
    public CompletableFuture<EngineException> failure() {
        return failed.copy();
    }

    /**
     * Ends after the current step and waits for it, unless called on the scheduler's own thread; sequences that are not
     * finished fail.
     */
    @Override
    public void close() {
        waiting.close();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Supplier<DecoderSession> open, Batching batching) {
        EngineException end = closed();
        try (DecoderSession session = open.get()) {
            AdmissionPolicy policy = AdmissionPolicy.of(batching);
            RunningBatch batch = new RunningBatch(session, policy.endedRowsLeave(), spareSlot);
            opened.complete(session);
            try {
                while (waiting.awaitWork(policy, batch.size())) {
                    waiting.runExclusiveWork(session);
                    policy.advance(waiting, batch);
                    running = batch.size();
                }
            } catch (Throwable e) {
                // Native libraries throw checked exceptions and errors too; whatever it is, those who wait must hear of
                // it.
                end = new EngineException(EngineException.Category.CRASHED, "the engine failed: " + said(e), e);
            }
            waiting.end(end);
            batch.failAll(end);
            if (end.category() == EngineException.Category.CRASHED) {
                failed.complete(end);
                LOGGER.error("the engine failed; it takes no further requests", end);
            }
        } catch (Throwable e) {
            // Opening failed, which the constructor reports, or closing did after everything was answered.
            if (!opened.completeExceptionally(e)) {
                LOGGER.warn("the engine failed while it was closed", e);
            }
        } finally {
            waiting.end(end);
        }
    }

    /** Tells a row of its failure, whatever the row makes of it. */
    static void fail(BatchRow row, EngineException failure) {
        tell(() -> row.fail(failure));
    }

    /** Runs what tells somebody of a failure; that it fails itself must not keep the failure from the others. */
    static void tell(Runnable message) {
        try {
            message.run();
        } catch (Throwable e) {
            LOGGER.warn("a listener failed while it was told that its request had failed", e);
        }
    }

    /** A failure of one request. */
    static EngineException failure(Throwable cause) {
        return cause instanceof EngineException known
                ? known
                : new EngineException(EngineException.Category.FAILED, "the engine failed: " + said(cause), cause);
    }

    /** The end that was asked for. */
    static EngineException closed() {
        return new EngineException(EngineException.Category.FAILED, "the engine was closed");
    }

    /** The message alone of an exception that was worded for a reader; of any other its kind too. */
    private static String said(Throwable cause) {
        return cause instanceof EngineException ? String.valueOf(cause.getMessage()) : cause.toString();
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(EngineException.Category.FAILED, "interrupted while waiting for the engine", e);
        }
    }
}
