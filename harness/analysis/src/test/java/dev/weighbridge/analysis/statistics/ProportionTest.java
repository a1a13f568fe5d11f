package dev.weighbridge.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.results.Measurement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionTest {
    /**
     * Newcombe, Statistics in Medicine 17 (1998), table I, method 3; the last row and more digits with statsmodels 0.15:
     * {@code proportion_confint([0, 81, 15, 49], [20, 263, 148, 49], method="wilson")}.
     */
    @ParameterizedTest
    @CsvSource({
        "0, 20, 0, 0.161125158053",
        "81, 263, 0.255288519878, 0.366209576983",
        "15, 148, 0.062386399531, 0.160487241723",
        "49, 49, 0.92730218078, 1"
    })
    void theIntervalIsWilsons(long hits, long n, double low, double high) {
        Measurement share = Proportion.measurement("goodput", "chat", hits, n);
        assertThat(share.value()).isEqualTo((double) hits / n);
        assertThat(share.low()).isCloseTo(low, within(1e-11));
        assertThat(share.high()).isCloseTo(high, within(1e-11));
        assertThat(share.samples()).isEqualTo(n);
        assertThat(share.scope()).isEqualTo("chat");
    }

    @Test
    void countsThatAreNoShareAreRefused() {
        assertThatThrownBy(() -> Proportion.measurement("goodput", "", 0, 0)).hasMessageContaining("0 of 0");
        assertThatThrownBy(() -> Proportion.measurement("goodput", "", 3, 2)).hasMessageContaining("3 of 2");
        assertThatThrownBy(() -> Proportion.measurement("goodput", "", -1, 2)).hasMessageContaining("-1 of 2");
    }

    @ParameterizedTest
    @CsvSource({"1, 0.95, 73", "1, 0.99, 381", "0.97, 0.95, 457", "0.9, 0.95, 73", "0.5, 1, 1"})
    void theSamplesThatSettleAShareAreTheFirstWhoseIntervalLeavesTheLimitOut(
            double share, double limit, long expected) {
        assertThat(Proportion.samplesToSettle(share, limit)).hasValue(expected);
    }

    @Test
    void allHitsSettleTheLimitAtTheSampleThatWasForetoldAndNotBefore() {
        long needed = Proportion.samplesToSettle(1, 0.95).orElseThrow();
        assertThat(Proportion.measurement("goodput", "", needed, needed).low()).isGreaterThan(0.95);
        assertThat(Proportion.measurement("goodput", "", needed - 1, needed - 1).low())
                .isLessThan(0.95);
    }

    @Test
    void aShareThatIsTheLimitIsNeverSettled() {
        assertThat(Proportion.samplesToSettle(0.95, 0.95)).isEmpty();
        assertThatThrownBy(() -> Proportion.samplesToSettle(95, 0.95)).hasMessageContaining("95.0 and 0.95");
    }
}
