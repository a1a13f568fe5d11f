package dev.weighbridge.core.evaluation;

import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does pieces of work on several threads and hands over what comes of them in the order in which they were added. Only so much
 * is begun ahead of the oldest piece that is open that memory stays bounded, however much there is to do.
 */
public final class InOrder<T> implements AutoCloseable {
    private static final int AHEAD = 8;
    private static final int LEAST_AHEAD = 64;

    private final ExecutorService pool;
    private final Consumer<? super T> sink;
    private final int most;
    private final ArrayDeque<Future<T>> open = new ArrayDeque<>();
    private volatile boolean stopped;
    private @Nullable Throwable failure;

    /**
     * Work on that many threads.
     *
     * @param sink gets the results on the thread that adds and finishes
     */
    public InOrder(int threads, Consumer<? super T> sink) {
        this.pool = Executors.newFixedThreadPool(threads);
        this.sink = sink;
        this.most = Math.max(LEAST_AHEAD, AHEAD * threads);
    }

    /** Adds a piece of work. After the first one that throws nothing more is begun. */
    public void add(Callable<T> work) {
        while (open.size() >= most || (!open.isEmpty() && open.element().isDone())) {
            handOver();
        }
        if (failure == null) {
            open.add(pool.submit(() -> done(work)));
        }
    }

    /** What was begun before a throw is ended; what only waited for its turn is not begun. */
    private T done(Callable<T> work) throws Exception {
        if (stopped) {
            throw new CancellationException();
        }
        boolean good = false;
        try {
            T result = work.call();
            good = true;
            return result;
        } finally {
            if (!good) {
                stopped = true;
            }
        }
    }

    /**
     * Waits for all that was begun and hands it over, also what was begun before a throw.
     *
     * @throws ExecutionException with what the first piece threw that did
     */
    public void finish() throws InterruptedException, ExecutionException {
        while (!open.isEmpty()) {
            handOver();
        }
        if (failure instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (failure != null) {
            throw new ExecutionException(failure);
        }
    }

    private void handOver() {
        Future<T> oldest = open.remove();
        try {
            sink.accept(oldest.get());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof CancellationException)) {
                failure = failure == null ? e.getCause() : failure;
            }
        } catch (InterruptedException e) {
            failure = e;
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
