package dev.weighbridge.analysis.load;

import dev.weighbridge.results.Circumstances;

/**
 * A span of a run's clock, start included, end not.
 *
 * @param startNanos relative to the run's start
 * @param endNanos relative to the run's start; after the start
 */
public record Window(long startNanos, long endNanos) {
    private static final double NANOS_PER_SECOND = 1e9;

    public Window {
        if (endNanos <= startNanos) {
            throw new IllegalArgumentException(
                    "steady window must be longer than 0, got: " + startNanos + " to " + endNanos);
        }
    }

    /** The steady window of a trial. */
    static Window of(Circumstances circumstances) {
        return new Window(circumstances.steadyStartNanos(), circumstances.steadyEndNanos());
    }

    boolean contains(long nanos) {
        return nanos >= startNanos && nanos < endNanos;
    }

    long nanos() {
        return endNanos - startNanos;
    }

    double seconds() {
        return nanos() / NANOS_PER_SECOND;
    }
}
