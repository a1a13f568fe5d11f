package dev.weighbridge.analysis.load;

import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Manifest.Objectives;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The latencies of one request, in nanoseconds, as the metric definitions state them. */
public final class RequestLatency {
    private static final double NANOS_PER_MILLI = 1e6;

    private RequestLatency() {}

    /** Whether it has latencies. */
    public static boolean completed(RequestTiming request) {
        return request.outcome() == Outcome.COMPLETED && request.chunkNanos().length > 0;
    }

    /** {@code ttft} = t1 − intended. */
    static long ttft(RequestTiming request) {
        return request.chunkNanos()[0] - request.intendedNanos();
    }

    /** {@code ttft_service} = t1 − sent. */
    public static long ttftService(RequestTiming request) {
        return request.chunkNanos()[0] - request.sentNanos();
    }

    /** {@code e2e} = tk − intended. */
    static long e2e(RequestTiming request) {
        return last(request) - request.intendedNanos();
    }

    /** {@code output_tokens}: the server's usage where given, else our tokenizer's count, else the tokens of the chunks. */
    public static int outputTokens(RequestTiming request) {
        if (request.outputTokens() >= 0) {
            return request.outputTokens();
        }
        Integer counted = request.countedTokens();
        return counted == null ? chunkTokens(request) : counted;
    }

    static int chunkTokens(RequestTiming request) {
        int tokens = 0;
        for (int chunk : request.chunkTokens()) {
            tokens += chunk;
        }
        return tokens;
    }

    /** {@code tpot} = (tk − t1) / (output tokens − tokens in the first chunk); absent when nothing follows the first chunk. */
    static OptionalDouble tpot(RequestTiming request) {
        int following = outputTokens(request) - request.chunkTokens()[0];
        if (request.chunkNanos().length < 2 || following < 1) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of((double) (last(request) - request.chunkNanos()[0]) / following);
    }

    /** Adds {@code itl}: gaps between chunks, each divided by the later chunk's tokens and counted once a token. */
    static void addInterTokenLatencies(RequestTiming request, LatencyDistribution distribution) {
        long[] times = request.chunkNanos();
        for (int i = 1; i < times.length; i++) {
            int tokens = Math.max(1, request.chunkTokens()[i]);
            for (int token = 0; token < tokens; token++) {
                distribution.add((times[i] - times[i - 1]) / tokens);
            }
        }
    }

    /**
     * Whether the request met every objective; one that did not complete never does. An answer of several tokens that came in
     * one chunk has no TPOT, and cannot show that it met an objective on it: its end-to-end time over its tokens stands in,
     * which is never below the true one. An answer of a single token has nothing to hold to it.
     */
    static boolean good(RequestTiming request, Objectives objectives) {
        return completed(request)
                && within((double) ttft(request), objectives.ttftMillis())
                && within((double) e2e(request), objectives.e2eMillis())
                && within(tpot(request).orElseGet(() -> boundOnTpot(request)), objectives.tpotMillis());
    }

    private static double boundOnTpot(RequestTiming request) {
        int tokens = outputTokens(request);
        return tokens <= 1 ? 0 : (double) e2e(request) / (tokens - 1);
    }

    private static boolean within(double nanos, @Nullable Double limitMillis) {
        return limitMillis == null || nanos <= limitMillis * NANOS_PER_MILLI;
    }

    private static long last(RequestTiming request) {
        return request.chunkNanos()[request.chunkNanos().length - 1];
    }
}
