package dev.weighbridge.api.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PoissonTest {
    @Test
    void givesTheSameArrivalsForTheSameSeed() {
        long[] first = poisson(100, Duration.ofSeconds(5), 9);

        assertThat(poisson(100, Duration.ofSeconds(5), 9)).isEqualTo(first);
        assertThat(poisson(100, Duration.ofSeconds(5), 10)).isNotEqualTo(first);
    }

    /**
     * Computed apart from this code, from the formulas alone: SplitMix64 from the seed (Steele, Lea, Flood 2014, with the mixing
     * constants of Stafford's variant 13), its upper 53 bits as a share u, and gaps of -ln(1 - u) / rate.
     */
    @Test
    void arrivalsAreThoseThatTheFormulasGive() {
        assertThat(poisson(100, Duration.ofMillis(48), 9))
                .containsExactly(11_468_452, 25_359_230, 28_442_465, 43_804_976, 46_850_593);
        assertThat(poisson(2.5, Duration.ofMillis(700), 17)).containsExactly(278_879_101, 477_538_853, 636_733_995);
    }

    @Test
    void theHorizonItselfIsLeftOutAndItsLastNanosecondIsNot() {
        assertThat(poisson(100, Duration.ofNanos(11_468_452), 9)).isEmpty();
        assertThat(poisson(100, Duration.ofNanos(11_468_453), 9)).containsExactly(11_468_452);
    }

    /** Kolmogorov and Smirnov's distance at a level of one in a million: 2.69 over the root of the number. */
    @Test
    void gapsAreExponentialOverTheirWholeRangeAndDoNotDependOnOneAnother() {
        long[] arrivals = poisson(200, Duration.ofSeconds(500), 11);
        double[] gaps = new double[arrivals.length];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = (arrivals[i] - (i == 0 ? 0 : arrivals[i - 1])) * 200 / 1e9;
        }

        double root = Math.sqrt(gaps.length);
        assertThat(distanceFromExponential(gaps)).isLessThan(2.69 / root);
        double together = 0;
        for (int i = 1; i < gaps.length; i++) {
            together += (gaps[i] - 1) * (gaps[i - 1] - 1);
        }
        assertThat(together / gaps.length).as("covariance of neighbours").isCloseTo(0, within(5 / root));
    }

    private static double distanceFromExponential(double[] gaps) {
        double[] sorted = gaps.clone();
        Arrays.sort(sorted);
        double largest = 0;
        for (int i = 0; i < sorted.length; i++) {
            double expected = 1 - Math.exp(-sorted[i]);
            largest = Math.max(largest, Math.abs(expected - (double) i / sorted.length));
            largest = Math.max(largest, Math.abs(expected - (i + 1.0) / sorted.length));
        }
        return largest;
    }

    @Test
    void aLongerHorizonOnlyAddsArrivals() {
        long[] shorter = poisson(100, Duration.ofSeconds(5), 9);

        assertThat(poisson(100, Duration.ofSeconds(8), 9)).startsWith(shorter);
    }

    @Test
    void gapsHaveTheMeanAndTheSpreadOfAPoissonProcess() {
        long[] arrivals = poisson(200, Duration.ofSeconds(500), 3);

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
        long[] arrivals = poisson(1_000, Duration.ofSeconds(2), 1);

        assertThat(arrivals).isSorted();
        assertThat(arrivals[0]).isNotNegative();
        assertThat(arrivals[arrivals.length - 1]).isLessThan(2_000_000_000L);
    }

    @Test
    void mayHoldNoArrivalAtAll() {
        assertThat(poisson(0.001, Duration.ofMillis(1), 1)).isEmpty();
    }

    @Test
    void refusesMoreThanAClientCanHold() {
        assertThatThrownBy(() -> poisson(100_000, Duration.ofHours(1), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("360000000 requests");
    }

    private static long[] poisson(double rate, Duration horizon, long seed) {
        return new Poisson(rate).arrivals(horizon, seed).startNanos();
    }
}
