package dev.weighbridge.microbench.paced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KnownCapacityTest {
    private static Trial trial(Workload workload, int step, Trial.Status status, long good) {
        return new Trial(
                Trial.SCHEMA_VERSION,
                "t" + step,
                new Variant("v", "paced-400", "paced", "fp32", "none", "none", "cpu", "box"),
                workload,
                1,
                step,
                1,
                status,
                status == Trial.Status.COMPLETED ? List.of() : List.of(Reason.of(Reason.Code.STEAL)),
                List.of(),
                List.of(Proportion.measurement("goodput", "", good, 1_000)),
                null,
                Map.of("requests_per_second", "400.0"),
                "2026-11-24T00:00:00Z",
                1);
    }

    private static Trial probe(int step, double rate, Trial.Status status, long good) {
        return trial(new Workload(Workload.Kind.CAPACITY, "capacity", rate), step, status, good);
    }

    private static KnownCapacity found(double held, double missed) {
        return KnownCapacity.of(
                List.of(
                        trial(new Workload(Workload.Kind.PARITY, "parity"), 1, Trial.Status.COMPLETED, 0),
                        trial(new Workload(Workload.Kind.SATURATION, "saturation"), 1, Trial.Status.COMPLETED, 0),
                        probe(1, held, Trial.Status.COMPLETED, 1_000),
                        probe(2, missed, Trial.Status.DISTURBED, 1_000),
                        probe(2, missed, Trial.Status.COMPLETED, 500)),
                0.95);
    }

    @Test
    void everyAttemptAtALoadCounts() {
        assertThat(found(395, 405).loadTrials()).isEqualTo(4);
    }

    @Test
    void aCapacityWithinFivePercentIsRight() {
        assertThat(found(380, 400).right()).isTrue();
        assertThat(found(370, 385).right()).isFalse();
        assertThat(found(415, 430).right()).isFalse();
    }

    @Test
    void aCapacityThatTookMoreThanTenTrialsIsNotRight() {
        List<Trial> trials = new ArrayList<>(
                List.of(probe(1, 395, Trial.Status.COMPLETED, 1_000), probe(2, 405, Trial.Status.COMPLETED, 500)));
        for (int step = 3; step <= 10; step++) {
            trials.add(probe(step, 405, Trial.Status.DISTURBED, 500));
        }
        assertThat(KnownCapacity.of(trials, 0.95).right()).isTrue();
        trials.add(probe(11, 405, Trial.Status.DISTURBED, 500));
        assertThat(KnownCapacity.of(trials, 0.95).right()).isFalse();
    }

    @Test
    void whatWasNotFoundIsNotRightAndSaysSo() {
        KnownCapacity none = KnownCapacity.of(List.of(probe(1, 400, Trial.Status.COMPLETED, 500)), 0.95);
        assertThat(none.right()).isFalse();
        assertThat(KnownCapacity.table(List.of(none))).contains("400", "none", "WRONG");
    }

    @Test
    void theTableTellsWhatWasFoundAndHowFarOffItIs() {
        KnownCapacity low = new KnownCapacity(
                400, new Measurement("capacity", "", "capacity", 370, "requests/s", 1, 360.0, 380.0, true), 7);
        assertThat(KnownCapacity.table(List.of(found(395, 405), low)).lines())
                .hasSize(3)
                .anyMatch(line -> line.matches("400 +400\\.0 +395\\.0 to 405\\.0 +-0\\.0 % +4"))
                .anyMatch(line -> line.matches("400 +370\\.0 +360\\.0 to 380\\.0 +-7\\.5 % +7 +WRONG"));
    }

    @Test
    void aRunOfAnotherEngineIsRefused() {
        assertThatThrownBy(() -> KnownCapacity.of(List.of(), 0.95)).hasMessageContaining("'paced'");
    }
}
