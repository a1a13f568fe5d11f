package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.load.Cancellation;
import dev.weighbridge.api.load.Closed;
import dev.weighbridge.api.load.Constant;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestClass;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.api.load.Workload;
import dev.weighbridge.load.calibration.NullStreamingServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions of several requests, clients that hang up, and mixed loads, as they go over the wire. */
class SessionsTest {
    private static final Duration THINK = Duration.ofMillis(40);

    @TempDir
    private Path folder;

    private static RequestClass kind(String name, int turns, Optional<RequestClass.Cancelled> cancelled) {
        return new RequestClass(
                name,
                1,
                LoadRuns.prompts(1_000),
                new TokenLength.AtMost(8),
                turns,
                THINK,
                Optional.empty(),
                cancelled,
                null);
    }

    @Test
    void eachTurnOfAConversationCarriesWhatWasSaidAndComesAfterTheTimeToThink() throws Exception {
        Workload conversations = new Workload(List.of(kind("chat", 3, Optional.empty())), 5);
        LoadScenario scenario =
                LoadRuns.asking(conversations, LoadRuns.scenario(new Constant(10), 900, Duration.ofSeconds(5), 1));
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(ScriptedServer.GOOD))) {
            List<RequestTiming> timings = new ArrayList<>();
            Endpoint chat = new Endpoint(server.endpoint(), "demo", Endpoint.CHAT, Map.of("x-team", "a"), Map.of());
            new GatlingLoadGenerator().run(chat, scenario, folder, timings::add);

            assertThat(timings).allMatch(timing -> timing.outcome() == Outcome.COMPLETED);
            List<RequestTiming> first = timings.stream()
                    .filter(timing -> Integer.valueOf(0).equals(timing.session()))
                    .sorted(Comparator.comparing(RequestTiming::intendedNanos))
                    .toList();
            assertThat(first).extracting(RequestTiming::turn).containsExactly(0, 1, 2);
            for (int turn = 1; turn < 3; turn++) {
                assertThat(first.get(turn).intendedNanos() - first.get(turn - 1).endNanos())
                        .as("from the end of the answer")
                        .isBetween(THINK.toNanos(), THINK.plusMillis(15).toNanos());
            }
            JsonNode last = server.exchanges().stream()
                    .map(SessionsTest::messages)
                    .filter(messages -> messages.size() == 5
                            && messages.get(0).path("content").asText().equals("prompt 0"))
                    .findFirst()
                    .orElseThrow();
            assertThat(last.findValuesAsText("role")).containsExactly("user", "assistant", "user", "assistant", "user");
            assertThat(last.findValuesAsText("content").get(1))
                    .isEqualTo(first.get(0).text())
                    .isNotEmpty();
            assertThat(server.exchanges().element().head())
                    .startsWith("POST /v1/chat/completions HTTP/1.1\r\n")
                    .containsIgnoringCase("x-team: a");
        }
    }

    private static JsonNode messages(ScriptedServer.Exchange exchange) {
        try {
            return new ObjectMapper().readTree(exchange.body()).path("messages");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void eachClassSendsItsOwnKeyAndNoRecordHoldsOne() throws Exception {
        Workload keyed = new Workload(
                List.of(keyed("team", "TEAM_KEY"), keyed("stranger", RequestClass.NO_KEY), keyed("plain", null)), 5);
        LoadScenario scenario =
                LoadRuns.asking(keyed, LoadRuns.scenario(new Constant(40), 1_000, Duration.ofSeconds(5), 1));
        Map<String, String> environment = Map.of("TEAM_KEY", "key-of-the-team");
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(ScriptedServer.GOOD))) {
            List<RequestTiming> timings = new ArrayList<>();
            Endpoint endpoint = new Endpoint(
                    server.endpoint(),
                    "demo",
                    Endpoint.COMPLETIONS,
                    Map.of("Authorization", "Bearer key-of-all"),
                    Map.of());
            new GatlingLoadGenerator(environment::get).run(endpoint, scenario, folder, timings::add);

            long team = timings.stream()
                    .filter(timing -> "team".equals(timing.requestClass()))
                    .count();
            long plain = timings.stream()
                    .filter(timing -> "plain".equals(timing.requestClass()))
                    .count();
            assertThat(team).isPositive();
            assertThat(plain).isPositive();
            assertThat(heads(server, "Bearer key-of-the-team")).isEqualTo(team);
            assertThat(heads(server, "Bearer key-of-all")).isEqualTo(plain);
            assertThat(timings.size() - team - plain).isPositive();
            assertThat(timings)
                    .allSatisfy(timing -> assertThat(timing.toString()).doesNotContain("key-of"));
        }
    }

    @Test
    void aKeyThatIsNotSetIsToldBeforeAnythingIsSent() {
        Workload keyed = new Workload(List.of(keyed("team", "TEAM_KEY")), 5);
        LoadScenario scenario = LoadRuns.asking(keyed, LoadRuns.closed(1, 100));
        Endpoint nowhere = Endpoint.of(java.net.URI.create("http://127.0.0.1:9"), "demo");
        assertThatThrownBy(() -> new GatlingLoadGenerator(name -> null).run(nowhere, scenario, folder, timing -> {}))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("class team")
                .hasMessageContaining("TEAM_KEY, which is not set");
    }

    private static RequestClass keyed(String name, @Nullable String variable) {
        return new RequestClass(
                name,
                1,
                LoadRuns.prompts(1_000),
                new TokenLength.AtMost(8),
                1,
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                variable);
    }

    private static long heads(ScriptedServer server, String text) {
        return server.exchanges().stream()
                .filter(exchange -> exchange.head().contains(text))
                .count();
    }

    @Test
    void aClientThatHangsUpAfterSomeTokensIsNoFailureAndLeavesItsFirstTokens() {
        Cancellation afterThree = new Cancellation(3, null);
        Workload impatient =
                new Workload(List.of(kind("impatient", 1, Optional.of(new RequestClass.Cancelled(1, afterThree)))), 5);
        try (NullStreamingServer server = NullStreamingServer.start(200, Duration.ofMillis(2), Duration.ofMillis(5))) {
            List<RequestTiming> timings = LoadRuns.run(
                            server.endpoint(), LoadRuns.asking(impatient, LoadRuns.closed(2, 600)), folder)
                    .timings();

            assertThat(timings).isNotEmpty().allMatch(RequestTiming::wasHungUp);
            assertThat(timings).allMatch(timing -> timing.outcome() == Outcome.CANCELLED);
            assertThat(timings)
                    .allSatisfy(timing -> assertThat(timing.chunkNanos().length).isBetween(3, 5));
        }
    }

    @Test
    void aClientThatHangsUpAfterSomeTimeDoesSoWhileNothingComes() {
        Cancellation soon = new Cancellation(null, Duration.ofMillis(50));
        Workload impatient =
                new Workload(List.of(kind("impatient", 1, Optional.of(new RequestClass.Cancelled(1, soon)))), 5);
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ofSeconds(30), Duration.ofMillis(5))) {
            List<RequestTiming> timings = LoadRuns.run(
                            server.endpoint(), LoadRuns.asking(impatient, LoadRuns.closed(1, 400)), folder)
                    .timings();

            assertThat(timings).isNotEmpty().allMatch(RequestTiming::wasHungUp);
            assertThat(timings)
                    .allSatisfy(timing -> assertThat(timing.endNanos() - timing.sentNanos())
                            .isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos()));
        }
    }

    @Test
    void recordsOfAMixedLoadNameTheirClassAndUsersThinkBetweenSessions() {
        Workload mixed =
                new Workload(List.of(kind("short", 1, Optional.empty()), kind("long", 1, Optional.empty())), 5);
        Closed users = new Closed(2, THINK, Duration.ZERO);
        LoadScenario scenario = LoadRuns.asking(mixed, LoadRuns.scenario(users, 800, Duration.ofSeconds(5), 1));
        try (NullStreamingServer server = NullStreamingServer.start(2, Duration.ZERO, Duration.ZERO)) {
            List<RequestTiming> timings =
                    LoadRuns.run(server.endpoint(), scenario, folder).timings();

            assertThat(timings).extracting(RequestTiming::requestClass).contains("short", "long");
            assertThat(timings).extracting(RequestTiming::session).containsOnlyNulls();
            // Two users who think for 40 ms begin at most 20 sessions each in 800 ms.
            assertThat(timings).hasSizeBetween(10, 42);
        }
    }
}
