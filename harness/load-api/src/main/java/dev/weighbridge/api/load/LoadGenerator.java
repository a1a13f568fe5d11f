package dev.weighbridge.api.load;

import dev.weighbridge.api.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Offers a scenario to an endpoint and hands back every request's raw facts. Found through {@link java.util.ServiceLoader}. */
public interface LoadGenerator {
    /** Name and version for the record, for example {@code gatling 3.15.1}. */
    String description();

    /**
     * Runs the scenario to its end, drain included.
     *
     * @param endpoint that takes the requests
     * @param scenario to run
     * @param localReport folder for the generator's own report, which stays on this machine and is never published; {@code
     *     null} for none
     * @param sink receives every request once, in order of completion, from any thread but never two at once
     * @return clock facts of the run
     */
    LoadRun run(Endpoint endpoint, LoadScenario scenario, @Nullable Path localReport, Sink sink);

    /**
     * Measures what this client could do at most on this machine, against a null streaming server of its own, while busy
     * threads take from it what an engine on the same machine would.
     *
     * @param budget wall time to spend on it; longer is steadier, two seconds are enough to judge a run by
     * @param serverThreads busy threads that run beside the client: those that the engine computes with on this machine; 0
     *     for an engine elsewhere
     * @return requests and events a second that no run should come near
     */
    Ceiling calibrate(Duration budget, int serverThreads);

    /**
     * Measures how far this client's stamps are off on this machine, against a streaming server of its own that notes when it wrote
     * each chunk.
     *
     * @param budget wall time to spend on it
     * @param streamsPerSecond requests a second, each with a stream of chunks
     */
    ClientErrors errors(Duration budget, double streamsPerSecond);

    /** Takes each request's facts as it ends. */
    @FunctionalInterface
    interface Sink {
        void accept(RequestTiming timing);
    }

    /**
     * Facts of a finished run.
     *
     * @param scheduledRequests how many the schedule held (open loop) or were started (closed loop)
     * @param originNanos the run's start in the clock of {@link System#nanoTime}
     * @param steadyStartNanos start of the steady window, relative to the run's start
     * @param steadyEndNanos end of the steady window, relative to the run's start
     */
    record LoadRun(int scheduledRequests, long originNanos, long steadyStartNanos, long steadyEndNanos) {}
}
