package dev.weighbridge.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClusteredMeanTest {
    private static final double[] DIFFERENCES = {0, -1, 0, 1, 0, 0, -1, -1, 0, 0, 1, 0};
    private static final List<String> SOURCES = List.of("a", "a", "a", "b", "b", "c", "c", "c", "d", "d", "e", "e");

    @Test
    void theStandardErrorIsTheSandwichOverClusters() {
        // statsmodels 0.15: OLS(y, ones(12)).fit(cov_type="cluster", cov_kwds={"groups": c}, use_t=True), bse and
        // conf_int(0.05); scipy: t(4).cdf((mean + 0.02) / bse).
        ClusteredMean mean = ClusteredMean.of(DIFFERENCES, SOURCES);
        assertThat(mean.mean()).isCloseTo(-1.0 / 12, within(1e-12));
        assertThat(mean.standardError()).isCloseTo(0.235241453972, within(1e-11));
        assertThat(mean.mean() - mean.half()).isCloseTo(-0.7364683167523607, within(1e-10));
        assertThat(mean.mean() + mean.half()).isCloseTo(0.569801650085694, within(1e-10));
        assertThat(mean.probabilityOfAtLeast(-0.02)).isCloseTo(0.40053601137817246, within(1e-10));
        assertThat(mean.probabilityOfAtLeast(0.5)).isCloseTo(0.03411573895419482, within(1e-10));
        assertThat(mean.clusters()).isEqualTo(5);
        assertThat(mean.n()).isEqualTo(12);
    }

    @Test
    void samplesOfTheirOwnHaveTheOrdinaryStandardError() {
        ClusteredMean mean = ClusteredMean.of(new double[] {1, 2, 3, 4}, List.of("a", "b", "c", "d"));
        assertThat(mean.standardError()).isCloseTo(Math.sqrt(5.0 / 3 / 4), within(1e-12));
    }

    @Test
    void copiesOfASampleAddNoCertainty() {
        ClusteredMean once = ClusteredMean.of(new double[] {1, 2, 4}, List.of("a", "b", "c"));
        ClusteredMean twice = ClusteredMean.of(new double[] {1, 2, 4, 1, 2, 4}, List.of("a", "b", "c", "a", "b", "c"));
        assertThat(twice.standardError()).isCloseTo(once.standardError(), within(1e-12));
    }

    @Test
    void sumsBySourceSayAsMuchAsTheValues() {
        ClusteredMean mean = ClusteredMean.of(DIFFERENCES, SOURCES);
        ClusteredMean ofSums = ClusteredMean.ofSums(new double[] {-1, 1, -2, 0, 1, 0}, new double[] {3, 2, 3, 2, 2, 0});
        assertThat(ofSums.mean()).isCloseTo(mean.mean(), within(1e-12));
        assertThat(ofSums.standardError()).isCloseTo(mean.standardError(), within(1e-12));
        assertThat(ofSums.n()).isEqualTo(12);
        assertThat(ofSums.clusters()).isEqualTo(5);
        assertThat(ClusteredMean.ofSums(new double[] {1, Double.POSITIVE_INFINITY}, new double[] {1, 1})
                        .standardError())
                .isNull();
        assertThatThrownBy(() -> ClusteredMean.ofSums(new double[] {0}, new double[] {0}))
                .hasMessageContaining("0.0 values");
    }

    @Test
    void oneSourceSaysNothingOfOthers() {
        ClusteredMean mean = ClusteredMean.of(new double[] {-1, -1, -1}, List.of("a", "a", "a"));
        assertThat(mean.standardError()).isNull();
        assertThat(mean.half()).isInfinite();
        assertThat(mean.probabilityOfAtLeast(0)).isEqualTo(1);
    }

    @Test
    void aValueWithoutASourceIsRefused() {
        assertThatThrownBy(() -> ClusteredMean.of(new double[] {1, 2}, List.of("a")))
                .hasMessageContaining("1 sources, 2 values");
    }
}
