package dev.weighbridge.analysis.load;

import dev.weighbridge.api.load.RequestTiming;
import java.util.Arrays;

/** How many requests were in flight over the steady window, at its edges and at equal distances between them. */
final class RequestsInFlight {
    private static final int INTERVALS = 64;
    private static final int QUARTER = INTERVALS / 4;

    private final Window window;
    /** How many more there are at a moment than at the one before. */
    private final long[] change = new long[INTERVALS + 2];

    RequestsInFlight(Window window) {
        this.window = window;
    }

    /** A request is in flight from the moment at which it was to be sent to its end. */
    void add(RequestTiming request) {
        int first = Math.max(0, moment(request.intendedNanos()) + 1);
        int last = Math.min(INTERVALS, moment(request.endNanos()));
        if (first <= last) {
            change[first]++;
            change[last + 1]--;
        }
    }

    /** The last moment that is not after a time. */
    private int moment(long nanos) {
        double place = (double) (nanos - window.startNanos()) / window.nanos() * INTERVALS;
        return (int) Math.floor(Math.max(-1, Math.min(INTERVALS, place)));
    }

    /**
     * Whether the queue grew to the end: at no moment of the last quarter were there as few as there were at most in the first.
     * A queue that fills and empties as chance has it does not look so, however many happen to be in flight at the end.
     */
    boolean grew() {
        long[] inFlight = change.clone();
        Arrays.parallelPrefix(inFlight, Long::sum);
        long most = Arrays.stream(inFlight, 0, QUARTER + 1).max().orElse(0);
        long fewest = Arrays.stream(inFlight, INTERVALS - QUARTER, INTERVALS + 1)
                .min()
                .orElse(0);
        return fewest > most;
    }
}
