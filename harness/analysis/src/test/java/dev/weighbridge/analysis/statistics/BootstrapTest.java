package dev.weighbridge.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.statistics.BootstrapInterval.Degeneracy;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static final double[] X = {
        2.1, 0.3, 5.6, 1.2, 9.8, 0.7, 3.3, 1.9, 0.2, 14.5, 2.8, 0.9, 4.4, 1.1, 0.6, 7.2, 2.2, 3.9, 0.4, 1.6
    };
    private static final double[] Y = {
        1.9, 0.8, 4.1, 1.5, 7.0, 1.7, 3.0, 1.2, 1.2, 8.5, 2.3, 1.9, 3.4, 1.0, 1.6, 6.2, 2.0, 2.9, 1.4, 1.1
    };

    private static double mean(double[] sums) {
        return sums[0] / sums[1];
    }

    private static double[][] rows(double[] first, double... second) {
        return IntStream.range(0, first.length)
                .mapToObj(i -> new double[] {first[i], second.length == 0 ? 1 : second[i]})
                .toArray(double[][]::new);
    }

    private static double[] logs(double[] values) {
        double[] logs = values.clone();
        for (int i = 0; i < logs.length; i++) {
            logs[i] = Math.log(logs[i]);
        }
        return logs;
    }

    private static void isWithin(BootstrapInterval interval, double low, double high, double tolerance) {
        assertThat(interval.degeneracy()).isNull();
        assertThat(interval.low()).isCloseTo(low, within(tolerance));
        assertThat(interval.high()).isCloseTo(high, within(tolerance));
    }

    // Expected intervals: scipy 1.17.1, stats.bootstrap with 1,000,000 draws. The tolerance is 4 % of a standard error,
    // about four times what 100,000 draws leave open.

    @Test
    void theIntervalsOfASkewedMeanAreThoseOfScipy() {
        Bootstrap bootstrap = Bootstrap.of(rows(X), null, BootstrapTest::mean, 100_000, 1);
        assertThat(bootstrap.standardError()).isCloseTo(0.79687, within(0.008));
        isWithin(bootstrap.percentile(), 1.845, 4.945, 0.032);
        isWithin(bootstrap.bca(), 2.045, 5.405, 0.032);
    }

    @Test
    void theIntervalsOfARatioAreThoseOfScipy() {
        Bootstrap bootstrap = Bootstrap.of(rows(X, Y), null, BootstrapTest::mean, 100_000, 2);
        assertThat(bootstrap.standardError()).isCloseTo(0.10653, within(0.0011));
        isWithin(bootstrap.percentile(), 0.94400, 1.36012, 0.0043);
        isWithin(bootstrap.bca(), 0.99510, 1.40421, 0.0043);
    }

    @Test
    void thePairedDifferenceOfGeometricMeansIsThatOfScipy() {
        Bootstrap bootstrap =
                Bootstrap.paired(rows(logs(X)), rows(logs(Y)), null, sums -> Math.exp(sums[0] / sums[1]), 100_000, 3);
        isWithin(bootstrap.percentile(), -0.74588, 0.24272, 0.0102);
        isWithin(bootstrap.bca(), -0.79259, 0.16125, 0.0102);
    }

    @Test
    void aSeedGivesTheSameIntervalAgainAndAnotherSeedAnother() {
        assertThat(Bootstrap.of(rows(X), null, BootstrapTest::mean, 1000, 4).bca())
                .isEqualTo(Bootstrap.of(rows(X), null, BootstrapTest::mean, 1000, 4)
                        .bca())
                .isNotEqualTo(Bootstrap.of(rows(X), null, BootstrapTest::mean, 1000, 5)
                        .bca());
    }

    @Test
    void copiesInOneClusterAddNoCertainty() {
        double[] twice =
                IntStream.range(0, 2 * X.length).mapToDouble(i -> X[i / 2]).toArray();
        List<String> sources =
                IntStream.range(0, twice.length).mapToObj(i -> "text " + i / 2).toList();
        BootstrapInterval clustered = Bootstrap.of(rows(twice), sources, BootstrapTest::mean, 10_000, 6)
                .bca();
        BootstrapInterval once =
                Bootstrap.of(rows(X), null, BootstrapTest::mean, 10_000, 6).bca();
        assertThat(clustered.low()).isCloseTo(once.low(), within(1e-12));
        assertThat(clustered.high()).isCloseTo(once.high(), within(1e-12));
        assertThat(clustered.n()).isEqualTo(40);
        assertThat(clustered.clusters()).isEqualTo(20);
    }

    @Test
    void tenThousandDrawsOfManySamplesAgreeWithTheFormula() {
        SplittableRandom random = new SplittableRandom(7);
        double[] scores = random.doubles(100_000).map(u -> u < 0.7 ? 1 : 0).toArray();
        Bootstrap bootstrap = Bootstrap.of(rows(scores), null, BootstrapTest::mean, Bootstrap.DRAWS, 8);
        assertThat(bootstrap.standardError()).isCloseTo(Math.sqrt(0.7 * 0.3 / 100_000), within(0.00005));
        assertThat(bootstrap.bca().clusters()).isEqualTo(100_000);
    }

    @Test
    void whatGivesNoIntervalIsNamed() {
        assertThat(Bootstrap.of(new double[0][], null, BootstrapTest::mean, 1000, 1)
                        .bca())
                .isEqualTo(new BootstrapInterval(Double.NaN, null, null, Degeneracy.NO_SAMPLES, 0, 0));
        assertThat(Bootstrap.of(rows(new double[] {3}), null, BootstrapTest::mean, 1000, 1)
                        .bca())
                .isEqualTo(new BootstrapInterval(3, null, null, Degeneracy.ONE_CLUSTER, 1, 1));
        assertThat(Bootstrap.of(rows(X), Collections.nCopies(20, "a"), BootstrapTest::mean, 1000, 1)
                        .percentile()
                        .degeneracy())
                .isEqualTo(Degeneracy.ONE_CLUSTER);
        Bootstrap equal = Bootstrap.of(rows(new double[] {0.1, 0.1, 0.1}), null, BootstrapTest::mean, 1000, 1);
        assertThat(equal.percentile().degeneracy()).isEqualTo(Degeneracy.ALL_EQUAL);
        assertThat(equal.standardError()).isNull();
        assertThat(Bootstrap.of(rows(X, new double[20]), null, BootstrapTest::mean, 1000, 1)
                        .bca()
                        .degeneracy())
                .isEqualTo(Degeneracy.UNDEFINED);
    }

    @Test
    void aStatisticThatOftenHasNoValueGivesNoInterval() {
        double[] rare = new double[20];
        rare[0] = 1;
        assertThat(Bootstrap.of(rows(X, rare), null, BootstrapTest::mean, 1000, 1)
                        .percentile()
                        .degeneracy())
                .isEqualTo(Degeneracy.UNDEFINED);
        double[] common = new double[20];
        Arrays.fill(common, 0, 10, 1);
        assertThat(Bootstrap.of(rows(X, common), null, BootstrapTest::mean, 10_000, 1)
                        .percentile()
                        .degeneracy())
                .isNull();
    }

    @Test
    void anEstimateBeyondAllDrawsCannotBeCorrected() {
        double whole = X.length;
        ToDoubleFunction<double[]> peak = sums -> Math.abs(sums[0] - whole * 3.235) < 1e-9 ? 100 : sums[0] / sums[1];
        assertThat(Bootstrap.of(rows(X), null, peak, 1000, 1).bca().degeneracy())
                .isEqualTo(Degeneracy.UNCORRECTABLE);
    }

    @Test
    void rowsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> Bootstrap.of(new double[][] {{1, 2}, {1}}, null, BootstrapTest::mean, 1000, 1))
                .hasMessageContaining("1 at sample 1 after 2");
        assertThatThrownBy(() -> Bootstrap.of(new double[][] {{Double.NaN, 1}}, null, BootstrapTest::mean, 1000, 1))
                .hasMessageContaining("NaN at sample 0");
        assertThatThrownBy(() -> Bootstrap.of(rows(X), List.of("a"), BootstrapTest::mean, 1000, 1))
                .hasMessageContaining("1 sources, 20 samples");
        assertThatThrownBy(() -> Bootstrap.paired(rows(X), new double[][] {{1, 1}}, null, BootstrapTest::mean, 1000, 1))
                .hasMessageContaining("20 and 1");
        assertThatThrownBy(() -> Bootstrap.of(rows(X), null, BootstrapTest::mean, 10, 1))
                .hasMessageContaining("got: 10.");
    }
}
