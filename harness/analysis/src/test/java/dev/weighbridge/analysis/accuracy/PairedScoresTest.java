package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.accuracy.AccuracyJudgement.Verdict;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairedScoresTest {
    private static final double UNBOUNDED = Double.POSITIVE_INFINITY;
    private static final double[] WITH_TIES = {
        0.1, -0.2, 0.3, 0.3, 0, 0, 0.25, 0.4, -0.1, 0.15, 0.05, 0.2, -0.3, 0.35, 0
    };

    private static PairedScores differing(double... differences) {
        return PairedScores.of(differences, new double[differences.length], null, UNBOUNDED);
    }

    private static double[] repeated(double value, int times) {
        double[] values = new double[times];
        Arrays.fill(values, value);
        return values;
    }

    @Test
    void theMeanDifferenceIsJudgedByThePairedT() {
        // scipy 1.17.1: ttest_1samp, p and confidence_interval(0.95).
        PairedScores scores = differing(WITH_TIES);
        assertThat(scores.difference()).isCloseTo(0.1, within(1e-12));
        assertThat(scores.low()).isCloseTo(-0.013684292641946871, within(1e-12));
        assertThat(scores.high()).isCloseTo(0.2136842926419468, within(1e-12));
        assertThat(scores.p()).isCloseTo(0.08012598380121973, within(1e-12));
        assertThat(scores.mcnemarP()).isEmpty();
    }

    @Test
    void wilcoxonRanksTiesAlikeAndLeavesZerosOut() {
        // scipy 1.17.1: wilcoxon(zero_method="wilcox", correction=True, method="asymptotic"); method="exact".
        assertThat(differing(WITH_TIES).wilcoxonP()).isCloseTo(0.09093148991814934, within(1e-9));
        assertThat(differing(1.1, -0.2, 0.3, 0.37, 0.25, 0.4, -0.15, 0.17, 0.05, 0.21)
                        .wilcoxonP())
                .isCloseTo(0.02734375, within(1e-12));
        assertThat(differing(0, 0, 0).wilcoxonP()).isEqualTo(1);
    }

    @Test
    void copiesInOneClusterAddNoCertainty() {
        double[] twice =
                IntStream.range(0, 30).mapToDouble(i -> WITH_TIES[i / 2]).toArray();
        List<String> sources =
                IntStream.range(0, 30).mapToObj(i -> "text " + i / 2).toList();
        PairedScores once = differing(WITH_TIES);
        PairedScores copies = PairedScores.of(twice, new double[30], sources, UNBOUNDED);
        assertThat(copies.n()).isEqualTo(30);
        assertThat(copies.clusters()).isEqualTo(15);
        assertThat(copies.low()).isCloseTo(once.low(), within(1e-12));
        assertThat(copies.p()).isCloseTo(once.p(), within(1e-12));
        assertThat(copies.wilcoxonP()).isCloseTo(once.wilcoxonP(), within(1e-12));
    }

    @Test
    void scoresOfZeroAndOneAreComparedAsRightAndWrong() {
        double[] ours = repeated(1, 100);
        double[] theirs = repeated(1, 100);
        Arrays.fill(ours, 0, 9, 0);
        theirs[99] = 0;
        PairedScores scores = PairedScores.of(ours, theirs, null, 1);
        PairedComparison flips = new PairedComparison(100, 1, 9, null, null);
        assertThat(scores.low()).isEqualTo(flips.low());
        assertThat(scores.high()).isEqualTo(flips.high());
        assertThat(scores.p())
                .isEqualTo(flips.equalityP())
                .isEqualTo(scores.mcnemarP().orElseThrow());
        assertThat(scores.lossP(0.02)).isEqualTo(flips.lossP(0.02));
        assertThat(scores.samplesToSettle(0.02)).hasValue(flips.samplesToSettle(0.02));
    }

    @Test
    void sharedSourcesNeverMakeAComparisonOfFlipsSurer() {
        double[] ours = repeated(1, 40);
        Arrays.fill(ours, 0, 10, 0);
        List<String> sources =
                IntStream.range(0, 40).mapToObj(i -> "text " + i / 10).toList();
        PairedScores scores = PairedScores.of(ours, repeated(1, 40), sources, 1);
        assertThat(scores.mcnemarP().orElseThrow()).isLessThan(0.01);
        assertThat(scores.p()).isGreaterThan(0.3);
        assertThat(scores.verdict(0.02)).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void theIntervalOfFewDifferencesIsThatOfFlips() {
        // Scores of 0, 0.5 and 1 of which none differs: the same interval as of 0/1 scores without flips.
        double[] same = repeated(0.5, 200);
        PairedScores scores = PairedScores.of(same, same, null, 1);
        PairedComparison flips = new PairedComparison(200, 0, 0, null, null);
        assertThat(scores.low()).isCloseTo(flips.low(), within(1e-12));
        assertThat(scores.high()).isCloseTo(flips.high(), within(1e-12));
        assertThat(scores.p()).isEqualTo(1);
        assertThat(scores.verdict(0.01)).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(scores.verdict(0.02)).isEqualTo(Verdict.NON_INFERIOR);
        double[] almost = same.clone();
        almost[7] = 0.499;
        assertThat(PairedScores.of(almost, same, null, 1).low()).isCloseTo(flips.low(), within(1e-4));
    }

    @Test
    void differencesThatAreAllTheSameDoNotPassForCertainty() {
        PairedScores bounded = PairedScores.of(repeated(0.4, 5), repeated(0.5, 5), null, 1);
        assertThat(bounded.low()).isLessThan(-0.4);
        assertThat(bounded.high()).isGreaterThan(0.3);
        assertThat(bounded.p()).isGreaterThan(0.05);
        PairedScores unbounded = differing(-3, -3, -3);
        assertThat(unbounded.low()).isNull();
        assertThat(unbounded.high()).isNull();
        assertThat(unbounded.p()).isEqualTo(1);
        assertThat(unbounded.verdict(1)).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(unbounded.samplesToSettle(1)).isEmpty();
    }

    @Test
    void oneSourceSaysNothingOfOthers() {
        PairedScores scores =
                PairedScores.of(new double[] {0.1, 0.4}, new double[] {0.3, 0.9}, Collections.nCopies(2, "a"), 1);
        assertThat(scores.standardError()).isNull();
        assertThat(scores.low()).isEqualTo(-1);
        assertThat(scores.high()).isEqualTo(1);
        assertThat(scores.p()).isEqualTo(1);
        assertThat(scores.lossP(0.02)).isEqualTo(1);
    }

    @Test
    void theVerdictIsWhereTheIntervalLies() {
        PairedScores scores = differing(WITH_TIES);
        assertThat(scores.verdict(0.02)).isEqualTo(Verdict.NON_INFERIOR);
        assertThat(scores.verdict(0.01)).isEqualTo(Verdict.INCONCLUSIVE);
        double[] losses = Arrays.stream(WITH_TIES).map(value -> value - 1).toArray();
        assertThat(differing(losses).verdict(0.02)).isEqualTo(Verdict.INFERIOR);
        assertThat(differing(losses).lossP(-differing(losses).high())).isCloseTo(0.025, within(1e-9));
        assertThat(scores.samplesToSettle(0.01).orElseThrow()).isBetween(16L, 17L);
    }

    @Test
    void scoresThatDoNotFitAreRefused() {
        double[] one = {0.5};
        assertThatThrownBy(() -> PairedScores.of(one, new double[0], null, 1)).hasMessageContaining("1 and 0");
        assertThatThrownBy(() -> PairedScores.of(one, new double[] {Double.NaN}, null, 1))
                .hasMessageContaining("0.5 and NaN at sample 0");
        assertThatThrownBy(() -> PairedScores.of(one, new double[] {2}, null, 1))
                .hasMessageContaining("at most 1.0");
        assertThatThrownBy(() -> PairedScores.of(one, one, null, 1).verdict(-0.1))
                .hasMessageContaining("-0.1");
    }
}
