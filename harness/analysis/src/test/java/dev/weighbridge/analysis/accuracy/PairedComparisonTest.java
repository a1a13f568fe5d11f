package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.accuracy.PairedComparison.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PairedComparisonTest {
    @Test
    void onlySamplesThatBothAnsweredAreCompared() {
        PairedComparison comparison = PairedComparison.of(
                Map.of("a", 1.0, "b", 0.0, "c", 1.0, "new", 0.0), Map.of("a", 0.0, "b", 1.0, "c", 1.0));
        assertThat(comparison).isEqualTo(new PairedComparison(3, 1, 1));
    }

    @Test
    void mcNemarsExactTestIsTheBinomialTail() {
        // Two-sided p of 1 against 9: 2 × (1 + 10) / 2^10.
        assertThat(new PairedComparison(100, 1, 9).mcnemarP()).isCloseTo(22.0 / 1024, within(1e-12));
        assertThat(new PairedComparison(100, 5, 5).mcnemarP()).isEqualTo(1);
        assertThat(new PairedComparison(100, 0, 0).mcnemarP()).isEqualTo(1);
    }

    @Test
    void theIntervalIsTheAdjustedWaldOne() {
        // By hand: p+ = 2/102, p- = 10/102, centre -8/102, variance (12/102 - (8/102)^2) / 102.
        PairedComparison comparison = new PairedComparison(100, 1, 9);
        double half = 1.959963984540054 * Math.sqrt((12 / 102.0 - Math.pow(8 / 102.0, 2)) / 102);
        assertThat(comparison.low()).isCloseTo(-8 / 102.0 - half, within(1e-12));
        assertThat(comparison.high()).isCloseTo(-8 / 102.0 + half, within(1e-12));
    }

    @Test
    void identicalAnswersAreNonInferiorWhenThereAreEnoughOfThem() {
        assertThat(new PairedComparison(400, 0, 0).verdict(0.02)).isEqualTo(Verdict.NON_INFERIOR);
        assertThat(new PairedComparison(50, 0, 0).verdict(0.02)).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void aClearLossIsInferiorAndASmallOneOpen() {
        assertThat(new PairedComparison(400, 2, 60).verdict(0.02)).isEqualTo(Verdict.INFERIOR);
        assertThat(new PairedComparison(400, 5, 12).verdict(0.02)).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void theSamplesThatWouldSettleItDoSettleIt() {
        PairedComparison small = new PairedComparison(100, 1, 1);
        assertThat(small.verdict(0.02)).isEqualTo(Verdict.INCONCLUSIVE);
        long needed = small.samplesToSettle(0.02);
        long factor = Math.max(1, Math.round(needed / 100.0 + 0.5));
        assertThat(new PairedComparison(100 * factor, factor, factor).verdict(0.02))
                .isEqualTo(Verdict.NON_INFERIOR);
    }
}
