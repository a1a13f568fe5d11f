package dev.weighbridge.analysis.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.load.LoadFigures.Circumstances;
import dev.weighbridge.api.load.LoadGenerator.LoadRun;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Manifest.Objectives;
import dev.weighbridge.results.Measurement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadFiguresTest {
    private static final long MILLI = 1_000_000;
    private static final Objectives OBJECTIVES = new Objectives(50.0, null, null, 0.99, 0.02);
    private static final LoadRun ONE_TO_THREE_SECONDS = new LoadRun(300, 1_000 * MILLI, 3_000 * MILLI);

    /** A request that was sent 0.1 ms late, got its first chunk after {@code ttft} and two more, 10 and 20 ms later. */
    private static RequestTiming answered(int index, long intendedMillis, long ttftMillis) {
        long intended = intendedMillis * MILLI;
        long first = intended + ttftMillis * MILLI;
        return new RequestTiming(
                index,
                intended,
                intended + MILLI / 10,
                new long[] {first, first + 10 * MILLI, first + 30 * MILLI},
                new int[] {1, 1, 2},
                first + 31 * MILLI,
                7,
                4,
                Outcome.COMPLETED,
                200,
                null,
                index);
    }

    private static RequestTiming failed(int index, long intendedMillis, Outcome outcome) {
        long intended = intendedMillis * MILLI;
        return new RequestTiming(
                index,
                intended,
                intended,
                new long[0],
                new int[0],
                intended + MILLI,
                -1,
                -1,
                outcome,
                0,
                "refused",
                index);
    }

    private static LoadScenario scenario(LoadScenario.Arrivals arrivals, boolean reuse) {
        return new LoadScenario(
                "chat",
                arrivals,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                8,
                List.of("a"),
                1,
                reuse);
    }

    private static LoadScenario open() {
        return scenario(new LoadScenario.Poisson(100), false);
    }

    /** One request every 10 ms for 3 s. */
    private static List<RequestTiming> steady(long ttftMillis) {
        return IntStream.range(0, 300)
                .mapToObj(i -> answered(i, i * 10L, ttftMillis))
                .toList();
    }

    private static Measurement figure(LoadFigures figures, String name) {
        return figures.measurements().stream()
                .filter(m -> m.name().equals(name) && m.scope().isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static LoadFigures figures(List<RequestTiming> requests) {
        return LoadFigures.of(requests, ONE_TO_THREE_SECONDS, open(), OBJECTIVES, Circumstances.none());
    }

    @Test
    void latenciesFollowTheMetricDefinitions() {
        LoadFigures figures = figures(steady(20));
        assertThat(figure(figures, "ttft_p50").value()).isCloseTo(20.0, within(0.02));
        assertThat(figure(figures, "ttft_service_p50").value()).isCloseTo(19.9, within(0.02));
        assertThat(figure(figures, "schedule_delay_p50").value()).isCloseTo(0.1, within(0.001));
        assertThat(figure(figures, "e2e_p50").value()).isCloseTo(50.0, within(0.05));
        assertThat(figure(figures, "tpot_p50").value())
                .as("30 ms over 3 following tokens")
                .isCloseTo(10.0, within(0.01));
        assertThat(figure(figures, "itl_max").value())
                .as("a chunk of two tokens shares its gap")
                .isCloseTo(10.0, within(0.01));
        assertThat(figure(figures, "itl_p50").samples())
                .as("three following tokens a request")
                .isEqualTo(600);
        assertThat(figures.invalidReasons()).isEmpty();
    }

    @Test
    void onlyTheSteadyWindowCounts() {
        List<RequestTiming> requests = new ArrayList<>(steady(20));
        for (int i = 0; i < 100; i++) {
            requests.set(i, answered(i, i * 10L, 400));
        }
        LoadFigures figures = figures(requests);
        assertThat(figure(figures, "ttft_max").value())
                .as("slow answers of the warm-up are cut")
                .isLessThan(21);
        assertThat(figure(figures, "offered_rate").value()).isEqualTo(100.0);
    }

    @Test
    void aFailedRequestHasNoLatencyAndIsNotGood() {
        List<RequestTiming> requests = new ArrayList<>(steady(20));
        for (int i = 100; i < 150; i++) {
            requests.set(i, failed(i, i * 10L, Outcome.REJECTED));
        }
        LoadFigures figures = figures(requests);
        assertThat(figure(figures, "ttft_p50").samples()).isEqualTo(150);
        assertThat(figure(figures, "goodput").value()).isCloseTo(0.75, within(1e-9));
        assertThat(figure(figures, "failed_share").value()).isCloseTo(0.25, within(1e-9));
        assertThat(figures.invalidReasons())
                .as("rejections are the server's answer, not an invalid run")
                .isEmpty();
    }

    @Test
    void goodputCountsRequestsThatMissAnObjective() {
        List<RequestTiming> requests = new ArrayList<>(steady(20));
        requests.set(200, answered(200, 2_000, 51));
        Measurement goodput = figure(figures(requests), "goodput");
        assertThat(goodput.value()).isCloseTo(199 / 200.0, within(1e-9));
        assertThat(goodput.low()).isLessThan(goodput.value());
        assertThat(goodput.high()).isGreaterThan(goodput.value());
    }

    @Test
    void tokenRateComesFromTheTimesAtWhichTokensWereRead() {
        Measurement rate = figure(figures(steady(20)), "output_tokens_per_s");
        assertThat(rate.value()).isCloseTo(400.0, within(10.0));
        assertThat(rate.low()).isLessThanOrEqualTo(rate.value());
        assertThat(rate.high()).isGreaterThanOrEqualTo(rate.value());
    }

    @Test
    void tpotIsAbsentWhenNothingFollowsTheFirstChunk() {
        RequestTiming single = new RequestTiming(
                0, 0, 0, new long[] {MILLI}, new int[] {1}, 2 * MILLI, 3, 1, Outcome.COMPLETED, 200, null, 0);
        assertThat(RequestLatency.tpot(single)).isEmpty();
        assertThat(RequestLatency.good(single, new Objectives(null, 0.001, null, 1, 0)))
                .isTrue();
    }

    @Test
    void percentilesOfFewSamplesAreMarkedUncertain() {
        LoadFigures figures = figures(steady(20));
        assertThat(figure(figures, "ttft_p90").uncertain()).isFalse();
        assertThat(figure(figures, "ttft_p99").uncertain()).isTrue();
        assertThat(figure(figures, "ttft_p99").high())
                .as("the upper rank leaves the sample")
                .isNull();
    }

    @Test
    void aServerThatFallsBehindMakesTheRunInvalid() {
        List<RequestTiming> requests = IntStream.range(0, 300)
                .mapToObj(i -> answered(i, i * 10L, 20 + i * 10L))
                .toList();
        assertThat(figures(requests).invalidReasons())
                .singleElement()
                .asString()
                .contains("achieved rate");
    }

    @Test
    void aLateClientMakesTheRunInvalid() {
        List<RequestTiming> requests = steady(20).stream()
                .map(r -> new RequestTiming(
                        r.index(),
                        r.intendedNanos(),
                        r.intendedNanos() + 2 * MILLI,
                        r.chunkNanos(),
                        r.chunkTokens(),
                        r.endNanos(),
                        7,
                        4,
                        r.outcome(),
                        200,
                        null,
                        r.promptIndex()))
                .toList();
        assertThat(figures(requests).invalidReasons())
                .singleElement()
                .asString()
                .contains("median schedule delay 2.0");
    }

    @Test
    void loadOverHalfOfTheClientsCeilingIsInvalid() {
        Circumstances slowClient = new Circumstances(Map.of(), 150, 1_000_000, 0);
        LoadFigures figures = LoadFigures.of(steady(20), ONE_TO_THREE_SECONDS, open(), OBJECTIVES, slowClient);
        assertThat(figures.invalidReasons()).singleElement().asString().contains("ceiling of 150");
    }

    @Test
    void answersThatGrowLongerThanTheBaselinesAreInvalid() {
        Map<Integer, Double> baseline = LoadFigures.outputTokensByPrompt(steady(20));
        assertThat(baseline).containsEntry(5, 4.0);
        baseline.replaceAll((prompt, tokens) -> 3.5);
        Circumstances drifted = new Circumstances(baseline, 0, 0, 0);
        LoadFigures figures = LoadFigures.of(steady(20), ONE_TO_THREE_SECONDS, open(), OBJECTIVES, drifted);
        assertThat(figures.invalidReasons()).singleElement().asString().contains("+14 %");
    }

    @Test
    void repeatedPromptsAreInvalidUnlessTheScenarioAllowsThem() {
        List<RequestTiming> requests = steady(20).stream()
                .map(r -> new RequestTiming(
                        r.index(),
                        r.intendedNanos(),
                        r.sentNanos(),
                        r.chunkNanos(),
                        r.chunkTokens(),
                        r.endNanos(),
                        7,
                        4,
                        r.outcome(),
                        200,
                        null,
                        r.index() % 10))
                .toList();
        assertThat(figures(requests).invalidReasons())
                .singleElement()
                .asString()
                .contains("290 of 300 requests repeated");
        LoadFigures allowed = LoadFigures.of(
                requests,
                ONE_TO_THREE_SECONDS,
                scenario(new LoadScenario.Poisson(100), true),
                OBJECTIVES,
                Circumstances.none());
        assertThat(allowed.invalidReasons()).isEmpty();
    }

    @Test
    void aRunWithoutRequestsIsInvalidAndHasNoFigures() {
        LoadFigures figures = figures(List.of());
        assertThat(figures.invalidReasons()).singleElement().asString().contains("no request was offered");
        assertThat(figures.measurements()).allMatch(m -> !m.name().startsWith("ttft"));
    }

    @Test
    void stolenProcessorTimeMakesTheRunInvalid() {
        LoadFigures figures = LoadFigures.of(
                steady(20), ONE_TO_THREE_SECONDS, open(), OBJECTIVES, new Circumstances(Map.of(), 0, 0, 0.1));
        assertThat(figures.invalidReasons()).singleElement().asString().contains("hypervisor took 10.0 %");
    }
}
