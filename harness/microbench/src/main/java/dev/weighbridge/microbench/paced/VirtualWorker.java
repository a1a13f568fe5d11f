package dev.weighbridge.microbench.paced;

/**
 * A worker that computes nothing and serves one request after the other, in the order of their reservations, each for exactly
 * as long. All times are set when a request is reserved and none when a thread wakes up, so that its capacity is one request
 * in each service time however late the threads around it are.
 */
final class VirtualWorker {
    private final long serviceNanos;
    private long freeAt;
    private boolean used;

    /** @param serviceNanos that each request takes; at least 1 */
    VirtualWorker(long serviceNanos) {
        if (serviceNanos < 1) {
            throw new IllegalArgumentException("a service takes at least 1 ns, got: " + serviceNanos);
        }
        this.serviceNanos = serviceNanos;
    }

    /**
     * Takes in a request.
     *
     * @param now of a monotonic clock, which may be negative
     */
    synchronized Service reserve(long now) {
        long start = used && freeAt - now > 0 ? freeAt : now;
        used = true;
        freeAt = start + serviceNanos;
        return new Service(start, serviceNanos);
    }

    /**
     * The time in which one request is served.
     *
     * @param startNanos in the clock of {@link #reserve}
     * @param nanos that it lasts
     */
    record Service(long startNanos, long nanos) {
        /**
         * When a token is due; they are evenly spaced, and the last one comes at the end.
         *
         * @param token from 1
         * @param tokens of the answer
         */
        long due(int token, int tokens) {
            return startNanos + Math.round((double) nanos * token / tokens);
        }

        /** How many tokens are due by now. */
        int dueBy(long now, int tokens) {
            int due = (int) Math.max(0, Math.min(tokens, (double) (now - startNanos) * tokens / nanos));
            // Rounding may be one off on either side.
            while (due < tokens && due(due + 1, tokens) - now <= 0) {
                due++;
            }
            while (due > 0 && due(due, tokens) - now > 0) {
                due--;
            }
            return due;
        }
    }
}
