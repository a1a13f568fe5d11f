package dev.weighbridge.analysis.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.capacity.CapacityEstimate.Probe;
import dev.weighbridge.analysis.capacity.CapacityEstimate.Verdict;
import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapacitySearchTest {
    private static final CapacitySearch SEARCH = new CapacitySearch(0.05, 10, 0.95);

    private static Measurement goodput(long good, long offered) {
        return Proportion.measurement("goodput", "", good, offered);
    }

    /** A server that answers everything in time up to its capacity, and half of it above. */
    private static Trial probe(int repeat, int step, double rate, double capacity, int requests) {
        boolean holds = rate <= capacity;
        return trial(repeat, step, rate, Trial.Status.COMPLETED, goodput(holds ? requests : requests / 2, requests));
    }

    private static Measurement offered(double rate) {
        return new Measurement("offered_rate", "", "offered_rate", rate, "requests/s", 400, null, null, false);
    }

    private static Trial trial(
            int repeat, int step, double rate, Trial.Status status, Measurement goodput, Measurement... more) {
        List<Measurement> figures = new ArrayList<>(List.of(more));
        figures.add(goodput);
        figures.add(new Measurement("output_tokens_mean", "", "output_tokens", 32, "tokens", 10, null, null, false));
        return new Trial(
                Trial.SCHEMA_VERSION,
                "t" + repeat + "-" + step,
                new Variant("v", "m", "e", "fp32", "none", "none", "cpu", "box"),
                new Workload(Workload.Kind.CAPACITY, "capacity", rate),
                repeat,
                step,
                1,
                status,
                status == Trial.Status.COMPLETED
                        ? List.of()
                        : List.of(dev.weighbridge.results.Reason.of(dev.weighbridge.results.Reason.Code.FELL_BEHIND)),
                List.of(),
                figures,
                null,
                Map.of(),
                "2026-11-24T00:00:00Z",
                1);
    }

    private static List<Trial> searched(double guess, double capacity, int repeats) {
        List<Trial> trials = new ArrayList<>();
        for (int repeat = 1; repeat <= repeats; repeat++) {
            for (int step = 1; ; step++) {
                CapacityEstimate estimate = CapacityEstimate.of(trials, 0.95);
                OptionalDouble known = estimate.byBlock().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .average();
                OptionalDouble rate = SEARCH.next(
                        known.orElse(guess), known.isPresent(), CapacityEstimate.block(estimate.probes(), repeat));
                if (rate.isEmpty()) {
                    break;
                }
                trials.add(probe(repeat, step, rate.getAsDouble(), capacity, 400));
            }
        }
        return trials;
    }

    @ParameterizedTest
    @CsvSource({"100, 100", "100, 137", "100, 61", "100, 400", "250, 40", "1, 30"})
    void aKnownCapacityIsFoundWithinFivePercentInTenProbes(double guess, double capacity) {
        List<Trial> trials = searched(guess, capacity, 1);
        CapacityEstimate estimate = CapacityEstimate.of(trials, 0.95);
        Measurement rate = estimate.found().orElseThrow();
        assertThat(trials).hasSizeLessThanOrEqualTo(10);
        assertThat(rate.value()).isCloseTo(capacity, within(0.05 * capacity));
        assertThat(rate.low()).isLessThanOrEqualTo(capacity);
        assertThat(rate.high()).isGreaterThan(capacity);
    }

    @Test
    void aCapacityIsInRequestsThatWereOfferedAndNotInThoseThatWerePlanned() {
        List<Trial> trials = List.of(
                trial(1, 1, 100, Trial.Status.COMPLETED, goodput(400, 400), offered(104)),
                trial(1, 2, 105, Trial.Status.COMPLETED, goodput(200, 400), offered(107)));
        Measurement rate = CapacityEstimate.of(trials, 0.95).found().orElseThrow();
        assertThat(rate.value()).isCloseTo(Math.sqrt(104 * 107), within(1e-9));
        assertThat(rate.high() / rate.low())
                .as("no surer than the steps of the search")
                .isCloseTo(1.05, within(1e-9));
    }

    @Test
    void edgesThatChanceExchangedBoundTheCapacityAllTheSame() {
        List<Trial> trials = List.of(
                trial(1, 1, 100, Trial.Status.COMPLETED, goodput(400, 400), offered(106)),
                trial(1, 2, 104, Trial.Status.COMPLETED, goodput(200, 400), offered(102)));
        Measurement rate = CapacityEstimate.of(trials, 0.95).found().orElseThrow();
        assertThat(rate.value()).isCloseTo(Math.sqrt(106 * 102), within(1e-9));
        assertThat(rate.low()).isLessThan(rate.value());
        assertThat(rate.high()).isGreaterThan(rate.value());
    }

    @Test
    void anEdgeThatWasOfferedTwiceCountsByTheMeanOfBoth() {
        List<Trial> trials = List.of(
                trial(1, 1, 20, Trial.Status.COMPLETED, goodput(49, 49), offered(18)),
                trial(1, 2, 20, Trial.Status.COMPLETED, goodput(49, 49), offered(20)),
                trial(1, 3, 21, Trial.Status.COMPLETED, goodput(10, 49), offered(22)));
        assertThat(CapacityEstimate.of(trials, 0.95).found().orElseThrow().value())
                .isCloseTo(Math.sqrt(19 * 22), within(1e-9));
    }

    @Test
    void theSearchGoesByThePlannedRates() {
        List<Probe> probes = List.of(
                new Probe("a", 1, 100, 106, Verdict.HELD, goodput(400, 400)),
                new Probe("b", 1, 121, 102, Verdict.MISSED, goodput(10, 400)));
        assertThat(SEARCH.next(100, false, probes).orElseThrow()).isCloseTo(110, within(1e-9));
    }

    @Test
    void aBracketThatOpensAgainIsWidenedByWhatWasSearchedAndNotByTheNumberOfProbes() {
        List<Probe> probes = List.of(
                new Probe("a", 1, 100, 100, Verdict.HELD, goodput(400, 400)),
                new Probe("b", 1, 104, 104, Verdict.HELD, goodput(400, 400)),
                new Probe("c", 1, 107, 107, Verdict.HELD, goodput(400, 400)),
                new Probe("d", 1, 110, 110, Verdict.HELD, goodput(400, 400)));
        assertThat(SEARCH.next(100, false, probes).orElseThrow()).isCloseTo(110 * 1.15 * 1.1, within(1e-9));
    }

    @Test
    void laterBlocksNeedFewProbesNearTheEdge() {
        List<Trial> trials = searched(100, 137, 3);
        assertThat(trials.stream().filter(t -> t.repeat() == 2).count()).isBetween(2L, 3L);
        assertThat(trials.stream().filter(t -> t.repeat() == 3).count()).isBetween(2L, 3L);
        CapacityEstimate estimate = CapacityEstimate.of(trials, 0.95);
        assertThat(estimate.byBlock()).containsOnlyKeys(1, 2, 3);
        assertThat(estimate.found().orElseThrow().samples()).isEqualTo(3);
        assertThat(estimate.outputTokens()).isEqualTo(32);
    }

    @Test
    void aRateWithTooFewRequestsToTellIsOfferedOnceMore() {
        // 49 of 49 is [92.7, 100] % and says nothing about 95 %; 98 of 98 is [96.2, 100] %.
        Probe first = new Probe("a", 1, 20, 20, Verdict.OPEN, goodput(49, 49));
        assertThat(OfferedRate.verdict(goodput(49, 49), 0.95)).isEqualTo(Verdict.OPEN);
        Probe above = new Probe("b", 1, 20.9, 20.9, Verdict.MISSED, goodput(10, 49));
        assertThat(SEARCH.next(20, true, List.of(first, above)))
                .as("the edge of the bracket rests on it")
                .hasValue(20);
        Probe second = new Probe("c", 1, 20, 20, Verdict.OPEN, goodput(49, 49));
        assertThat(SEARCH.next(20, true, List.of(first, above, second)))
                .as("both together hold")
                .isEmpty();
    }

    @Test
    void aSaturatedServerBoundsItsCapacityFromAbove() {
        List<Trial> trials =
                List.of(probe(1, 1, 50, 100, 400), trial(1, 2, 52, Trial.Status.SATURATED, goodput(400, 400)));
        CapacityEstimate estimate = CapacityEstimate.of(trials, 0.95);
        assertThat(estimate.found().orElseThrow().low()).isEqualTo(50);
        assertThat(estimate.found().orElseThrow().high()).isEqualTo(52);
    }

    @Test
    void aTrialThatDoesNotCountEndsTheSearchOfItsBlock() {
        Probe unknown = new Probe("a", 1, 20, 20, Verdict.UNKNOWN, null);
        assertThat(SEARCH.next(20, true, List.of(unknown))).isEmpty();
        assertThat(CapacityEstimate.of(List.of(trial(1, 1, 20, Trial.Status.INVALID, goodput(1, 1))), 0.95)
                        .found())
                .isEmpty();
    }

    @Test
    void aServerThatHoldsNothingEndsTheSearchWithoutACapacity() {
        List<Trial> trials = searched(100, 0, 1);
        assertThat(trials).hasSizeBetween(3, 10);
        assertThat(CapacityEstimate.of(trials, 0.95).found()).isEmpty();
    }

    @Test
    void aBlockIsNoSurerThanTheLastStepOfItsSearch() {
        CapacityEstimate estimate = CapacityEstimate.of(searched(100, 123, 2), 0.95);

        Map<Integer, Double> steps = estimate.halfStepByBlock();
        assertThat(steps).containsOnlyKeys(1, 2);
        steps.forEach((block, half) -> {
            assertThat(half).isBetween(1e-3, Math.log(1.05) / 2 + 1e-9);
            Double found = estimate.byBlock().get(block);
            assertThat(Math.abs(Math.log(found / 123))).isLessThanOrEqualTo(half + 1e-9);
        });
    }
}
