package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairedComparisonTest {
    private static PairedComparison flips(long n, long toRight, long toWrong) {
        return new PairedComparison(n, toRight, toWrong, null, null);
    }

    private static Map<String, JudgedSample> samples(Samples samples) {
        return JudgedSample.byKey("sums", samples.list());
    }

    @Test
    void onlySamplesThatBothWereAskedAreCompared() {
        PairedComparison comparison = PairedComparison.of(
                samples(Samples.of().right(1).wrong(1).right(1).wrong(1)),
                samples(Samples.of().wrong(1).right(2)));
        assertThat(comparison).isEqualTo(flips(3, 1, 1));
    }

    @Test
    void mcNemarsExactTestIsTheBinomialTail() {
        // Two-sided p of 1 against 9: 2 × (1 + 10) / 2^10.
        assertThat(flips(100, 1, 9).equalityP()).isCloseTo(22.0 / 1024, within(1e-12));
        assertThat(flips(100, 5, 5).equalityP()).isEqualTo(1);
        assertThat(flips(100, 0, 0).equalityP()).isEqualTo(1);
    }

    @Test
    void theIntervalIsTheAdjustedWaldOne() {
        // By hand: p+ = 2/102, p- = 10/102, centre -8/102, variance (12/102 - (8/102)^2) / 102.
        PairedComparison comparison = flips(100, 1, 9);
        double half = 1.959963984540054 * Math.sqrt((12 / 102.0 - Math.pow(8 / 102.0, 2)) / 102);
        assertThat(comparison.low()).isCloseTo(-8 / 102.0 - half, within(1e-12));
        assertThat(comparison.high()).isCloseTo(-8 / 102.0 + half, within(1e-12));
    }

    @Test
    void theProbabilityOfALossAgreesWithTheInterval() {
        PairedComparison comparison = flips(400, 2, 60);
        assertThat(comparison.lossP(-comparison.high())).isCloseTo(0.025, within(1e-9));
        assertThat(comparison.lossP(0.02)).isLessThan(0.025);
        assertThat(flips(400, 5, 12).lossP(0.02)).isGreaterThan(0.025);
    }

    @Test
    void clustersNeverMakeAComparisonSurer() {
        // No flips: the clustered standard error is 0, which would settle any margin with two texts.
        PairedComparison same = PairedComparison.of(
                samples(Samples.sharing(10).right(20)),
                samples(Samples.sharing(10).right(20)));
        assertThat(same.clustered()).isNotNull();
        assertThat(same.low()).isEqualTo(flips(20, 0, 0).low());
        assertThat(same.high()).isEqualTo(flips(20, 0, 0).high());
        PairedComparison lost = PairedComparison.of(
                samples(Samples.sharing(10).wrong(20)),
                samples(Samples.sharing(10).right(20)));
        assertThat(lost.lossP(0.02)).isEqualTo(flips(20, 0, 20).lossP(0.02)).isPositive();
    }

    @Test
    void theSamplesThatWouldSettleItDoSettleIt() {
        PairedComparison small = flips(100, 1, 1);
        assertThat(small.low()).isLessThan(-0.02);
        long needed = small.samplesToSettle(0.02);
        long factor = Math.max(1, Math.round(needed / 100.0 + 0.5));
        assertThat(flips(100 * factor, factor, factor).low()).isGreaterThan(-0.02);
    }

    @Test
    void theSamplesThatWouldSettleItAreMoreThanThereAreEvenAtTheMargin() {
        assertThat(flips(100, 0, 2).samplesToSettle(0.02)).isGreaterThan(1_000_000);
        assertThat(flips(1000, 300, 0).samplesToSettle(0.02)).isEqualTo(1001);
    }

    @Test
    void samplesShareTheSourceThatTheirTaskSetNames() {
        for (String key : List.of("source", "cluster")) {
            assertThat(samples(Samples.sharing(2, key).right(3)).values().stream()
                            .map(JudgedSample::source))
                    .containsExactly("sums/text 0", "sums/text 0", "sums/text 1");
        }
        assertThat(samples(Samples.of().right(2)).values().stream().map(JudgedSample::source))
                .doesNotHaveDuplicates();
    }

    @Test
    void answersThatAreRightInPartAreComparedByTheirScores() {
        double[] before = new double[200];
        double[] after = new double[200];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < before.length; i++) {
            before[i] = 0.5 + 0.4 * random.nextDouble();
            after[i] = Math.max(0, before[i] - 0.05 - 0.02 * random.nextDouble());
        }
        PairedComparison comparison = PairedComparison.of(graded(after), graded(before));
        assertThat(comparison.difference()).isCloseTo(-0.06, within(0.002));
        assertThat(comparison.high()).isLessThan(-0.04);
        assertThat(comparison.equalityP()).isLessThan(1e-6);
        assertThat(comparison.lossP(0.02)).isLessThan(0.025);
        assertThat(comparison.lossP(0.10)).isGreaterThan(0.025);
        PairedComparison same = PairedComparison.of(graded(before), graded(before));
        assertThat(same.difference()).isZero();
        assertThat(same.equalityP()).isEqualTo(1);
        assertThat(same.low()).isLessThan(-0.01);
        assertThat(same.high()).isGreaterThan(0.01);
    }

    private static Map<String, JudgedSample> graded(double... scores) {
        Map<String, JudgedSample> samples = new LinkedHashMap<>();
        for (int i = 0; i < scores.length; i++) {
            samples.put("s" + i, new JudgedSample(scores[i], true, "s" + i));
        }
        return samples;
    }
}
