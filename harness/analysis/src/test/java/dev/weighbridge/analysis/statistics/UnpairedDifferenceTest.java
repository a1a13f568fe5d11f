package dev.weighbridge.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class UnpairedDifferenceTest {
    @Test
    void sharesHaveNewcombesInterval() {
        // Newcombe (1998), table II, method 10: contrasts of 9/10 against 3/10, and of 10/10 against 0/20.
        UnpairedDifference difference = UnpairedDifference.ofShares(9, 10, 3, 10);
        assertThat(difference.difference()).isCloseTo(0.6, within(1e-12));
        assertThat(difference.low()).isCloseTo(0.1705, within(5e-5));
        assertThat(difference.high()).isCloseTo(0.8090, within(5e-5));
        UnpairedDifference extreme = UnpairedDifference.ofShares(10, 10, 0, 20);
        assertThat(extreme.low()).isCloseTo(0.6791, within(5e-5));
        assertThat(extreme.high()).isCloseTo(1, within(1e-12));
    }

    @Test
    void meansWithoutASpreadHaveNoInterval() {
        assertThat(UnpairedDifference.ofMeans(3, Double.NaN, 1, 2, 0.5, 9).low())
                .isNull();
        assertThat(UnpairedDifference.ofMeans(3, 0, 5, 2, 0, 9).high()).isNull();
        UnpairedDifference one = UnpairedDifference.ofMeans(3, 0, 5, 2, 0.5, 9);
        // All the spread is the other's: 8 degrees of freedom, t = 2.306004.
        assertThat(one.high()).isCloseTo(1 + 2.306004 * Math.sqrt(0.5 / 9), within(1e-5));
    }
}
