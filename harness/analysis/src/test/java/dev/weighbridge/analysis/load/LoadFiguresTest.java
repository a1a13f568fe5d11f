package dev.weighbridge.analysis.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestObjectives;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Manifest.Objectives;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoadFiguresTest {
    private static final long MILLI = 1_000_000;
    private static final Objectives OBJECTIVES = new Objectives(50.0, null, null, 0.99, 0.02);
    private static final Window ONE_TO_THREE_SECONDS = new Window(1_000 * MILLI, 3_000 * MILLI);

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
                index,
                null);
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
                index,
                null);
    }

    private static Circumstances circumstances(boolean reuse, @Nullable Double ceilingRequests) {
        return new Circumstances(0, 1_000 * MILLI, 3_000 * MILLI, true, reuse, false, ceilingRequests, null, 2, null);
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
        LoadFigures figures = new LoadFigures(ONE_TO_THREE_SECONDS, OBJECTIVES);
        requests.forEach(figures::add);
        return figures;
    }

    private static LoadJudgement judged(List<RequestTiming> requests) {
        return LoadJudgement.of(figures(requests), circumstances(false, null), LoadJudgement.Machine.QUIET, null);
    }

    private static void assertJudged(LoadJudgement judgement, Trial.Status status, Reason.Code... codes) {
        assertThat(judgement.status()).isEqualTo(status);
        assertThat(judgement.reasons()).extracting(Reason::code).containsExactly(codes);
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
        assertJudged(judged(steady(20)), Trial.Status.COMPLETED);
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
        // Rejections are the server's answer; they neither spoil the trial nor count as waiting.
        assertJudged(judged(requests), Trial.Status.COMPLETED);
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
                0, 0, 0, new long[] {MILLI}, new int[] {1}, 2 * MILLI, 3, 1, Outcome.COMPLETED, 200, null, 0, null);
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
    void anAnswerOfSeveralTokensInOneChunkDoesNotPassATpotObjective() {
        RequestTiming lump = new RequestTiming(
                0,
                0,
                0,
                new long[] {500 * MILLI},
                new int[] {1},
                501 * MILLI,
                3,
                11,
                Outcome.COMPLETED,
                200,
                null,
                0,
                null);
        assertThat(RequestLatency.tpot(lump)).isEmpty();
        assertThat(RequestLatency.good(lump, new Objectives(null, 49.0, null, 1, 0)))
                .as("500 ms for ten tokens after the first")
                .isFalse();
        assertThat(RequestLatency.good(lump, new Objectives(null, 51.0, null, 1, 0)))
                .isTrue();
    }

    @Test
    void aServerThatFallsBehindIsSaturatedAndCounts() {
        LoadJudgement judgement = judged(behind());
        assertJudged(judgement, Trial.Status.SATURATED, Reason.Code.FELL_BEHIND);
        assertThat(judgement.status().counts()).isTrue();
    }

    /** Each answer comes 10 ms later after its request than the one before. */
    private static List<RequestTiming> behind() {
        return IntStream.range(0, 300)
                .mapToObj(i -> answered(i, i * 10L, 20 + i * 10L))
                .toList();
    }

    @Test
    void aBurstAtTheEndOfTheWindowIsNoQueueThatGrows() {
        List<RequestTiming> requests = new ArrayList<>(steady(20));
        int next = requests.size();
        for (int i = 0; i < 30; i++) {
            requests.add(answered(next + i, 2_990, 60));
        }
        LoadFigures figures = figures(requests);
        assertThat(figures.achieved()).isLessThan((long) (0.98 * figures.offered()));
        assertJudged(judged(requests), Trial.Status.COMPLETED);
    }

    @Test
    void oneRejectionDoesNotHideThatTheServerFellBehind() {
        List<RequestTiming> requests = new ArrayList<>(behind());
        requests.set(150, failed(150, 1_500, Outcome.REJECTED));
        assertJudged(judged(requests), Trial.Status.SATURATED, Reason.Code.FELL_BEHIND);
    }

    @Test
    void aLateClientIsADisturbanceOfTheMachine() {
        assertJudged(judged(sentAfter(2 * MILLI)), Trial.Status.DISTURBED, Reason.Code.SCHEDULE_DELAY_MEDIAN);
    }

    @Test
    void theTailOfTheDelayIsJudgedOnlyWhenThereAreRequestsEnough() {
        List<RequestTiming> requests = new ArrayList<>(steady(20));
        for (int i = 100; i < 110; i++) {
            requests.set(i, sentAfter(50 * MILLI).get(i));
        }
        assertJudged(judged(requests), Trial.Status.COMPLETED);
    }

    private static List<RequestTiming> sentAfter(long nanos) {
        return steady(20).stream()
                .map(r -> new RequestTiming(
                        r.index(),
                        r.intendedNanos(),
                        r.intendedNanos() + nanos,
                        r.chunkNanos(),
                        r.chunkTokens(),
                        r.endNanos(),
                        7,
                        4,
                        r.outcome(),
                        200,
                        null,
                        r.promptIndex(),
                        null))
                .toList();
    }

    @Test
    void loadOverHalfOfTheClientsCeilingIsInvalid() {
        LoadJudgement judgement =
                LoadJudgement.of(figures(steady(20)), circumstances(false, 150.0), LoadJudgement.Machine.QUIET, null);
        assertJudged(judgement, Trial.Status.INVALID, Reason.Code.CLIENT_CEILING_REQUESTS);
    }

    @Test
    void answersOfAnotherLengthThanTheBaselinesAreInvalid() {
        PromptLengths shorter = new PromptLengths();
        steady(20).stream()
                .map(r -> new RequestTiming(
                        r.index(),
                        0,
                        0,
                        r.chunkNanos(),
                        r.chunkTokens(),
                        1,
                        7,
                        3,
                        r.outcome(),
                        200,
                        null,
                        r.index(),
                        null))
                .forEach(shorter::add);
        LoadJudgement judgement =
                LoadJudgement.of(figures(steady(20)), circumstances(false, null), LoadJudgement.Machine.QUIET, shorter);
        assertJudged(judgement, Trial.Status.INVALID, Reason.Code.LENGTH_DRIFT);
        assertThat(judgement.reasons().get(0).figure()).as("4 tokens after 3").isCloseTo(1 / 3.0, within(1e-9));
    }

    /** The steady requests, each of whose answers has 4 tokens, as if so many had been asked of each. */
    private static List<RequestTiming> asking(IntFunction<@Nullable Integer> tokensOf) {
        return steady(20).stream().map(r -> asked(r, tokensOf.apply(r.index()))).toList();
    }

    private static RequestTiming of(RequestTiming request, @Nullable String requestClass, boolean hungUp) {
        return new RequestTiming(
                request.index(),
                request.intendedNanos(),
                request.sentNanos(),
                request.chunkNanos(),
                request.chunkTokens(),
                request.endNanos(),
                request.promptTokens(),
                request.outputTokens(),
                hungUp ? Outcome.CANCELLED : request.outcome(),
                request.httpStatus(),
                null,
                request.promptIndex(),
                null,
                null,
                requestClass,
                null,
                null,
                null,
                hungUp ? true : null,
                null,
                null,
                null);
    }

    @Test
    void aClientThatHungUpAsPlannedCountsForItsFirstTokenAndForNoFailure() {
        LoadFigures figures = figures(List.of());
        figures.add(answered(0, 1_100, 50));
        figures.add(of(answered(1, 1_200, 70), null, true));

        assertThat(figure(figures, "hung_up_share").value()).isCloseTo(0.5, within(1e-9));
        assertThat(figure(figures, "goodput").samples()).isEqualTo(1);
        assertThat(figure(figures, "failed_share").value()).isZero();
        assertThat(figure(figures, "ttft_max").samples()).isEqualTo(2);
        assertThat(figure(figures, "e2e_max").samples()).isEqualTo(1);
        assertThat(figure(figures, "offered_rate").samples()).isEqualTo(2);
    }

    @Test
    void aMixedLoadHasFiguresOfEachClassAndItsPromptsAreNumberedApart() {
        LoadFigures figures = figures(List.of());
        figures.add(of(answered(0, 1_100, 50), "short", false));
        figures.add(of(answered(0, 1_200, 90), "long", false));

        assertThat(figures.repeatedPrompts()).isZero();
        assertThat(figures.measurements())
                .filteredOn(m -> m.name().equals("ttft_max") && m.scope().startsWith("class "))
                .extracting(m -> m.scope() + " " + Math.round(m.value()))
                .containsExactly("class long 90", "class short 50");
        assertThat(figure(figures, "ttft_max").samples()).isEqualTo(2);
    }

    private static RequestTiming asked(RequestTiming request, @Nullable Integer tokens) {
        return new RequestTiming(
                request.index(),
                request.intendedNanos(),
                request.sentNanos(),
                request.chunkNanos(),
                request.chunkTokens(),
                request.endNanos(),
                request.promptTokens(),
                request.outputTokens(),
                request.outcome(),
                request.httpStatus(),
                request.detail(),
                request.promptIndex(),
                tokens);
    }

    @Test
    void answersOfTheAskedLengthDoNotDeviate() {
        LoadFigures figures = figures(asking(i -> 4));
        assertThat(figure(figures, Metric.OUTPUT_LENGTH_DEVIATION.id()).value()).isZero();
        assertThat(figure(figures, Metric.OUTPUT_LENGTH_DEVIATION.id()).samples())
                .isEqualTo(200);
        assertThat(figure(figures, Metric.ASKED_TOKENS_MEAN.id()).value()).isEqualTo(4.0);
        assertThat(judged(asking(i -> 4)).flags()).isEmpty();
    }

    @Test
    void aServerThatIgnoresTheAskedLengthIsFlaggedAndItsFiguresCount() {
        LoadJudgement judgement = judged(asking(i -> 5));
        assertJudged(judgement, Trial.Status.COMPLETED);
        assertThat(judgement.flags()).containsExactly(Reason.over(Reason.Code.LENGTH_NOT_HONOURED, 0.2, 0.01));
        assertThat(ReasonText.of(judgement.flags()))
                .startsWith(
                        "answers are 20.0 % of the asked tokens away from the lengths that were asked (limit 1.0 %)");
        assertThat(figure(figures(asking(i -> 5)), Metric.ASKED_TOKENS_MEAN.id())
                        .value())
                .isEqualTo(5.0);
    }

    @Test
    void tooManyTokensDoNotMakeUpForTooFew() {
        LoadJudgement judgement = judged(asking(i -> i % 2 == 0 ? 3 : 5));
        assertThat(judgement.flags()).containsExactly(Reason.over(Reason.Code.LENGTH_NOT_HONOURED, 0.25, 0.01));
    }

    @Test
    void lengthsWithinOnePercentOfTheAskedOnesAreNotFlagged() {
        // 200 requests are in the window: 8 missed of 808 tokens are 0.99 %, 9 of 809 are 1.11 %.
        assertThat(judged(asking(i -> i < 108 ? 5 : 4)).flags()).isEmpty();
        assertThat(judged(asking(i -> i < 109 ? 5 : 4)).flags())
                .extracting(Reason::code)
                .containsExactly(Reason.Code.LENGTH_NOT_HONOURED);
    }

    @Test
    void theFlagStandsBesideThoseOfTheMachineAndBesideReasons() {
        LoadJudgement.Machine machine =
                new LoadJudgement.Machine(List.of(), List.of(Reason.over(Reason.Code.STEAL, 0.05, 0.1)));
        LoadJudgement judgement = LoadJudgement.of(figures(asking(i -> 5)), circumstances(false, 150.0), machine, null);
        assertJudged(judgement, Trial.Status.INVALID, Reason.Code.CLIENT_CEILING_REQUESTS);
        assertThat(judgement.flags())
                .extracting(Reason::code)
                .containsExactly(Reason.Code.STEAL, Reason.Code.LENGTH_NOT_HONOURED);
    }

    @Test
    void onlyCompletedAnswersThatWereToHaveALengthDeviate() {
        List<RequestTiming> requests = new ArrayList<>(asking(i -> i < 250 ? 4 : null));
        requests.set(150, asked(failed(150, 1_500, Outcome.REJECTED), 4));
        Measurement deviation = figure(figures(requests), Metric.OUTPUT_LENGTH_DEVIATION.id());
        assertThat(deviation.value()).isZero();
        assertThat(deviation.samples()).isEqualTo(149);
    }

    @Test
    void whereTheModelEndsItsAnswersThereIsNoDeviation() {
        assertThat(figures(steady(20)).measurements())
                .extracting(Measurement::name)
                .contains(Metric.OUTPUT_TOKENS_MEAN.id())
                .doesNotContain(Metric.OUTPUT_LENGTH_DEVIATION.id(), Metric.ASKED_TOKENS_MEAN.id());
        assertThat(judged(steady(20)).flags()).isEmpty();
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
                        r.index() % 10,
                        null))
                .toList();
        LoadJudgement judgement = judged(requests);
        assertJudged(judgement, Trial.Status.INVALID, Reason.Code.PROMPTS_REPEATED);
        assertThat(judgement.reasons().get(0).figure()).isEqualTo(290);
        assertJudged(
                LoadJudgement.of(figures(requests), circumstances(true, null), LoadJudgement.Machine.QUIET, null),
                Trial.Status.COMPLETED);
    }

    @Test
    void aRunWithoutRequestsIsInvalidAndHasNoLatencies() {
        assertJudged(judged(List.of()), Trial.Status.INVALID, Reason.Code.NO_REQUESTS);
        assertThat(figures(List.of()).measurements()).allMatch(m -> !m.name().startsWith("ttft"));
    }

    @Test
    void aDisturbedMachineIsToldBeforeAServerThatFellBehind() {
        LoadJudgement.Machine stolen =
                new LoadJudgement.Machine(List.of(Reason.over(Reason.Code.STEAL, 0.2, 0.1)), List.of());
        assertJudged(
                LoadJudgement.of(figures(behind()), circumstances(false, null), stolen, null),
                Trial.Status.DISTURBED,
                Reason.Code.STEAL);
    }

    /** Four tokens by the server, or none said by it, and so many by our tokenizer. */
    private static RequestTiming counted(RequestTiming request, boolean usage, int ours) {
        RequestTiming like = new RequestTiming(
                request.index(),
                request.intendedNanos(),
                request.sentNanos(),
                request.chunkNanos(),
                request.chunkTokens(),
                request.endNanos(),
                request.promptTokens(),
                usage ? request.outputTokens() : -1,
                request.outcome(),
                request.httpStatus(),
                request.detail(),
                request.promptIndex(),
                null);
        return like.counted(ours);
    }

    @Test
    void ourTokenizersCountStandsInWhereTheServerCountsNothing() {
        LoadFigures figures =
                figures(steady(20).stream().map(r -> counted(r, false, 7)).toList());
        assertThat(figure(figures, Metric.OUTPUT_TOKENS_MEAN.id()).value()).isEqualTo(7.0);
        assertThat(figure(figures, "tpot_p50").value())
                .as("30 ms over the 6 tokens that follow the first")
                .isCloseTo(5.0, within(0.01));
        assertThat(figures.usageDeviation()).isEmpty();
        assertThat(figures.measurements()).extracting(Measurement::name).doesNotContain(Metric.USAGE_DEVIATION.id());
    }

    @Test
    void theServersCountStaysTheFigureAndADifferenceOverOnePercentIsFlagged() {
        List<RequestTiming> apart = new ArrayList<>();
        for (RequestTiming request : steady(20)) {
            // Three and five of four: without their signs they are a quarter apart, with them they would cancel out.
            apart.add(counted(request, true, request.index() % 2 == 0 ? 3 : 5));
        }
        LoadFigures figures = figures(apart);
        assertThat(figure(figures, Metric.OUTPUT_TOKENS_MEAN.id()).value()).isEqualTo(4.0);
        assertThat(figure(figures, Metric.COUNTED_TOKENS_MEAN.id()).value()).isEqualTo(4.0);
        assertThat(figure(figures, Metric.USAGE_DEVIATION.id()).value()).isEqualTo(0.25);
        assertThat(judged(apart).flags()).containsExactly(Reason.over(Reason.Code.TOKEN_COUNTS_DIFFER, 0.25, 0.01));
        assertThat(ReasonText.of(judged(apart).flags())).contains("away from our tokenizer's");

        List<RequestTiming> close = new ArrayList<>(
                steady(20).stream().map(r -> counted(r, true, 4)).toList());
        close.set(150, counted(close.get(150), true, 5));
        assertThat(judged(close).flags()).as("one token of 800").isEmpty();
    }

    @Test
    void requestsOfAClassAreGoodByItsOwnObjectivesWhereItHasSome() {
        LoadFigures figures = new LoadFigures(
                ONE_TO_THREE_SECONDS, OBJECTIVES, Map.of("long", new RequestObjectives(100.0, null, 120.0, 0.5)));
        figures.add(of(answered(0, 1_100, 40), "short", false));
        figures.add(of(answered(1, 1_200, 60), "short", false));
        figures.add(of(answered(0, 1_300, 60), "long", false));
        // 95 ms to the first token, which is in time, and 125 to the last, which is not.
        figures.add(of(answered(1, 1_400, 95), "long", false));
        figures.add(of(answered(2, 1_500, 20), "long", false));

        assertThat(figures.measurements())
                .filteredOn(m -> m.name().equals("goodput") && m.scope().startsWith("class "))
                .extracting(m -> m.scope() + " " + Math.round(m.value() * m.samples()) + "/" + m.samples())
                .containsExactly("class long 2/3", "class short 1/2");
        assertThat(figure(figures, "goodput").value())
                .as("each by its own class's")
                .isCloseTo(3 / 5.0, within(1e-9));
    }
}
