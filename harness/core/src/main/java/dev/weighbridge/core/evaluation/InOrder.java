package dev.weighbridge.core.evaluation;

import java.util.ArrayDeque;
import java.util.concurrent.Callable;
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
final class InOrder<T> implements AutoCloseable {
    private static final int AHEAD = 8;
    private static final int LEAST_AHEAD = 64;

    private final ExecutorService pool;
    private final Consumer<? super T> sink;
    private final int most;
    private final ArrayDeque<Future<T>> open = new ArrayDeque<>();
    private @Nullable Throwable failure;

    /**
     * Work on that many threads.
     *
     * @param sink gets the results on the thread that adds and finishes
     */
    InOrder(int threads, Consumer<? super T> sink) {
        this.pool = Executors.newFixedThreadPool(threads);
        this.sink = sink;
        this.most = Math.max(LEAST_AHEAD, AHEAD * threads);
    }

    /** Adds a piece of work. After the first one that throws nothing more is begun. */
    void add(Callable<T> work) {
        if (open.size() >= most) {
            handOver();
        }
        if (failure == null) {
            open.add(pool.submit(work));
        }
    }

    /**
     * Waits for all that was added. After a throw only what is done by then is handed over.
     *
     * @throws ExecutionException with what the first piece threw that did
     */
    void finish() throws InterruptedException, ExecutionException {
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
        if (failure != null && !oldest.isDone()) {
            return;
        }
        try {
            sink.accept(oldest.get());
        } catch (ExecutionException e) {
            failure = failure == null ? e.getCause() : failure;
        } catch (InterruptedException e) {
            failure = e;
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
