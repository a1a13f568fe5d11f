package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.statistics.BenjaminiHochberg;
import dev.weighbridge.analysis.statistics.Bootstrap;
import dev.weighbridge.analysis.statistics.Power;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the tests of accuracy find in studies whose truth is known, because they are made up. */
class SimulatedEvaluationTest {
    private static final double FLIPS = 0.12;
    private final SplittableRandom random = new SplittableRandom(20261127);

    /** A study of right and wrong answers in which so many flip, and one way more than the other. */
    private PairedComparison study(int n, double flips, double loss) {
        int toWrong = 0;
        int toRight = 0;
        for (int i = 0; i < n; i++) {
            double draw = random.nextDouble();
            toWrong += draw < (flips + loss) / 2 ? 1 : 0;
            toRight += draw >= (flips + loss) / 2 && draw < flips ? 1 : 0;
        }
        return new PairedComparison(n, toRight, toWrong, null, null);
    }

    @Test
    void twoThatAreEquallyGoodAreToldApartInAtMostOneStudyOfTwenty() {
        int byTest = 0;
        int byInterval = 0;
        int studies = 4000;
        for (int i = 0; i < studies; i++) {
            PairedComparison study = study(400, FLIPS, 0);
            byTest += study.equalityP() < 0.05 ? 1 : 0;
            byInterval += study.low() > 0 || study.high() < 0 ? 1 : 0;
        }
        assertThat((double) byTest / studies).isLessThanOrEqualTo(0.05);
        assertThat((double) byInterval / studies).isLessThanOrEqualTo(0.055);
    }

    @Test
    void aLossOfThreePointsIsFoundInFourStudiesOfFiveAtTheSizeThatWasComputed() {
        int n = Math.toIntExact(Power.samples(0.03, FLIPS));
        int found = 0;
        int studies = 2000;
        for (int i = 0; i < studies; i++) {
            found += study(n, FLIPS, 0.03).high() < 0 ? 1 : 0;
        }
        assertThat((double) found / studies).isBetween(0.78, 0.86);
        assertThat(Power.detectable(n, FLIPS)).isCloseTo(0.03, within(0.0005));
    }

    @Test
    void aVariantWithoutLossIsShownToBeNoWorseAtTheSizeThatWasComputed() {
        int n = Math.toIntExact(Power.samplesForMargin(0.02, FLIPS));
        int shown = 0;
        int studies = 2000;
        for (int i = 0; i < studies; i++) {
            shown += study(n, FLIPS, 0).low() > -0.02 ? 1 : 0;
        }
        assertThat((double) shown / studies).isBetween(0.77, 0.86);
    }

    @Test
    void amongManyTasksFewDiscoveriesAreFalse() {
        int falseOnes = 0;
        int matrices = 300;
        for (int i = 0; i < matrices; i++) {
            double[] p = new double[20];
            for (int j = 0; j < p.length; j++) {
                p[j] = study(300, FLIPS, 0).equalityP();
            }
            double[] adjusted = BenjaminiHochberg.adjusted(p);
            boolean any = false;
            for (double each : adjusted) {
                any |= each < 0.05;
            }
            falseOnes += any ? 1 : 0;
        }
        assertThat((double) falseOnes / matrices).isLessThanOrEqualTo(0.08);
    }

    @Test
    void answersThatAreRightInPartAndShareSourcesAreToldApartAsRarely() {
        int found = 0;
        int studies = 1500;
        for (int i = 0; i < studies; i++) {
            Map<String, JudgedSample> before = new HashMap<>();
            Map<String, JudgedSample> after = new HashMap<>();
            for (int source = 0; source < 40; source++) {
                double shift = 0.1 * random.nextGaussian();
                for (int j = 0; j < 5; j++) {
                    String key = source + "/" + j;
                    double score = 0.5 + 0.1 * random.nextGaussian();
                    before.put(key, new JudgedSample(bounded(score), true, "s" + source));
                    after.put(
                            key,
                            new JudgedSample(
                                    bounded(score + shift + 0.05 * random.nextGaussian()), true, "s" + source));
                }
            }
            found += PairedComparison.of(after, before).equalityP() < 0.05 ? 1 : 0;
        }
        assertThat((double) found / studies).isLessThanOrEqualTo(0.065);
    }

    private static double bounded(double score) {
        return Math.max(0, Math.min(1, score));
    }

    @Test
    void theIntervalOfABootstrapHoldsTheTruthNineteenTimesInTwenty() {
        int held = 0;
        int accelerated = 0;
        int studies = 400;
        double truth = 2.0;
        for (int i = 0; i < studies; i++) {
            List<double[]> vectors = new ArrayList<>();
            List<String> sources = new ArrayList<>();
            for (int j = 0; j < 120; j++) {
                double words = 1 + random.nextInt(9);
                vectors.add(new double[] {truth * words * (1 + 0.3 * random.nextGaussian()), words});
                sources.add("s" + j);
            }
            Bootstrap bootstrap = Bootstrap.of(vectors, sources, sums -> sums[0] / sums[1], 400, i);
            held += bootstrap.percentile()[0] <= truth && truth <= bootstrap.percentile()[1] ? 1 : 0;
            accelerated +=
                    bootstrap.accelerated()[0] <= truth && truth <= bootstrap.accelerated()[1] ? 1 : 0;
        }
        assertThat((double) held / studies).isBetween(0.91, 0.98);
        assertThat((double) accelerated / studies).isBetween(0.91, 0.98);
    }

    @Test
    void aBootstrapOfMeansHasTheStandardErrorOfTheMean() {
        List<double[]> vectors = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 400; i++) {
            double value = random.nextGaussian();
            sum += value;
            squares += value * value;
            vectors.add(new double[] {value, 1});
            sources.add("s" + i);
        }
        Bootstrap bootstrap = Bootstrap.of(vectors, sources, sums -> sums[0] / sums[1], 2000, 7);
        double error = Math.sqrt((squares / 400 - sum / 400 * sum / 400) / 400);
        assertThat(bootstrap.value()).isCloseTo(sum / 400, within(1e-12));
        assertThat(bootstrap.standardError()).isCloseTo(error, within(0.05 * error));
        assertThat(Bootstrap.of(vectors, sources, sums -> sums[0] / sums[1], 2000, 7)
                        .percentile())
                .isEqualTo(bootstrap.percentile());
    }
}
