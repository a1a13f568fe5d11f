package dev.weighbridge.interchange;

import dev.weighbridge.analysis.load.RequestLatency;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The requests of the steady window of a trial, with the latencies as most other tools define them: from when a request was sent, to
 * the last chunk with output.
 *
 * @param requests that belong to the window by their intended time, without those whose client hung up as planned
 * @param seconds length of the window
 */
record ExportedLoad(List<RequestTiming> requests, double seconds) {
    static final double NANOS = 1e9;

    static ExportedLoad read(RunDirectory run, Trial trial) {
        Circumstances circumstances = trial.circumstances();
        if (circumstances == null) {
            throw new IllegalArgumentException("trial " + trial.id() + " is no load trial");
        }
        long start = circumstances.steadyStartNanos();
        long end = circumstances.steadyEndNanos();
        List<RequestTiming> requests = run.requests(trial.id()).stream()
                .filter(request -> request.intendedNanos() >= start && request.intendedNanos() < end)
                .filter(request -> !request.wasHungUp())
                .sorted((a, b) -> Long.compare(a.intendedNanos(), b.intendedNanos()))
                .toList();
        return new ExportedLoad(requests, (end - start) / NANOS);
    }

    List<RequestTiming> completed() {
        return requests.stream().filter(RequestLatency::completed).toList();
    }

    /** Time to the first token in seconds. */
    static double ttft(RequestTiming request) {
        return RequestLatency.ttftService(request) / NANOS;
    }

    /** End-to-end latency in seconds. */
    static double latency(RequestTiming request) {
        return (request.chunkNanos()[request.chunkNanos().length - 1] - request.sentNanos()) / NANOS;
    }

    /** Time after the first token over the tokens after it, in seconds; NaN for an answer of one token. */
    static double tpot(RequestTiming request) {
        int tokens = RequestLatency.outputTokens(request);
        return tokens < 2 ? Double.NaN : (latency(request) - ttft(request)) / (tokens - 1);
    }

    /** Gaps between chunks in seconds. */
    static double[] gaps(RequestTiming request) {
        long[] chunks = request.chunkNanos();
        double[] gaps = new double[chunks.length - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = (chunks[i + 1] - chunks[i]) / NANOS;
        }
        return gaps;
    }

    /** A figure of each completed request, but for those that have none. */
    Spread spread(ToDoubleFunction<RequestTiming> figure) {
        return Spread.of(completed().stream()
                .mapToDouble(figure)
                .filter(value -> !Double.isNaN(value))
                .toArray());
    }

    /** All gaps between chunks. */
    Spread gaps() {
        return Spread.of(completed().stream()
                .flatMapToDouble(request -> Arrays.stream(gaps(request)))
                .toArray());
    }
}
