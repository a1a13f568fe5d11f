package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import org.junit.jupiter.api.Test;

class LogitsParityTest {
    private static Logits logits(float... values) {
        return new Logits(new int[values.length / 2], 2, values);
    }

    private static double figure(LogitsParity parity, String name) {
        return parity.measurements().stream()
                .filter(m -> m.name().equals(name))
                .mapToDouble(Measurement::value)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void equalLogitsHaveNoDivergence() {
        LogitsParity parity = new LogitsParity();
        parity.add(logits(1, 2, 3, -1), logits(1, 2, 3, -1));
        assertThat(figure(parity, "kl_divergence")).isEqualTo(0);
        assertThat(parity.violations(1e-9, 1)).isEmpty();
    }

    @Test
    void aShiftOfAllLogitsIsNoDivergence() {
        LogitsParity parity = new LogitsParity();
        parity.add(logits(1, 2), logits(101, 102));
        assertThat(figure(parity, "kl_divergence")).isCloseTo(0, within(1e-9));
    }

    @Test
    void divergenceIsComputedByItsDefinition() {
        // Base 1/2, 1/2 against 3/4, 1/4: ½ ln(½ / ¾) + ½ ln(½ / ¼) = ½ ln(4/3).
        LogitsParity parity = new LogitsParity();
        parity.add(logits(0, 0), logits((float) Math.log(3), 0));
        assertThat(figure(parity, "kl_divergence")).isCloseTo(0.5 * Math.log(4.0 / 3), within(1e-7));
    }

    @Test
    void bothTolerancesAreChecked() {
        LogitsParity parity = new LogitsParity();
        parity.add(logits(0, 1, 0, 1), logits(1, 0, 0, 1));
        assertThat(figure(parity, "top1_agreement")).isEqualTo(0.5);
        double divergence = figure(parity, "kl_divergence");
        assertThat(parity.violations(0.01, 0.9))
                .containsExactly(
                        Reason.over(Code.PARITY_DIVERGENCE, divergence, 0.01), Reason.over(Code.PARITY_TOP1, 0.5, 0.9));
        assertThat(parity.violations(10, 0.5)).isEmpty();
    }

    @Test
    void brokenLogitsAreAViolationAndNotACrash() {
        LogitsParity parity = new LogitsParity();
        parity.add(logits(0, 1), logits(Float.NaN, 1));
        assertThat(parity.violations(10, 0)).containsExactly(Reason.over(Code.PARITY_DIVERGENCE, Double.MAX_VALUE, 10));
        assertThat(figure(parity, "kl_divergence")).isEqualTo(Double.MAX_VALUE);
    }

    @Test
    void otherTokensThanTheBaselinesAreAViolation() {
        LogitsParity parity = new LogitsParity();
        parity.add(logits(0, 1), logits(0, 1, 0, 1));
        assertThat(parity.violations(10, 0))
                .containsExactly(
                        new Reason(Code.PARITY_TOKENS, null, 1.0, null), Reason.of(Code.PARITY_NOTHING_COMPARED));
    }
}
