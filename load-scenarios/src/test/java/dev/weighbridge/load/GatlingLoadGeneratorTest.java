package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatlingLoadGeneratorTest {
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
        long[] schedule = ArrivalSchedule.poisson(150, Duration.ofMillis(800), scenario.seed());
        try (NullStreamingServer server = NullStreamingServer.start(3, TO_FIRST, Duration.ofMillis(1))) {
            LoadRuns.Result result = LoadRuns.run(server.endpoint(), scenario, folder);

            assertThat(result.run()).isEqualTo(new LoadGenerator.LoadRun(schedule.length, 200_000_000, 800_000_000));
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
    void promptsComeInASeededOrderWithoutRepetitionUntilThePoolIsUsedUp() {
        LoadScenario scenario = LoadRuns.scenario(new LoadScenario.Poisson(100), 600, Duration.ofSeconds(5), 20);
        try (NullStreamingServer server = NullStreamingServer.start(1, Duration.ZERO, Duration.ZERO)) {
            List<RequestTiming> timings =
                    LoadRuns.run(server.endpoint(), scenario, folder).timings();

            timings.sort(Comparator.comparingInt(RequestTiming::index));
            List<Integer> order =
                    timings.stream().map(RequestTiming::promptIndex).toList();
            assertThat(order).hasSizeGreaterThan(20);
            assertThat(order.subList(0, 20))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 20).boxed().toList())
                    .isNotEqualTo(IntStream.range(0, 20).boxed().toList());
            assertThat(order.get(20)).isEqualTo(order.get(0));
        }
    }

    @Test
    void sendsTheRequestThatTheInterfaceDefines() throws Exception {
        LoadScenario scenario = new LoadScenario(
                "short",
                new LoadScenario.Poisson(20),
                Duration.ZERO,
                Duration.ofMillis(300),
                Duration.ofSeconds(5),
                8,
                List.of("a \"quoted\" \\ caf\u00e9 \uD83D\uDE00\nline"),
                1,
                true);
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(ScriptedServer.GOOD))) {
            LoadRuns.Result result = LoadRuns.run(server.endpoint(), scenario, folder);

            assertThat(result.timings()).isNotEmpty().allMatch(timing -> timing.outcome() == Outcome.COMPLETED);
            ScriptedServer.Exchange exchange = server.exchanges().element();
            assertThat(exchange.head())
                    .startsWith("POST /v1/completions HTTP/1.1\r\n")
                    .containsIgnoringCase("content-type: application/json");
            JsonNode body = new ObjectMapper().readTree(exchange.body());
            assertThat(body.path("model").asText()).isEqualTo("demo");
            assertThat(body.path("prompt").asText())
                    .isEqualTo(scenario.prompts().get(0));
            assertThat(body.path("max_tokens").asInt()).isEqualTo(8);
            assertThat(body.path("temperature").asDouble(-1)).isZero();
            assertThat(body.path("stream").asBoolean()).isTrue();
            assertThat(body.path("stream_options").path("include_usage").asBoolean())
                    .isTrue();
        }
    }

    @Test
    void aClosedLoopKeepsEachUserBusyOnOneConnection() {
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ofMillis(5), Duration.ofMillis(1))) {
            LoadRuns.Result result = LoadRuns.run(server.endpoint(), LoadRuns.closed(3, 600), folder);

            List<RequestTiming> timings = result.timings();
            assertThat(timings).hasSize(result.run().scheduledRequests()).hasSizeGreaterThan(9);
            assertThat(timings).extracting(RequestTiming::outcome).containsOnly(Outcome.COMPLETED);
            assertThat(server.requests()).isEqualTo(timings.size());
            assertThat(server.connections()).isEqualTo(3);
            assertThat(timings).allMatch(timing -> timing.intendedNanos() < 600_000_000);
            assertThat(timings).extracting(RequestTiming::index).doesNotHaveDuplicates();
            assertThat(mostAtOnce(timings)).isEqualTo(3);
            // Free again means: the end of one answer is the intended start of the next.
            Set<Long> firsts = new HashSet<>();
            timings.stream()
                    .sorted(Comparator.comparingInt(RequestTiming::index))
                    .limit(3)
                    .forEach(timing -> firsts.add(timing.intendedNanos()));
            assertThat(firsts).containsExactly(0L);
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
    void aStallDelaysEveryRequestThatFallsIntoItInAnOpenLoopButOnlyOneInAClosedLoop() throws Exception {
        LoadRuns.Result open = runWithStall(LoadRuns.poisson(100, 800));
        LoadRuns.Result closed = runWithStall(LoadRuns.closed(1, 800));

        assertThat(slow(open.timings())).hasSizeGreaterThan(5);
        assertThat(slow(open.timings())).extracting(RequestTiming::sentNanos).doesNotHaveDuplicates();
        assertThat(slow(closed.timings())).hasSize(1);
    }

    /** All answers wait while the server stands still for 300 ms, starting with the tenth request. */
    private LoadRuns.Result runWithStall(LoadScenario scenario) throws Exception {
        Object world = new Object();
        try (ScriptedServer server = new ScriptedServer(exchange -> {
            synchronized (world) {
                Thread.sleep(exchange.number() == 10 ? 300 : 0);
            }
            exchange.send(ScriptedServer.GOOD);
        })) {
            return LoadRuns.run(server.endpoint(), scenario, folder);
        }
    }

    private static List<RequestTiming> slow(List<RequestTiming> timings) {
        return timings.stream()
                .filter(timing -> timing.outcome() == Outcome.COMPLETED)
                .filter(timing -> timing.chunkNanos()[0] - timing.intendedNanos() >= 150_000_000)
                .toList();
    }

    @Test
    void runsFollowOneAnotherInOneJvmAndLeaveGatlingsLogBehind() throws Exception {
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ZERO, Duration.ZERO)) {
            LoadRuns.Result first = LoadRuns.run(server.endpoint(), LoadRuns.poisson(50, 200), folder);
            LoadRuns.Result second = LoadRuns.run(server.endpoint(), LoadRuns.poisson(50, 200), folder);

            assertThat(second.run()).isEqualTo(first.run());
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
        try (NullStreamingServer server = NullStreamingServer.start(1, Duration.ZERO, Duration.ZERO)) {
            LoadRuns.run(server.endpoint(), LoadRuns.poisson(50, 100), folder);
        }

        // A thread that has been told to end may take its time, so wait for it instead of counting at once.
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("weighbridge-load")) {
                thread.join(10_000);
                assertThat(thread.isAlive()).isFalse();
            }
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
            new GatlingLoadGenerator().run(server.endpoint(), "demo", LoadRuns.closed(8, 200), folder, timing -> {
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
                            .run(server.endpoint(), "demo", LoadRuns.poisson(50, 5_000), folder, timing -> {
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
        long[] schedule = ArrivalSchedule.poisson(50, Duration.ofSeconds(60), scenario.seed());
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ZERO, Duration.ZERO)) {
            assertThatThrownBy(() -> new GatlingLoadGenerator()
                            .run(server.endpoint(), "demo", scenario, folder, timing -> {
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
        LoadScenario noTime = LoadRuns.scenario(new LoadScenario.Poisson(1), 100, Duration.ZERO, 1);

        assertThatThrownBy(() -> LoadRuns.run(java.net.URI.create("ftp://example"), LoadRuns.poisson(1, 100), folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http or https");
        assertThatThrownBy(() -> generator.run(java.net.URI.create("http://127.0.0.1:9"), "m", noTime, folder, t -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout");
    }

    @Test
    void calibrationFindsWhatTheClientCanDo() {
        Ceiling ceiling = new GatlingLoadGenerator().calibrate(Duration.ofSeconds(1));

        assertThat(ceiling.eventsPerSecond()).isGreaterThan(1_000);
        assertThat(ceiling.requestsPerSecond()).isGreaterThan(100);
        assertThatThrownBy(() -> new GatlingLoadGenerator().calibrate(Duration.ofMillis(10)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Long[] boxed(long[] values) {
        Long[] boxed = new Long[values.length];
        for (int i = 0; i < values.length; i++) {
            boxed[i] = values[i];
        }
        return boxed;
    }
}
