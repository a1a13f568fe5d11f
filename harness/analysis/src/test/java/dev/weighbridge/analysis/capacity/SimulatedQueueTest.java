package dev.weighbridge.analysis.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.analysis.load.LoadFigures;
import dev.weighbridge.analysis.load.LoadJudgement;
import dev.weighbridge.analysis.load.Window;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The search against a simulated server that answers one request at a time, each in 5 ms: its capacity is 200
 * requests a second. The objective lets a request wait for 49 others, so that in the long run 95 % meet it up to 194 requests a
 * second; a window of seconds, in which a queue can only begin to grow, holds a little more.
 */
class SimulatedQueueTest {
    private static final double CAPACITY = 200;
    private static final double SERVICE_NANOS = 1e9 / CAPACITY;
    private static final double SHARE = 0.95;
    private static final int TOKENS = 4;
    private static final int MOST_PROBES = 10;
    private static final long WARM_UP_NANOS = 1_000_000_000;
    private static final long DURATION_NANOS = 5_000_000_000L;
    private static final Manifest.Objectives OBJECTIVES = new Manifest.Objectives(250.0, 50.0, null, SHARE, 0.02);

    /** Poisson arrivals, first come first served; with the same gaps at every rate, drawn out to it, as a block has them. */
    private static Trial probe(int step, double rate, long seed) {
        Window window = new Window(WARM_UP_NANOS, WARM_UP_NANOS + DURATION_NANOS);
        LoadFigures figures = new LoadFigures(window, OBJECTIVES);
        SplittableRandom random = new SplittableRandom(seed);
        double free = 0;
        double at = gap(random, rate);
        for (int index = 0; at < window.endNanos(); index++) {
            double start = Math.max(at, free);
            free = start + SERVICE_NANOS;
            figures.add(answered(index, at, start));
            at += gap(random, rate);
        }
        Circumstances circumstances =
                new Circumstances(0, window.startNanos(), window.endNanos(), true, false, true, null, null, 2, null);
        LoadJudgement judgement = LoadJudgement.of(figures, circumstances, LoadJudgement.Machine.QUIET, null);
        return new Trial(
                Trial.SCHEMA_VERSION,
                "t" + step,
                new Variant("v", "m", "e", "fp32", "none", "none", "cpu", "box"),
                new Workload(Workload.Kind.CAPACITY, "capacity", rate),
                1,
                step,
                1,
                judgement.status(),
                judgement.reasons(),
                judgement.flags(),
                figures.measurements(),
                circumstances,
                Map.of(),
                "2026-11-24T00:00:00Z",
                6);
    }

    private static double gap(SplittableRandom random, double rate) {
        return -Math.log(1 - random.nextDouble()) * 1e9 / rate;
    }

    private static RequestTiming answered(int index, double at, double start) {
        long[] chunks = new long[TOKENS];
        int[] tokens = new int[TOKENS];
        for (int token = 0; token < TOKENS; token++) {
            chunks[token] = Math.round(start + SERVICE_NANOS * (token + 1) / TOKENS);
            tokens[token] = 1;
        }
        long intended = Math.round(at);
        return new RequestTiming(
                index,
                intended,
                intended,
                chunks,
                tokens,
                chunks[TOKENS - 1],
                1,
                TOKENS,
                Outcome.COMPLETED,
                200,
                null,
                index,
                TOKENS);
    }

    private static List<Trial> searched(long seed) {
        CapacitySearch search = new CapacitySearch(0.05, MOST_PROBES, SHARE);
        List<Trial> trials = new ArrayList<>();
        OptionalDouble rate = search.next(0.9 * CAPACITY, false, List.of());
        while (rate.isPresent()) {
            trials.add(probe(trials.size() + 1, rate.getAsDouble(), seed));
            rate = search.next(
                    0.9 * CAPACITY, false, CapacityEstimate.of(trials, SHARE).probes());
        }
        return trials;
    }

    @Test
    void itsCapacityIsFoundWithinFivePercentAndTenProbes() {
        int within = 0;
        for (int search = 0; search < 100; search++) {
            List<Trial> trials = searched(1_000L * search);
            double found =
                    CapacityEstimate.of(trials, SHARE).found().orElseThrow().value();
            assertThat(trials).as("search %s", search).hasSizeBetween(3, MOST_PROBES);
            within += Math.abs(found / CAPACITY - 1) <= 0.05 ? 1 : 0;
        }
        // Some 1,000 arrivals a probe: their number alone scatters by 3 %. By what was planned, fewer than 80 come so
        // close.
        assertThat(within).isGreaterThanOrEqualTo(90);
    }
}
