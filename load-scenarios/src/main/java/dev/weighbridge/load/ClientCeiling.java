package dev.weighbridge.load;

import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.Closed;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.PromptSource;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.api.load.Workload;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's self-calibration: closed loops against a null streaming server, once with answers of one chunk for
 * requests a second and once with long answers, each chunk written on its own, for events a second. The null server
 * runs in this JVM and takes its share of the processor, and so do busy threads in place of the engine. Both figures are
 * lower bounds and a verdict from them errs on the strict side.
 */
final class ClientCeiling {
    private static final Logger LOG = LoggerFactory.getLogger(ClientCeiling.class);
    private static final int USERS = 32;
    private static final int LONG_ANSWER = 32;
    /** Short enough to be always overdue: each chunk is a write of its own, as soon as the server gets to it. */
    private static final Duration CHUNK_BY_CHUNK = Duration.ofNanos(1);

    private static final int ATTEMPTS = 4;

    private static final Duration LEAST_BUDGET = Duration.ofMillis(400);

    private final LoopRun loops;

    /** Runs a closed loop against a null server whose answers have {@code tokens} chunks with that gap between them. */
    interface LoopRun {
        void run(int tokens, Duration gap, LoadScenario scenario, LoadGenerator.Sink sink);
    }

    ClientCeiling(LoopRun loops) {
        this.loops = loops;
    }

    /**
     * Measures for about the given time, half of it for each figure and half of that as warm-up.
     *
     * @param serverThreads busy threads beside the client
     * @throws IllegalArgumentException below 0.4 s, where nothing but cold code would be measured, or below 0 threads
     */
    Ceiling measure(Duration budget, int serverThreads) {
        if (serverThreads < 0) {
            throw new IllegalArgumentException(
                    "a calibration needs 0 or more threads in place of the server, got: " + serverThreads);
        }
        if (budget.compareTo(LEAST_BUDGET) < 0) {
            throw new IllegalArgumentException(
                    "a calibration needs at least " + LEAST_BUDGET + " to mean anything, got: " + budget);
        }
        try (BusyThreads engine = BusyThreads.start(serverThreads)) {
            LOG.debug(
                    "measuring the client's ceiling beside {} busy threads",
                    engine.threads().size());
            return measure(budget.dividedBy(4));
        }
    }

    private Ceiling measure(Duration shortest) {
        Duration part = shortest;
        // The chunks come first, since their run also warms up the code that the requests need.
        Counts longAnswers = measure(LONG_ANSWER, CHUNK_BY_CHUNK, part);
        for (int attempt = 1; longAnswers.isEmpty() && attempt < ATTEMPTS; attempt++) {
            // Cold code on a busy machine may answer nothing in a short window; the next one is warmer and twice as
            // long.
            part = part.multipliedBy(2);
            longAnswers = measure(LONG_ANSWER, CHUNK_BY_CHUNK, part);
        }
        Counts shortAnswers = measure(1, Duration.ZERO, part);
        requireAnswers(longAnswers);
        requireAnswers(shortAnswers);
        double seconds = part.toNanos() / 1e9;
        return new Ceiling(shortAnswers.requests / seconds, longAnswers.events / seconds);
    }

    private Counts measure(int tokens, Duration gap, Duration part) {
        LoadScenario scenario = new LoadScenario(
                "client-ceiling",
                new Closed(USERS),
                part,
                part,
                Duration.ofSeconds(10),
                Workload.of(PromptSource.of(List.of("calibration")), new TokenLength.AtMost(tokens), 1),
                1,
                true,
                false);
        Counts counts = new Counts(part.toNanos(), part.toNanos() * 2);
        loops.run(tokens, gap, scenario, counts::add);
        return counts;
    }

    private static void requireAnswers(Counts counts) {
        if (counts.isEmpty()) {
            throw new IllegalStateException("calibration got too few answers from its own server; last outcome: "
                    + counts.lastOutcome + ". Check that connections to 127.0.0.1 are allowed, or give it more time");
        }
    }

    /** What completed inside the steady window. */
    private static final class Counts {
        private final long start;
        private final long end;
        private long requests;
        private long events;
        private Outcome lastOutcome = Outcome.CANCELLED;

        Counts(long start, long end) {
            this.start = start;
            this.end = end;
        }

        boolean isEmpty() {
            return requests == 0 || events == 0;
        }

        void add(RequestTiming timing) {
            lastOutcome = timing.outcome();
            if (timing.outcome() != Outcome.COMPLETED) {
                return;
            }
            requests += isInside(timing.endNanos()) ? 1 : 0;
            for (long read : timing.chunkNanos()) {
                events += isInside(read) ? 1 : 0;
            }
        }

        private boolean isInside(long nanos) {
            return nanos >= start && nanos < end;
        }
    }
}
