package dev.weighbridge.api;

/** Whether an engine can run here. */
public sealed interface Availability {

    /**
     * The engine can run.
     *
     * @param version of the engine's own library, read from that library, for example {@code 1.29.0}
     */
    record Available(String version) implements Availability {}

    /**
     * The engine cannot run.
     *
     * @param reason what is missing
     * @param remedy what the user can do about it
     */
    record Unavailable(String reason, String remedy) implements Availability {}
}
