package dev.weighbridge.inference;

/** Gives up an answer that is being generated. */
@FunctionalInterface
public interface Cancellation {
    /** The row is freed at the next step; the listener hears nothing more. Cancelling twice, or too late, has no effect. */
    void cancel();
}
