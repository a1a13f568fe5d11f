package dev.weighbridge.microbench.paced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VirtualWorkerTest {
    private static final long MILLISECOND = 1_000_000;

    private final VirtualWorker worker = new VirtualWorker(10);

    @Test
    void aFreeWorkerStartsAtOnce() {
        assertThat(worker.reserve(100)).isEqualTo(new VirtualWorker.Service(100, 10));
        assertThat(worker.reserve(110)).isEqualTo(new VirtualWorker.Service(110, 10));
        assertThat(worker.reserve(500)).isEqualTo(new VirtualWorker.Service(500, 10));
    }

    @Test
    void aBusyWorkerStartsWhenTheRequestBeforeEnds() {
        worker.reserve(100);
        assertThat(worker.reserve(101).startNanos()).isEqualTo(110);
        assertThat(worker.reserve(102).startNanos()).isEqualTo(120);
        assertThat(worker.reserve(129).startNanos()).isEqualTo(130);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1_000, -5, Long.MAX_VALUE - 5})
    void theClockMayBeNegativeAndMayWrap(long now) {
        assertThat(worker.reserve(now).startNanos()).isEqualTo(now);
        assertThat(worker.reserve(now + 1).startNanos()).isEqualTo(now + 10);
        VirtualWorker.Service third = worker.reserve(now + 2);
        assertThat(third.dueBy(now + 2, 5)).isZero();
        assertThat(third.dueBy(now + 30, 5)).isEqualTo(5);
    }

    @Test
    void requestsThatComeTooFastAreServedAtTheCapacity() {
        long last = 0;
        for (int request = 0; request < 1_000; request++) {
            VirtualWorker.Service service = worker.reserve(request);
            last = service.due(7, 7);
        }
        assertThat(last).isEqualTo(10_000);
    }

    @Test
    void tokensAreEvenlySpacedAndTheLastOneComesAtTheEnd() {
        VirtualWorker.Service service = new VirtualWorker.Service(1_000, 100);
        assertThat(service.due(1, 4)).isEqualTo(1_025);
        assertThat(service.due(2, 4)).isEqualTo(1_050);
        assertThat(service.due(4, 4)).isEqualTo(1_100);
        assertThat(service.due(1, 1)).isEqualTo(1_100);
    }

    @Test
    void aTokenIsDueFromItsTimeOn() {
        VirtualWorker.Service service = new VirtualWorker.Service(1_000, 100);
        for (int tokens : new int[] {1, 3, 7, 32}) {
            assertThat(service.dueBy(0, tokens)).isZero();
            for (int token = 1; token <= tokens; token++) {
                assertThat(service.dueBy(service.due(token, tokens) - 1, tokens))
                        .isEqualTo(token - 1);
                assertThat(service.dueBy(service.due(token, tokens), tokens)).isEqualTo(token);
            }
            assertThat(service.dueBy(Long.MAX_VALUE / 2, tokens)).isEqualTo(tokens);
        }
    }

    @Test
    void aServiceTakesTime() {
        assertThatThrownBy(() -> new VirtualWorker(0)).hasMessageContaining("got: 0");
    }

    /** What the comment in known-capacity.yaml works out. */
    @ParameterizedTest
    @CsvSource({"200, 0.96, 1.02", "400, 0.98, 1.01", "800, 0.985, 1.01"})
    void theObjectivesOfTheStudyAreMetUpToItsCapacityAndNotAboveIt(double capacity, double below, double above) {
        assertThat(shareInTime(capacity, below * capacity)).isGreaterThan(0.95);
        assertThat(shareInTime(capacity, above * capacity)).isLessThan(0.95);
    }

    /** Of Poisson arrivals over ten minutes, the share whose first of four tokens comes within 250 ms. */
    private static double shareInTime(double capacity, double rate) {
        VirtualWorker simulated = new PacedModel("simulated", capacity).worker();
        SplittableRandom random = new SplittableRandom(7);
        double at = 0;
        long requests = 0;
        long inTime = 0;
        while (at < 600e9) {
            at -= Math.log(1 - random.nextDouble()) * 1e9 / rate;
            long arrival = Math.round(at);
            requests++;
            inTime += simulated.reserve(arrival).due(1, 4) - arrival <= 250 * MILLISECOND ? 1 : 0;
        }
        return (double) inTime / requests;
    }
}
