package dev.weighbridge.analysis.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SaturatedThroughputTest {
    private static Trial load(
            Workload.Kind kind, int block, Trial.Status status, double offered, double achieved, double tokens) {
        return new Trial(
                Trial.SCHEMA_VERSION,
                "t",
                new Variant("v", "m", "e", "fp32", "none", "none", "cpu", "box"),
                new Workload(kind, "capacity", offered),
                block,
                1,
                1,
                status,
                status == Trial.Status.COMPLETED ? List.of() : List.of(Reason.of(Reason.Code.FELL_BEHIND)),
                List.of(),
                List.of(
                        figure("offered_rate", offered),
                        figure("achieved_rate", achieved),
                        figure("output_tokens_per_s", tokens)),
                null,
                Map.of(),
                "2026-11-24T00:00:00Z",
                1);
    }

    private static Trial probe(int block, Trial.Status status, double offered, double achieved, double tokens) {
        return load(Workload.Kind.CAPACITY, block, status, offered, achieved, tokens);
    }

    private static Measurement figure(String name, double value) {
        return new Measurement(name, "", name, value, "1/s", 10, null, null, false);
    }

    @Test
    void aBlockHasTheMedianOfItsProbesThatCompletedLessThanWasOffered() {
        Map<Integer, Double> byBlock = SaturatedThroughput.byBlock(List.of(
                probe(1, Trial.Status.SATURATED, 200, 100, 3200),
                probe(1, Trial.Status.SATURATED, 150, 90, 2900),
                // Missed its objectives and had no queue that grew to the end, but completed less than was offered.
                probe(1, Trial.Status.COMPLETED, 110, 100, 3100),
                probe(1, Trial.Status.COMPLETED, 90, 89, 2800),
                probe(2, Trial.Status.SATURATED, 200, 97, 3000),
                probe(2, Trial.Status.SATURATED, 150, 99, 3200)));

        assertThat(byBlock).isEqualTo(Map.of(1, 3100.0, 2, 3100.0));
    }

    @Test
    void whatKeptUpWasDisturbedOrIsNoProbeSaysNothing() {
        assertThat(SaturatedThroughput.byBlock(List.of(
                        probe(1, Trial.Status.COMPLETED, 100, 98, 3200),
                        probe(2, Trial.Status.DISTURBED, 200, 50, 1600),
                        probe(3, Trial.Status.SATURATED, 200, 50, 0),
                        load(Workload.Kind.SATURATION, 4, Trial.Status.COMPLETED, 200, 50, 1600))))
                .isEmpty();
    }
}
