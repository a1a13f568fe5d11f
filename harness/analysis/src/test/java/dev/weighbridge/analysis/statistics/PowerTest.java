package dev.weighbridge.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;

class PowerTest {

    /** Power of McNemar's exact test at 5 %, without approximation: over all numbers of flips, and ways they can go. */
    private static double exactPower(long n, double discordance, double difference) {
        BinomialDistribution flips = BinomialDistribution.of((int) n, discordance);
        double toRight = (discordance + difference) / (2 * discordance);
        double power = 0;
        for (int m = 1; m <= n; m++) {
            double weight = flips.probability(m);
            if (weight > 1e-10) {
                int tail = BinomialDistribution.of(m, 0.5).inverseCumulativeProbability(0.025);
                BinomialDistribution even = BinomialDistribution.of(m, 0.5);
                int critical = 2 * even.cumulativeProbability(tail) <= 0.05 ? tail : tail - 1;
                BinomialDistribution ways = BinomialDistribution.of(m, toRight);
                power += weight * (ways.cumulativeProbability(critical) + ways.survivalProbability(m - critical - 1));
            }
        }
        return power;
    }

    @Test
    void theSamplesForFlipsGiveTheExactTestItsPowerAndHardlyMore() {
        for (double discordance : new double[] {0.05, 0.1, 0.2, 0.4}) {
            long n = Power.USUAL.samplesForFlips(discordance, 0.03);
            assertThat(exactPower(n, discordance, 0.03)).isBetween(0.8, 0.84);
        }
        assertThat(exactPower(new Power(0.05, 0.9).samplesForFlips(0.1, -0.02), 0.1, -0.02))
                .isBetween(0.895, 0.91);
    }

    @Test
    void theSamplesForFlipsAreConnorsAndOneOverTheDifference() {
        // Connor by hand: (1.959964 √0.1 + 0.841621 √(0.1 − 0.0009))² / 0.0009 = 869.9.
        double connor = Math.pow(1.959963985 * Math.sqrt(0.1) + 0.841621234 * Math.sqrt(0.0991), 2) / 0.0009;
        assertThat((double) Power.USUAL.samplesForFlips(0.1, 0.03)).isCloseTo(connor + 2 / 0.03, within(2.0));
    }

    @Test
    void whatSoManySamplesFindIsWhatTheyAreNeededFor() {
        long n = Power.USUAL.samplesForFlips(0.12, 0.03);
        assertThat(Power.USUAL.detectableByFlips(0.12, n).orElseThrow()).isCloseTo(0.03, within(0.0001));
        assertThat(Power.USUAL.detectableByFlips(0.01, 100)).isEmpty();
        long scores = Power.USUAL.samples(0.3, 0.01);
        assertThat(Power.USUAL.detectable(0.3, scores).orElseThrow()).isCloseTo(0.01, within(0.00001));
        assertThat(Power.USUAL.detectable(0.3, 1)).isEmpty();
    }

    @Test
    void theSamplesForMeansAreThoseOfTheNoncentralT() {
        // statsmodels 0.15, TTestPower().solve_power: 33.37, 786.81, 731.61, and one-sided at 2.5 % 1767.92; 0.1255323.
        assertThat(Power.USUAL.samples(2, 1)).isEqualTo(34);
        assertThat(Power.USUAL.samples(10, -1)).isEqualTo(787);
        assertThat(new Power(0.05, 0.9).samples(0.25, 0.03)).isEqualTo(732);
        assertThat(Power.USUAL.samplesForNonInferiority(0.3, 0.03, -0.01)).isEqualTo(1768);
        assertThat(Power.USUAL.detectable(1, 500).orElseThrow()).isCloseTo(0.12553231642698945, within(2e-6));
    }

    @Test
    void aVariantThatIsBetterIsSoonerShownToBeNoWorse() {
        double deviation = Power.deviationOfFlips(0.1, 0);
        assertThat(deviation).isCloseTo(Math.sqrt(0.1), within(1e-15));
        assertThat(Power.USUAL.samplesForNonInferiority(deviation, 0.02, 0.02))
                .isLessThan(Power.USUAL.samplesForNonInferiority(deviation, 0.02, 0));
        assertThatThrownBy(() -> Power.USUAL.samplesForNonInferiority(deviation, 0.02, -0.02))
                .hasMessageContaining("0.02 and -0.02");
    }

    @Test
    void clustersLeaveFewerSamplesThatStandForThemselves() {
        assertThat(Power.designEffect(1, 0, 1)).isEqualTo(1);
        assertThat(Power.designEffect(10, 0, 1)).isEqualTo(10);
        assertThat(Power.designEffect(10, 0.5, 0.1)).isCloseTo(1 + 11.5 * 0.1, within(1e-12));
        assertThat(Power.effectiveSamples(1000, Power.designEffect(5, 0, 0.25))).isEqualTo(500);
    }

    @Test
    void whatNoTestCanFindIsRefused() {
        assertThatThrownBy(() -> new Power(0.05, 0.04)).hasMessageContaining("0.05 and 0.04");
        assertThatThrownBy(() -> Power.USUAL.samples(1, 0)).hasMessageContaining("difference of 0.0");
        assertThatThrownBy(() -> Power.USUAL.samplesForFlips(0.02, 0.03)).hasMessageContaining("0.03 and 0.02");
        assertThatThrownBy(() -> Power.USUAL.detectable(-1, 10)).hasMessageContaining("-1");
    }
}
