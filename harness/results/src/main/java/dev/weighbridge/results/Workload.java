package dev.weighbridge.results;

import org.jspecify.annotations.Nullable;

/**
 * What a trial put a variant through.
 *
 * @param kind of work
 * @param name of the load scenario, {@code parity}, {@code evaluation}, {@code saturation}, {@code capacity} or
 *     {@code evaluation-under-load}
 * @param offeredRate requests a second of a probe of the capacity search, and of the load beside which questions are asked;
 *     {@code null} otherwise
 */
public record Workload(Kind kind, String name, @Nullable Double offeredRate) {
    /** Kinds of work, in the order in which a variant goes through them. */
    public enum Kind {
        PARITY,
        EVALUATION,
        LOAD_OPEN,
        LOAD_CLOSED,
        /** A closed loop of many users: the most that a variant does, whatever its latency. */
        SATURATION,
        /** One probe of the capacity search. */
        CAPACITY,
        /** Questions of the evaluation once more, beside a load at the capacity. */
        EVALUATION_UNDER_LOAD;

        /** Whether its requests are what is measured. */
        public boolean load() {
            return this != PARITY && this != EVALUATION && this != EVALUATION_UNDER_LOAD;
        }
    }

    public Workload(Kind kind, String name) {
        this(kind, name, null);
    }
}
