package dev.weighbridge.results;

/**
 * What a trial put a variant through.
 *
 * @param kind of work
 * @param name of the load scenario, {@code parity} or {@code evaluation}
 */
public record Workload(Kind kind, String name) {
    /** Kinds of work, in the order in which a variant goes through them. */
    public enum Kind {
        PARITY,
        EVALUATION,
        LOAD_OPEN,
        LOAD_CLOSED;

        public boolean load() {
            return this == LOAD_OPEN || this == LOAD_CLOSED;
        }
    }
}
