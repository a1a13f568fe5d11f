package dev.weighbridge.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PairedLogRatioTest {
    @Test
    void blocksArePairedAndTestedByTheirLogarithms() {
        // scipy 1.17: r = ttest_1samp(log(ours / theirs), 0); exp(mean), exp(r.confidence_interval(0.95)), r.pvalue.
        PairedLogRatio ratio = PairedLogRatio.of(
                Map.of(1, 110.0, 2, 118.0, 3, 105.0, 4, 121.0, 9, 1.0), Map.of(4, 107.0, 3, 101.0, 2, 104.0, 1, 100.0));
        assertThat(ratio.ratio()).isCloseTo(1.100595461961955, within(1e-12));
        assertThat(ratio.low()).isCloseTo(1.0319622403892992, within(1e-10));
        assertThat(ratio.high()).isCloseTo(1.1737933070441533, within(1e-10));
        assertThat(ratio.p()).isCloseTo(0.017832616151486357, within(1e-10));
        assertThat(ratio.blocks()).isEqualTo(4);
    }

    @Test
    void theOtherWayRoundIsTheInverse() {
        Map<Integer, Double> ours = Map.of(1, 2.0, 2, 3.0, 3, 2.5);
        Map<Integer, Double> theirs = Map.of(1, 1.0, 2, 1.2, 3, 1.3);
        PairedLogRatio there = PairedLogRatio.of(ours, theirs);
        PairedLogRatio back = PairedLogRatio.of(theirs, ours);
        assertThat(back.ratio()).isCloseTo(1 / there.ratio(), within(1e-12));
        assertThat(back.p()).isCloseTo(there.p(), within(1e-12));
    }

    @Test
    void oneBlockInCommonHasARatioAndNoInterval() {
        PairedLogRatio ratio = PairedLogRatio.of(Map.of(1, 3.0, 2, 4.0), Map.of(2, 2.0, 3, 4.0));
        assertThat(ratio.ratio()).isCloseTo(2, within(1e-12));
        assertThat(ratio.low()).isNull();
        assertThat(ratio.high()).isNull();
        assertThat(ratio.p()).isNull();
        assertThat(ratio.blocks()).isEqualTo(1);
    }

    @Test
    void noBlockInCommonIsNoRatio() {
        PairedLogRatio ratio = PairedLogRatio.of(Map.of(1, 3.0), Map.of(2, 2.0));
        assertThat(ratio.ratio()).isNaN();
        assertThat(ratio.blocks()).isEqualTo(0);
    }

    @Test
    void ratiosThatAreAllTheSameClaimNoCertainty() {
        assertThat(PairedLogRatio.of(Map.of(1, 11.0, 2, 22.0), Map.of(1, 10.0, 2, 20.0))
                        .p())
                .isNull();
        assertThat(PairedLogRatio.of(Map.of(1, 0.3, 2, 0.7), Map.of(1, 0.1 * 3, 2, 0.7))
                        .low())
                .isNull();
    }

    @Test
    void aFigureThatHasNoLogarithmIsRefusedWithItsBlock() {
        assertThatThrownBy(() -> PairedLogRatio.of(Map.of(7, 0.0), Map.of(7, 1.0)))
                .hasMessageContaining("got: 0.0 in block 7");
    }
}
