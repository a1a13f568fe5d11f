package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ArrivalScheduleTest {
    @Test
    void givesTheSameArrivalsForTheSameSeed() {
        long[] first = ArrivalSchedule.poisson(100, Duration.ofSeconds(5), 9);

        assertThat(ArrivalSchedule.poisson(100, Duration.ofSeconds(5), 9)).isEqualTo(first);
        assertThat(ArrivalSchedule.poisson(100, Duration.ofSeconds(5), 10)).isNotEqualTo(first);
    }

    @Test
    void aLongerHorizonOnlyAddsArrivals() {
        long[] shorter = ArrivalSchedule.poisson(100, Duration.ofSeconds(5), 9);

        assertThat(ArrivalSchedule.poisson(100, Duration.ofSeconds(8), 9)).startsWith(shorter);
    }

    @Test
    void gapsHaveTheMeanAndTheSpreadOfAPoissonProcess() {
        long[] arrivals = ArrivalSchedule.poisson(200, Duration.ofSeconds(500), 3);

        double count = arrivals.length;
        double mean = arrivals[arrivals.length - 1] / count;
        double squares = 0;
        long shortGaps = 0;
        long previous = 0;
        for (long at : arrivals) {
            squares += Math.pow(at - previous - mean, 2);
            shortGaps += at - previous < 5_000_000 ? 1 : 0;
            previous = at;
        }
        // Five standard errors: of a count, of a mean, and of a share of 1 - 1/e gaps below the mean.
        assertThat(count).isCloseTo(100_000, within(5 * Math.sqrt(100_000)));
        assertThat(Math.sqrt(squares / count)).isCloseTo(mean, within(0.03 * mean));
        assertThat(shortGaps / count).isCloseTo(1 - Math.exp(-1), within(0.008));
    }

    @Test
    void staysInsideTheHorizonAndAscends() {
        long[] arrivals = ArrivalSchedule.poisson(1_000, Duration.ofSeconds(2), 1);

        assertThat(arrivals).isSorted();
        assertThat(arrivals[0]).isNotNegative();
        assertThat(arrivals[arrivals.length - 1]).isLessThan(2_000_000_000L);
    }

    @Test
    void mayHoldNoArrivalAtAll() {
        assertThat(ArrivalSchedule.poisson(0.001, Duration.ofMillis(1), 1)).isEmpty();
    }

    @Test
    void refusesMoreThanAClientCanHold() {
        assertThatThrownBy(() -> ArrivalSchedule.poisson(100_000, Duration.ofHours(1), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("360000000 requests");
    }
}
