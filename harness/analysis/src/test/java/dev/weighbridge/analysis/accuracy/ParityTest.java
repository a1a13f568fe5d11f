package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.api.TopLogprobsEngine.Position;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParityTest {
    private static Logits logits(float... values) {
        float[] withLast = Arrays.copyOf(values, values.length + 2);
        return new Logits(new int[withLast.length / 2], 2, withLast);
    }

    private static void add(Parity parity, Logits baseline, Logits variant) {
        Parity.compared(baseline, variant)
                .ifPresentOrElse(
                        places -> {
                            int position = 0;
                            for (TokenFidelity place : places) {
                                parity.add(Parity.record(0, ++position, place));
                            }
                        },
                        parity::addOtherTokens);
    }

    private static double figure(Parity parity, String name) {
        return parity.measurements().stream()
                .filter(m -> m.name().equals(name))
                .mapToDouble(Measurement::value)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void equalLogitsHaveNoDivergence() {
        Parity parity = new Parity();
        add(parity, logits(1, 2, 3, -1), logits(1, 2, 3, -1));
        assertThat(figure(parity, "kl_divergence")).isEqualTo(0);
        assertThat(parity.violations(1e-9, 1)).isEmpty();
    }

    @Test
    void aShiftOfAllLogitsIsNoDivergence() {
        Parity parity = new Parity();
        add(parity, logits(1, 2), logits(101, 102));
        assertThat(figure(parity, "kl_divergence")).isCloseTo(0, within(1e-9));
    }

    @Test
    void divergenceIsComputedByItsDefinition() {
        // Base 1/2, 1/2 against 3/4, 1/4: ½ ln(½ / ¾) + ½ ln(½ / ¼) = ½ ln(4/3).
        Parity parity = new Parity();
        add(parity, logits(0, 0), logits((float) Math.log(3), 0));
        assertThat(figure(parity, "kl_divergence")).isCloseTo(0.5 * Math.log(4.0 / 3), within(1e-7));
    }

    @Test
    void bothTolerancesAreChecked() {
        Parity parity = new Parity();
        add(parity, logits(0, 1, 0, 1), logits(1, 0, 0, 1));
        assertThat(figure(parity, "top1_agreement")).isEqualTo(0.5);
        double divergence = figure(parity, "kl_divergence");
        assertThat(parity.violations(0.01, 0.9))
                .containsExactly(
                        Reason.over(Code.PARITY_DIVERGENCE, divergence, 0.01), Reason.over(Code.PARITY_TOP1, 0.5, 0.9));
        assertThat(parity.violations(10, 0.5)).isEmpty();
    }

    @Test
    void brokenLogitsAreAViolationAndNotACrash() {
        Parity parity = new Parity();
        add(parity, logits(0, 1), logits(Float.NaN, 1));
        assertThat(parity.violations(10, 0)).containsExactly(Reason.over(Code.PARITY_DIVERGENCE, Double.MAX_VALUE, 10));
        assertThat(figure(parity, "kl_divergence")).isEqualTo(Double.MAX_VALUE);
    }

    @Test
    void theFiguresAreThoseOfTheTokens() {
        Parity parity = new Parity();
        // Token 0 is what comes: base 1/2, variant 3/4 at one place, 1/4 at the other.
        float shift = (float) Math.log(3);
        add(parity, logits(0, 0, 0, 0), logits(shift, 0, -shift, 0));
        assertThat(figure(parity, "probability_difference")).isCloseTo(0, within(1e-7));
        assertThat(figure(parity, "probability_difference_rms")).isCloseTo(0.25, within(1e-7));
        // exp(-(ln 3/4 + ln 1/4) / 2) over 2.
        assertThat(figure(parity, "perplexity_ratio")).isCloseTo(2 / Math.sqrt(3), within(1e-6));
        assertThat(figure(parity, "kl_divergence_median")).isCloseTo(0.5 * Math.log(4.0 / 3), within(1e-3));
    }

    @Test
    void whatServersGiveIsComparedWithinBounds() {
        List<Position> baseline = List.of(new Position("a", Map.of("a", Math.log(0.6), "b", Math.log(0.3)), 2));
        List<Position> variant = List.of(new Position("a", Map.of("b", Math.log(0.5), "a", Math.log(0.4)), 2));
        Parity parity = new Parity();
        Parity.compared(baseline, variant).orElseThrow().forEach(place -> parity.add("0", place));
        double shared = 0.6 * Math.log(0.6 / 0.4) + 0.3 * Math.log(0.3 / 0.5);
        assertThat(figure(parity, "kl_divergence")).isCloseTo(shared, within(1e-6));
        assertThat(figure(parity, "kl_divergence_bound")).isGreaterThan(shared + 0.1);
        assertThat(figure(parity, "top1_agreement")).isZero();
        assertThat(parity.measurements()).noneMatch(m -> m.name().startsWith("probability_difference"));
        assertThat(Parity.compared(baseline, List.of(new Position("c", Map.of("c", -1.0), 1))))
                .isEmpty();
    }

    @Test
    void otherTokensThanTheBaselinesAreAViolation() {
        Parity parity = new Parity();
        add(parity, logits(0, 1), logits(0, 1, 0, 1));
        assertThat(parity.violations(10, 0))
                .containsExactly(
                        new Reason(Code.PARITY_TOKENS, null, 1.0, null), Reason.of(Code.PARITY_NOTHING_COMPARED));
    }
}
