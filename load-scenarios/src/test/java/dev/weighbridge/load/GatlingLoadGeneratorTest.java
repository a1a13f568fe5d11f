package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.PromptSource;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.api.load.Workload;
import dev.weighbridge.load.calibration.NullStreamingServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatlingLoadGeneratorTest {
    private static final String QUOTED = "a \"quoted\" \\ caf\u00e9 \uD83D\uDE00\nline";
    private static final Duration TO_FIRST = Duration.ofMillis(20);

    @TempDir
    Path folder;

    @Test
    void isFoundAsAServiceAndNamesItsVersion() {
        assertThat(ServiceLoader.load(LoadGenerator.class))
                .singleElement()
                .isInstanceOf(GatlingLoadGenerator.class)
                .extracting(LoadGenerator::description)
                .isEqualTo("gatling 3.15.1");
    }

    @Test
    void anOpenLoopOffersExactlyTheSeededSchedule() {
        LoadScenario scenario = LoadRuns.poisson(150, 800);
        long[] schedule = new Poisson(150)
                .arrivals(Duration.ofMillis(800), scenario.seed())
                .startNanos();
        try (NullStreamingServer server = NullStreamingServer.start(3, TO_FIRST, Duration.ofMillis(1))) {
            LoadRuns.Result result = LoadRuns.run(server.endpoint(), scenario, folder);

            assertThat(result.run())
                    .isEqualTo(new LoadGenerator.LoadRun(
                            schedule.length, result.run().originNanos(), 200_000_000, 800_000_000));
            List<RequestTiming> timings = result.timings();
            timings.sort(Comparator.comparingInt(RequestTiming::index));
            assertThat(timings).extracting(RequestTiming::intendedNanos).containsExactly(boxed(schedule));
            assertThat(timings).extracting(RequestTiming::outcome).containsOnly(Outcome.COMPLETED);
            assertThat(server.requests()).isEqualTo(schedule.length);
            assertThat(timings).allSatisfy(GatlingLoadGeneratorTest::isConsistent);
        }
    }

    private static void isConsistent(RequestTiming timing) {
        assertThat(timing.httpStatus()).isEqualTo(200);
        assertThat(timing.detail()).isNull();
        assertThat(timing.sentNanos()).isGreaterThanOrEqualTo(timing.intendedNanos());
        assertThat(timing.chunkNanos()).hasSize(3).isSorted();
        assertThat(timing.chunkNanos()[0]).isGreaterThanOrEqualTo(timing.sentNanos() + TO_FIRST.toNanos());
        assertThat(timing.endNanos()).isGreaterThanOrEqualTo(timing.chunkNanos()[2]);
        assertThat(timing.chunkTokens()).containsExactly(1, 1, 1);
        assertThat(timing.promptTokens()).isEqualTo(1);
        assertThat(timing.outputTokens()).isEqualTo(3);
    }

    @Test
    void promptsComeInTheOrderOfTheirSourceAndBeginAgainAtItsEnd() {
        LoadScenario scenario = LoadRuns.scenario(new Poisson(100), 600, Duration.ofSeconds(5), 20);
        try (NullStreamingServer server = NullStreamingServer.start(1, Duration.ZERO, Duration.ZERO)) {
            List<RequestTiming> timings =
                    LoadRuns.run(server.endpoint(), scenario, folder).timings();

            timings.sort(Comparator.comparingInt(RequestTiming::index));
            assertThat(timings).hasSizeGreaterThan(20);
            assertThat(timings)
                    .allSatisfy(timing -> assertThat(timing.promptIndex()).isEqualTo(timing.index() % 20));
        }
    }

    @Test
    void sendsTheRequestThatTheInterfaceDefines() throws Exception {
        LoadScenario scenario = new LoadScenario(
                "short",
                new Poisson(20),
                Duration.ZERO,
                Duration.ofMillis(300),
                Duration.ofSeconds(5),
                Workload.of(PromptSource.of(List.of(QUOTED)), new TokenLength.AtMost(8), 1),
                1,
                true,
                false);
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(ScriptedServer.GOOD))) {
            LoadRuns.Result result = LoadRuns.run(server.endpoint(), scenario, folder);

            assertThat(result.timings()).isNotEmpty().allMatch(timing -> timing.outcome() == Outcome.COMPLETED);
            ScriptedServer.Exchange exchange = server.exchanges().element();
            assertThat(exchange.head())
                    .startsWith("POST /v1/completions HTTP/1.1\r\n")
                    .containsIgnoringCase("content-type: application/json");
            JsonNode body = new ObjectMapper().readTree(exchange.body());
            assertThat(body.path("model").asText()).isEqualTo("demo");
            assertThat(body.path("prompt").asText()).isEqualTo(QUOTED);
            assertThat(body.path("max_tokens").asInt()).isEqualTo(8);
            assertThat(body.has("min_tokens")).as("the model ends the answer").isFalse();
            assertThat(body.has("ignore_eos")).isFalse();
            assertThat(result.timings()).allMatch(timing -> timing.askedTokens() == null);
            assertThat(body.path("temperature").asDouble(-1)).isZero();
            assertThat(body.path("stream").asBoolean()).isTrue();
            assertThat(body.path("stream_options").path("include_usage").asBoolean())
                    .isTrue();
        }
    }

    @Test
    void eachPromptAsksForTheTokensThatWereDrawnForItAndItsRecordKeepsThem() throws Exception {
        TokenLength length = new TokenLength.Uniform(4, 64);
        LoadScenario scenario = LoadRuns.of(length, LoadRuns.poisson(100, 400));
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(ScriptedServer.GOOD))) {
            List<RequestTiming> timings =
                    LoadRuns.run(server.endpoint(), scenario, folder).timings();

            assertThat(timings)
                    .hasSizeGreaterThan(10)
                    .allSatisfy(timing -> assertThat(timing.askedTokens())
                            .isEqualTo(length.tokensOf(timing.promptIndex(), scenario.seed())));
            assertThat(timings).extracting(RequestTiming::askedTokens).doesNotContainNull();
            ObjectMapper json = new ObjectMapper();
            List<String> asked = new ArrayList<>();
            for (ScriptedServer.Exchange exchange : server.exchanges()) {
                JsonNode body = json.readTree(exchange.body());
                assertThat(body.path("ignore_eos").asBoolean()).isTrue();
                assertThat(body.path("min_tokens").asInt())
                        .isEqualTo(body.path("max_tokens").asInt());
                asked.add(body.path("prompt").asText() + ": "
                        + body.path("max_tokens").asInt());
            }
            assertThat(timings)
                    .extracting(timing -> "prompt " + timing.promptIndex() + ": " + timing.askedTokens())
                    .containsExactlyInAnyOrderElementsOf(asked);
        }
    }

    @Test
    void aClosedLoopKeepsItsUsersBusyOnNoMoreConnectionsThanUsers() {
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ofMillis(5), Duration.ofMillis(1))) {
            LoadRuns.Result result = LoadRuns.run(server.endpoint(), LoadRuns.closed(3, 600), folder);

            List<RequestTiming> timings = result.timings();
            assertThat(timings).hasSize(result.run().scheduledRequests()).hasSizeGreaterThan(9);
            assertThat(timings).extracting(RequestTiming::outcome).containsOnly(Outcome.COMPLETED);
            assertThat(server.requests()).isEqualTo(timings.size());
            assertThat(server.connections()).isBetween(1L, 3L);
            assertThat(timings).allMatch(timing -> timing.intendedNanos() < 600_000_000);
            assertThat(timings).extracting(RequestTiming::index).doesNotHaveDuplicates();
            assertThat(mostAtOnce(timings)).isBetween(1, 3);
            assertThat(timings.stream().filter(timing -> timing.intendedNanos() == 0))
                    .hasSize(3);
            // Who becomes free does so after an answer: no intended start lies before the first end.
            long firstEnd =
                    timings.stream().mapToLong(RequestTiming::endNanos).min().orElseThrow();
            assertThat(timings)
                    .filteredOn(timing -> timing.intendedNanos() > 0)
                    .allMatch(timing -> timing.intendedNanos() >= firstEnd);
        }
    }

    private static int mostAtOnce(List<RequestTiming> timings) {
        return timings.stream()
                .mapToInt(one -> (int) timings.stream()
                        .filter(other -> other.sentNanos() <= one.sentNanos() && other.endNanos() > one.sentNanos())
                        .count())
                .max()
                .orElse(0);
    }

    @Test
    void anOpenLoopKeepsSendingWhileTheServerStandsStillAndAClosedLoopWaits() throws Exception {
        Stall open = runWithStall(LoadRuns.poisson(100, 800), Duration.ofSeconds(4));
        Stall closed = runWithStall(LoadRuns.closed(1, 800), Duration.ofMillis(300));

        assertThat(open.arrivedMeanwhile()).isGreaterThanOrEqualTo(6);
        assertThat(open.longestToFirst()).isGreaterThanOrEqualTo(open.nanos());
        assertThat(closed.arrivedMeanwhile()).isZero();
        assertThat(closed.longestToFirst()).isGreaterThanOrEqualTo(closed.nanos());
    }

    private record Stall(int arrivedMeanwhile, long nanos, long longestToFirst) {}

    /** From the tenth request on the server stands still until six more requests came, but not longer than given. */
    private Stall runWithStall(LoadScenario scenario, Duration longest) throws Exception {
        ReentrantLock world = new ReentrantLock();
        AtomicBoolean still = new AtomicBoolean();
        CountDownLatch sixMore = new CountDownLatch(6);
        AtomicInteger arrivedMeanwhile = new AtomicInteger();
        AtomicLong nanos = new AtomicLong();
        ScriptedServer.Script script = exchange -> {
            if (still.get()) {
                arrivedMeanwhile.incrementAndGet();
                sixMore.countDown();
            }
            world.lock();
            try {
                if (exchange.number() == 10) {
                    still.set(true);
                    long from = System.nanoTime();
                    boolean unused = sixMore.await(longest.toNanos(), TimeUnit.NANOSECONDS);
                    nanos.set(System.nanoTime() - from);
                    still.set(false);
                }
            } finally {
                world.unlock();
            }
            exchange.send(ScriptedServer.GOOD);
        };
        try (ScriptedServer server = new ScriptedServer(script)) {
            LoadRuns.Result result = LoadRuns.run(server.endpoint(), scenario, folder);
            long longestToFirst = result.timings().stream()
                    .filter(timing -> timing.outcome() == Outcome.COMPLETED)
                    .mapToLong(timing -> timing.chunkNanos()[0] - timing.intendedNanos())
                    .max()
                    .orElse(0);
            assertThat(server.requests()).isGreaterThan(10);
            return new Stall(arrivedMeanwhile.get(), nanos.get(), longestToFirst);
        }
    }

    @Test
    void runsFollowOneAnotherInOneJvmAndLeaveGatlingsLogBehind() throws Exception {
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ZERO, Duration.ZERO)) {
            LoadRuns.Result first = LoadRuns.run(server.endpoint(), LoadRuns.poisson(50, 200), folder);
            LoadRuns.Result second = LoadRuns.run(server.endpoint(), LoadRuns.poisson(50, 200), folder);

            assertThat(second.run().scheduledRequests()).isEqualTo(first.run().scheduledRequests());
            assertThat(second.run().originNanos()).isGreaterThan(first.run().originNanos());
            assertThat(second.timings()).hasSameSizeAs(first.timings()).isNotEmpty();
        }
        try (var files = Files.walk(folder)) {
            List<Path> logs =
                    files.filter(file -> file.endsWith("simulation.log")).toList();
            assertThat(logs).hasSize(2).allMatch(log -> log.toFile().length() > 100);
        }
    }

    @Test
    void everyThreadOfARunEnds() throws Exception {
        Set<Thread> ofTheRun = new HashSet<>();
        try (NullStreamingServer server = NullStreamingServer.start(1, Duration.ZERO, Duration.ZERO)) {
            Set<Thread> before = Thread.getAllStackTraces().keySet();
            new GatlingLoadGenerator()
                    .run(Endpoint.of(server.endpoint(), "demo"), LoadRuns.poisson(50, 200), folder, timing -> {
                        ofTheRun.addAll(Thread.getAllStackTraces().keySet());
                    });
            ofTheRun.removeAll(before);
        }

        assertThat(ofTheRun)
                .as("seen while it ran")
                .anyMatch(thread -> thread.getName().startsWith("weighbridge-load"));
        // A thread that has been told to end may take its time, so wait for it instead of counting at once.
        for (Thread thread : ofTheRun) {
            thread.join(10_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    @Test
    void aScheduleWithoutArrivalsIsARunWithoutRequests() throws Exception {
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(ScriptedServer.GOOD))) {
            LoadRuns.Result result = LoadRuns.run(server.endpoint(), LoadRuns.poisson(0.001, 100), folder);

            assertThat(result.run().scheduledRequests()).isZero();
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void callsTheSinkFromOneThreadOnly() {
        Set<Thread> threads = new HashSet<>();
        AtomicInteger inside = new AtomicInteger();
        List<Integer> depths = new ArrayList<>();
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ZERO, Duration.ZERO)) {
            new GatlingLoadGenerator()
                    .run(Endpoint.of(server.endpoint(), "demo"), LoadRuns.closed(8, 200), folder, timing -> {
                        depths.add(inside.incrementAndGet());
                        threads.add(Thread.currentThread());
                        inside.decrementAndGet();
                    });
        }

        assertThat(threads).containsExactly(Thread.currentThread());
        assertThat(depths).isNotEmpty().containsOnly(1);
    }

    @Test
    void aFailingSinkEndsTheRun() {
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ZERO, Duration.ZERO)) {
            assertThatThrownBy(() -> new GatlingLoadGenerator()
                            .run(
                                    Endpoint.of(server.endpoint(), "demo"),
                                    LoadRuns.poisson(50, 5_000),
                                    folder,
                                    timing -> {
                                        throw new UnsupportedOperationException("disk full");
                                    }))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("disk full");
        }
    }

    @Test
    void anInterruptedRunStillGivesEveryScheduledRequestARecord() {
        List<RequestTiming> timings = new ArrayList<>();
        LoadScenario scenario = LoadRuns.poisson(50, 60_000);
        long[] schedule = scenario.schedule().startNanos();
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ZERO, Duration.ZERO)) {
            assertThatThrownBy(() -> new GatlingLoadGenerator()
                            .run(Endpoint.of(server.endpoint(), "demo"), scenario, folder, timing -> {
                                timings.add(timing);
                                if (timings.size() == 5) {
                                    Thread.currentThread().interrupt();
                                }
                            }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(timings).hasSize(schedule.length);
        assertThat(timings).extracting(RequestTiming::index).doesNotHaveDuplicates();
        assertThat(timings)
                .filteredOn(timing -> timing.outcome() == Outcome.CANCELLED)
                .allSatisfy(timing -> {
                    assertThat(timing.sentNanos()).isEqualTo(-1);
                    assertThat(timing.intendedNanos()).isEqualTo(schedule[timing.index()]);
                });
        assertThat(timings).extracting(RequestTiming::outcome).contains(Outcome.CANCELLED, Outcome.COMPLETED);
    }

    @Test
    void refusesWhatCannotBeRun() {
        GatlingLoadGenerator generator = new GatlingLoadGenerator();
        LoadScenario noTime = LoadRuns.scenario(new Poisson(1), 100, Duration.ZERO, 1);

        assertThatThrownBy(() -> LoadRuns.run(java.net.URI.create("ftp://example"), LoadRuns.poisson(1, 100), folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http or https");
        assertThatThrownBy(() -> generator.run(
                        Endpoint.of(java.net.URI.create("http://127.0.0.1:9"), "m"), noTime, folder, t -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout");
    }

    /** Without an answer of its own server it throws; what the counts come to is held to account in its own test. */
    @Test
    void calibrationGetsAnswersFromItsOwnServer() {
        Ceiling ceiling = new GatlingLoadGenerator().calibrate(Duration.ofSeconds(1), 1);

        assertThat(ceiling.eventsPerSecond()).isFinite();
        assertThat(ceiling.requestsPerSecond()).isFinite();
    }

    private static Long[] boxed(long[] values) {
        Long[] boxed = new Long[values.length];
        for (int i = 0; i < values.length; i++) {
            boxed[i] = values[i];
        }
        return boxed;
    }
}
