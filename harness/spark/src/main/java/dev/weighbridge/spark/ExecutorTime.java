package dev.weighbridge.spark;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * How long executors were held, busy or not, which is what a cluster charges for: the sum over executors of the time from the
 * start of the evaluation, or from when it came, to when it went, or to the end. The driver is none of them but in local mode.
 */
final class ExecutorTime extends SparkListener {
    private final Map<String, Long> held = new HashMap<>();
    private long spentMillis;

    /** Notes an executor that is there at a time, in milliseconds of the epoch; one that is known already stays as it is. */
    synchronized void added(String executor, long millis) {
        held.putIfAbsent(executor, millis);
    }

    /** Notes that an executor went; one that is not known is passed over. */
    synchronized void removed(String executor, long millis) {
        Long since = held.remove(executor);
        if (since != null) {
            spentMillis += Math.max(0, millis - since);
        }
    }

    /** Executor-seconds up to a time in milliseconds of the epoch. */
    synchronized double seconds(long millis) {
        long running = held.values().stream()
                .mapToLong(since -> Math.max(0, millis - since))
                .sum();
        return (spentMillis + running) / 1e3;
    }

    @Override
    public void onExecutorAdded(SparkListenerExecutorAdded event) {
        added(event.executorId(), event.time());
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
        removed(event.executorId(), event.time());
    }
}
