package dev.weighbridge.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StudentIntervalTest {
    @Test
    void theIntervalIsThatOfStudentsOwnExample() {
        // Hours of sleep gained, Student, Biometrika 6 (1908); scipy 1.17: ttest_1samp(d, 0).confidence_interval(0.95).
        StudentInterval interval = StudentInterval.of(new double[] {1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4});
        assertThat(interval.mean()).isCloseTo(1.58, within(1e-12));
        assertThat(interval.low()).isCloseTo(0.7001142367230174, within(1e-10));
        assertThat(interval.high()).isCloseTo(2.4598857632769824, within(1e-10));
        assertThat(interval.n()).isEqualTo(10);
    }

    @Test
    void oneValueHasNoInterval() {
        assertThat(StudentInterval.of(new double[] {3})).isEqualTo(new StudentInterval(3, null, null, 1));
    }

    @Test
    void equalValuesClaimNoCertainty() {
        assertThat(StudentInterval.of(new double[] {0.1, 0.1, 0.1}).low()).isNull();
        assertThat(StudentInterval.of(new double[] {0, 0}).high()).isNull();
    }

    @Test
    void theIntervalOfAShareStaysAShare() {
        StudentInterval interval = StudentInterval.of(new double[] {0.02, 0.98, 0.9}, 0, 1);
        assertThat(interval.low()).isEqualTo(0);
        assertThat(interval.high()).isEqualTo(1);
    }

    @Test
    void theIntervalOfARateNeverGoesBelowNothing() {
        StudentInterval interval = StudentInterval.of(new double[] {1, 30}, 0, Double.POSITIVE_INFINITY);
        assertThat(interval.low()).isEqualTo(0);
        assertThat(interval.high()).isGreaterThan(100);
    }

    @Test
    void aMeanOfBoundedValuesStaysInBoundsInSpiteOfRounding() {
        double[] shares = new double[10];
        java.util.Arrays.fill(shares, 0.1);
        assertThat(StudentInterval.of(shares, 0.1, 1).mean()).isBetween(0.1, 1.0);
    }

    @Test
    void valuesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> StudentInterval.of(new double[0])).hasMessageContaining("got none");
        assertThatThrownBy(() -> StudentInterval.of(new double[] {1.2}, 0, 1)).hasMessageContaining("got: 1.2");
        assertThatThrownBy(() -> StudentInterval.of(new double[] {Double.NaN})).hasMessageContaining("got: NaN");
    }
}
