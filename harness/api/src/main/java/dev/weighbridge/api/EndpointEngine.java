package dev.weighbridge.api;

import java.net.URI;
import java.util.OptionalLong;

/** An engine that can be reached over HTTP by its OpenAI-compatible interface. */
public interface EndpointEngine extends Engine {
    /** Base address without a path, for example {@code http://127.0.0.1:8090}. */
    URI endpoint();

    /** Process that computes, where it runs on this machine, for telemetry. */
    OptionalLong processId();

    /**
     * Makes sure that the engine has not ended since it was opened; one that cannot tell returns.
     *
     * @throws EngineException of category CRASHED, with the reason, when it has
     */
    default void requireRunning() {}
}
