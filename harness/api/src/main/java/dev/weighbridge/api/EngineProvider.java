package dev.weighbridge.api;

import java.util.Optional;

/**
 * Names an engine, says whether it can run here, and opens it. Found through {@link java.util.ServiceLoader}.
 *
 * @implSpec Constructing a provider, {@link #id}, {@link #capabilities} and {@link #probe} load no native library into the
 *     calling process and touch no network.
 */
public interface EngineProvider {
    /** A kebab-case name, unique among all providers, for example {@code onnxruntime}. */
    String id();

    EngineCapabilities capabilities();

    /** What a study may leave out of an engine that is a server; empty for engines that run the checkpoint themselves. */
    default Optional<ServerConventions> servers() {
        return Optional.empty();
    }

    /** Whether {@link #open} can be expected to work here. */
    Availability probe();

    /**
     * Starts the engine with one model and blocks until it answers.
     *
     * @throws EngineException when it cannot be started; nothing is left running then
     */
    Engine open(EngineSpec spec);
}
