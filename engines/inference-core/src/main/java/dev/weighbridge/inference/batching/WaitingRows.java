package dev.weighbridge.inference.batching;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.backend.DecoderSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sequences and exclusive work that wait for the scheduler's thread, in the order of their arrival. */
final class WaitingRows {
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting> rows = new ArrayDeque<>();
    private final Deque<Exclusive> work = new ArrayDeque<>();
    private volatile boolean closed;
    private @Nullable EngineException broken;

    /** Read without the lock on every step; it only ever misses what arrived a moment ago. */
    private volatile boolean somethingWaits;

    WaitingRows(int most) {
        this.most = most;
    }

    private record Waiting(BatchRow row, long sinceNanos) {}

    private record Exclusive(Consumer<DecoderSession> work, Consumer<Throwable> refused) {}

    /** How many rows wait. */
    int size() {
        lock.lock();
        try {
            return rows.size();
        } finally {
            lock.unlock();
        }
    }

    void add(BatchRow row) {
        lock.lock();
        try {
            requireOpen();
            if (rows.size() >= most) {
                removeCancelled();
            }
            if (rows.size() >= most) {
                throw new QueueFullException(rows.size());
            }
            rows.add(new Waiting(row, System.nanoTime()));
            somethingWaits = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void add(Consumer<DecoderSession> exclusive, Consumer<Throwable> refused) {
        lock.lock();
        try {
            requireOpen();
            work.add(new Exclusive(exclusive, refused));
            somethingWaits = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there is something to do: rows are running, exclusive work waits, or the policy lets waiting rows start.
     *
     * @return false when the scheduler was closed
     */
    boolean awaitWork(AdmissionPolicy policy, int running) {
        if (running > 0 && !somethingWaits) {
            return !closed;
        }
        lock.lock();
        try {
            while (!closed && running == 0 && work.isEmpty()) {
                long nanos = rows.isEmpty() ? Long.MAX_VALUE : startsIn(policy);
                if (nanos <= 0) {
                    break;
                }
                if (nanos == Long.MAX_VALUE) {
                    changed.awaitUninterruptibly();
                } else {
                    awaitNanos(nanos);
                }
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Runs what waits, each taken off only as it begins: what an error leaves undone is refused by {@link #end}. */
    void runExclusiveWork(DecoderSession session) {
        if (!somethingWaits) {
            return;
        }
        int waiting;
        lock.lock();
        try {
            waiting = work.size();
        } finally {
            lock.unlock();
        }
        for (int done = 0; done < waiting; done++) {
            Exclusive next = nextWork();
            if (next != null) {
                next.work().accept(session);
            }
        }
    }

    private @Nullable Exclusive nextWork() {
        lock.lock();
        try {
            Exclusive next = work.poll();
            somethingWaits = !rows.isEmpty() || !work.isEmpty();
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** The next row that is still wanted, or {@code null} when none waits. */
    @Nullable
    BatchRow poll() {
        if (!somethingWaits) {
            return null;
        }
        lock.lock();
        try {
            Waiting next = rows.poll();
            while (next != null && next.row().cancelled()) {
                next = rows.poll();
            }
            somethingWaits = !rows.isEmpty() || !work.isEmpty();
            return next == null ? null : next.row();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the policy lets the waiting rows start a batch now. */
    boolean mayStart(AdmissionPolicy policy) {
        lock.lock();
        try {
            return !rows.isEmpty() && startsIn(policy) <= 0;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses everything that waits and everything that comes; the first call says why. */
    void end(EngineException cause) {
        List<Waiting> left;
        List<Exclusive> leftWork;
        lock.lock();
        try {
            closed = true;
            broken = broken == null ? cause : broken;
            left = new ArrayList<>(rows);
            rows.clear();
            leftWork = new ArrayList<>(work);
            work.clear();
        } finally {
            lock.unlock();
        }
        left.forEach(waiting -> BatchScheduler.fail(waiting.row(), cause));
        leftWork.forEach(
                exclusive -> BatchScheduler.tell(() -> exclusive.refused().accept(cause)));
    }

    private void requireOpen() {
        if (closed) {
            throw broken == null ? BatchScheduler.closed() : broken;
        }
    }

    private void removeCancelled() {
        rows.removeIf(waiting -> waiting.row().cancelled());
    }

    private long startsIn(AdmissionPolicy policy) {
        removeCancelled();
        Waiting oldest = rows.peek();
        return oldest == null
                ? Long.MAX_VALUE
                : policy.nanosUntilStart(rows.size(), System.nanoTime() - oldest.sinceNanos());
    }

    @SuppressWarnings("WaitNotInLoop") // The loop is the caller's, awaitWork.
    private void awaitNanos(long nanos) {
        try {
            changed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but to end it, which close() does in order.
            closed = true;
        }
    }
}
