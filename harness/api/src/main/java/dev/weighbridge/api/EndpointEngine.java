package dev.weighbridge.api;

import java.util.List;
import java.util.OptionalLong;

/** An engine that can be reached over the network, as a load generator does. */
public interface EndpointEngine extends Engine {
    /** Where it is reached, and how. */
    Endpoint endpoint();

    /** Process that computes, where it runs on this machine, for telemetry. */
    OptionalLong processId();

    /** All processes on this machine that serve its answers, for telemetry: the one that computes and those that stand before it. */
    default List<Long> processes() {
        return processId().stream().boxed().toList();
    }

    /**
     * Path of its metrics in Prometheus' text format, or their whole address where another port has them; tried once, and left
     * alone where nothing answers.
     */
    default String metricsPath() {
        return "/metrics";
    }

    /**
     * Makes sure that the engine has not ended since it was opened; one that cannot tell returns.
     *
     * @throws EngineException of category CRASHED, with the reason, when it has
     */
    default void requireRunning() {}
}
