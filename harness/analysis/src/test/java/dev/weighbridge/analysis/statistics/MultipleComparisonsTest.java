package dev.weighbridge.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MultipleComparisonsTest {
    private static final Offset<Double> EXACT = within(1e-11);

    /** The fifteen p-values of Benjamini and Hochberg's own example, J. R. Statist. Soc. B 57 (1995), section 4. */
    private static final double[] PUBLISHED = {
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1
    };

    private static long significant(double[] adjusted) {
        return Arrays.stream(adjusted).filter(p -> p <= 0.05).count();
    }

    @Test
    void thePublishedExampleRejectsFourByFalseDiscoveryAndThreeByFamily() {
        assertThat(significant(BenjaminiHochberg.adjusted(PUBLISHED))).isEqualTo(4);
        assertThat(significant(Holm.adjusted(PUBLISHED))).isEqualTo(3);
    }

    @Test
    void adjustedValuesAreStatsmodelsOnes() {
        // statsmodels 0.15: multipletests(PUBLISHED, method="fdr_bh")[1] and method="holm".
        assertThat(BenjaminiHochberg.adjusted(PUBLISHED))
                .containsExactly(
                        new double[] {
                            0.0015,
                            0.003,
                            0.0095,
                            0.035625,
                            0.0603,
                            0.063857142857,
                            0.063857142857,
                            0.0645,
                            0.0765,
                            0.486,
                            0.581181818182,
                            0.714875,
                            0.753230769231,
                            0.813214285714,
                            1
                        },
                        EXACT);
        assertThat(Holm.adjusted(PUBLISHED))
                .containsExactly(
                        new double[] {
                            0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1, 1, 1, 1, 1, 1
                        },
                        EXACT);
    }

    @Test
    void theOrderOfTheValuesIsKept() {
        // statsmodels 0.15: multipletests([0.01, 0.04, 0.03, 0.005], method="holm")[1] and method="fdr_bh".
        double[] p = {0.01, 0.04, 0.03, 0.005};
        assertThat(Holm.adjusted(p)).containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, EXACT);
        assertThat(BenjaminiHochberg.adjusted(p)).containsExactly(new double[] {0.02, 0.04, 0.04, 0.02}, EXACT);
    }

    @Test
    void aFamilyOfOneIsLeftAlone() {
        assertThat(Holm.adjusted(new double[] {0.2})).containsExactly(0.2);
        assertThat(BenjaminiHochberg.adjusted(new double[] {0.2})).containsExactly(0.2);
        assertThat(Holm.adjusted(new double[0])).isEmpty();
    }

    @Test
    void whatIsNoProbabilityIsRefused() {
        assertThatThrownBy(() -> Holm.adjusted(new double[] {0.2, Double.NaN})).hasMessageContaining("NaN");
        assertThatThrownBy(() -> BenjaminiHochberg.adjusted(new double[] {1.2})).hasMessageContaining("1.2");
    }
}
