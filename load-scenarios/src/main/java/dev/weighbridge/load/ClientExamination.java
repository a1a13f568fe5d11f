package dev.weighbridge.load;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.ClientErrors;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.PromptSource;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.api.load.Workload;
import dev.weighbridge.load.calibration.NullStreamingServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;

/** Holds the client's stamps against those of a server in the same process, and so in the same clock. */
final class ClientExamination {
    private static final int TOKENS = 16;
    private static final Duration TO_FIRST = Duration.ofMillis(20);
    private static final Duration GAP = Duration.ofMillis(5);

    private final LoadGenerator generator;

    ClientExamination(LoadGenerator generator) {
        this.generator = generator;
    }

    ClientErrors measure(Duration budget, double streamsPerSecond) {
        Map<Integer, long[]> written = new ConcurrentHashMap<>();
        List<RequestTiming> requests = new ArrayList<>();
        Duration warmUp = budget.dividedBy(3);
        LoadScenario scenario = new LoadScenario(
                "client-errors",
                new Poisson(streamsPerSecond),
                warmUp,
                budget.minus(warmUp),
                Duration.ofSeconds(10),
                Workload.of(new Numbers(), new TokenLength.AtMost(TOKENS), 1),
                1,
                false,
                false);
        long origin;
        try (NullStreamingServer server = NullStreamingServer.start(
                TOKENS,
                TO_FIRST,
                GAP,
                (prompt, chunk, nanos) -> written.computeIfAbsent(prompt, number -> new long[TOKENS])[chunk] = nanos)) {
            origin = generator
                    .run(Endpoint.of(server.endpoint(), "null"), scenario, null, requests::add)
                    .originNanos();
        }
        requests.removeIf(request -> request.intendedNanos() < warmUp.toNanos()
                || request.outcome() != Outcome.COMPLETED
                || request.chunkNanos().length != TOKENS
                || !written.containsKey(request.promptIndex()));
        return compared(requests, written, origin, streamsPerSecond);
    }

    /** Prompts that are their own numbers. */
    private static final class Numbers implements PromptSource {
        @Override
        public String prompt(int number) {
            return Integer.toString(number);
        }

        @Override
        public int size() {
            return Integer.MAX_VALUE;
        }
    }

    private static ClientErrors compared(
            List<RequestTiming> requests, Map<Integer, long[]> written, long origin, double streamsPerSecond) {
        if (requests.isEmpty()) {
            throw new IllegalStateException(
                    "no answer of the client's own server was whole. Check that connections to 127.0.0.1 are allowed");
        }
        long[] ttft = new long[requests.size()];
        long[] start = new long[requests.size()];
        LongStream.Builder gaps = LongStream.builder();
        for (int i = 0; i < ttft.length; i++) {
            RequestTiming request = requests.get(i);
            long[] server = written.getOrDefault(request.promptIndex(), new long[TOKENS]);
            ttft[i] = request.chunkNanos()[0] + origin - server[0];
            start[i] = request.sentNanos() - request.intendedNanos();
            for (int chunk = 1; chunk < TOKENS; chunk++) {
                long seen = request.chunkNanos()[chunk] - request.chunkNanos()[chunk - 1];
                gaps.add(Math.abs(seen - (server[chunk] - server[chunk - 1])));
            }
        }
        return new ClientErrors(
                requests.size(),
                streamsPerSecond,
                rank(ttft, 0.5),
                rank(ttft, 0.99),
                rank(gaps.build().toArray(), 0.99),
                rank(start, 0.5),
                rank(start, 0.99));
    }

    private static long rank(long[] values, double share) {
        long[] sorted = LongStream.of(values).sorted().toArray();
        return sorted[(int) Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
    }
}
