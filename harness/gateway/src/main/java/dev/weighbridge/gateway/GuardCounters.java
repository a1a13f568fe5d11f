package dev.weighbridge.gateway;

import dev.weighbridge.gateway.guard.Side;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Counts what guards did. */
final class GuardCounters {
    private static final long LONGEST_MICROS = 3_600_000_000L;
    private static final int DIGITS = 3;

    private final Map<String, Map<String, Long>> blocked = new TreeMap<>();
    private final Map<String, Map<String, Long>> masked = new TreeMap<>();
    private final Map<String, Map<String, Long>> failed = new TreeMap<>();
    private final Histogram micros = new Histogram(LONGEST_MICROS, DIGITS);

    synchronized void blocked(String guard, Side side) {
        count(blocked, guard, side);
    }

    synchronized void masked(String guard, Side side) {
        count(masked, guard, side);
    }

    synchronized void failed(String guard, Side side) {
        count(failed, guard, side);
    }

    synchronized void spent(long nanos) {
        micros.recordValue(Math.max(0, Math.min(LONGEST_MICROS, nanos / 1_000)));
    }

    /** Counts by guard and side, and the distribution of the time that each call spent in guards, in microseconds. */
    synchronized Map<String, Object> toMap() {
        Map<String, Object> time = new LinkedHashMap<>();
        time.put("calls", micros.getTotalCount());
        if (micros.getTotalCount() > 0) {
            time.put("mean", micros.getMean());
            time.put("p50", micros.getValueAtPercentile(50));
            time.put("p90", micros.getValueAtPercentile(90));
            time.put("p99", micros.getValueAtPercentile(99));
            time.put("p99_9", micros.getValueAtPercentile(99.9));
            time.put("max", micros.getMaxValue());
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("blocked", copy(blocked));
        all.put("masked", copy(masked));
        all.put("failed", copy(failed));
        all.put("guard_time_us", time);
        return all;
    }

    private static void count(Map<String, Map<String, Long>> counts, String guard, Side side) {
        counts.computeIfAbsent(guard, key -> new TreeMap<>()).merge(side.id(), 1L, Long::sum);
    }

    private static Map<String, Map<String, Long>> copy(Map<String, Map<String, Long>> counts) {
        Map<String, Map<String, Long>> copy = new TreeMap<>();
        counts.forEach((guard, sides) -> copy.put(guard, new TreeMap<>(sides)));
        return copy;
    }
}
