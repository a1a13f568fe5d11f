package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.statistics.Bootstrap;
import dev.weighbridge.analysis.statistics.BootstrapInterval;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final double[] DISTINCT = confidences(i -> (i * 7919 % 1009) / 1009.0);
    private static final double[] WITH_TIES = confidences(i -> (i * 37 % 23) / 22.0);

    private static double[] confidences(IntToDoubleFunction formula) {
        return IntStream.range(0, 500).mapToDouble(formula).toArray();
    }

    private static boolean[] answers(double[] confidences) {
        boolean[] correct = new boolean[confidences.length];
        for (int i = 0; i < correct.length; i++) {
            correct[i] = (i * 31 % 101) / 101.0 < confidences[i] * 0.7 + 0.2;
        }
        return correct;
    }

    private static Calibration calibration(double[] confidences) {
        return Calibration.of(confidences, answers(confidences));
    }

    @Test
    void theExpectedErrorIsThatOfThePackageThatHelmUses() {
        // uncertainty-calibration 0.1.4: get_ece_em and get_ece, num_bins=10, and get_ece_em with 7.
        Calibration distinct = calibration(DISTINCT);
        assertThat(distinct.expectedError()).isCloseTo(0.10003567888999007, within(1e-12));
        assertThat(distinct.expectedError(CalibrationBins.equalWidth(10)))
                .isCloseTo(0.09964321110009913, within(1e-12));
        assertThat(distinct.expectedError(CalibrationBins.equalMass(DISTINCT, 7)))
                .isCloseTo(0.10354013875123884, within(1e-12));
        Calibration ties = calibration(WITH_TIES);
        assertThat(ties.expectedError()).isCloseTo(0.10545454545454548, within(1e-12));
        assertThat(ties.expectedError(CalibrationBins.equalWidth(10))).isCloseTo(0.10145454545454546, within(1e-12));
    }

    @Test
    void theRiskCoverageAreaIsThatOfThePackageThatHelmUses() {
        // uncertainty-calibration 0.1.4: 1 − get_selective_stats()[0], which takes ties in the order of the samples.
        assertThat(calibration(DISTINCT).riskCoverageArea()).isCloseTo(0.26680680988258, within(1e-12));
        assertThat(calibration(WITH_TIES).riskCoverageArea()).isCloseTo(0.2559737205361948, within(0.01));
    }

    @Test
    void theMaximumErrorIsThatOfTheWorstBin() {
        double[] confidences = {0.1, 0.1, 0.9, 0.9, 0.9, 0.9};
        boolean[] correct = {false, true, true, true, true, false};
        Calibration calibration = Calibration.of(confidences, correct);
        CalibrationBins bins = CalibrationBins.equalMass(confidences, 3);
        assertThat(calibration.maximumError(bins)).isCloseTo(0.4, within(1e-12));
        assertThat(calibration.maximumError(CalibrationBins.equalWidth(10))).isCloseTo(0.4, within(1e-12));
        assertThat(calibration.expectedError(bins)).isCloseTo((2 * 0.4 + 4 * 0.15) / 6, within(1e-12));
    }

    @Test
    void selectiveAccuracyIsThatOfTheMostConfident() {
        Calibration calibration =
                Calibration.of(new double[] {0.2, 0.9, 0.5, 0.7, 0.6}, new boolean[] {false, true, false, false, true});
        assertThat(calibration.selectiveAccuracy(0.2)).isEqualTo(1);
        assertThat(calibration.selectiveAccuracy(0.4)).isEqualTo(0.5);
        assertThat(calibration.selectiveAccuracy(0.41)).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(calibration.selectiveAccuracy(1)).isEqualTo(0.4);
        assertThat(calibration.riskCoverageArea())
                .isCloseTo((0 + 1 / 2.0 + 1 / 3.0 + 2 / 4.0 + 3 / 5.0) / 5, within(1e-12));
    }

    @Test
    void answersOfEqualConfidenceAreInNoOrder() {
        double[] same = new double[10];
        Arrays.fill(same, 0.5);
        boolean[] correct = new boolean[10];
        Arrays.fill(correct, 0, 3, true);
        Calibration calibration = Calibration.of(same, correct);
        assertThat(calibration.selectiveAccuracy(0.1)).isCloseTo(0.3, within(1e-12));
        assertThat(calibration.riskCoverageArea()).isCloseTo(0.7, within(1e-12));
        assertThat(CalibrationBins.equalMass(same, 10).count()).isEqualTo(2);
        assertThat(calibration.expectedError()).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void theSumsOfRowsGiveTheErrorAnInterval() {
        CalibrationBins bins = CalibrationBins.equalMass(DISTINCT, Calibration.BINS);
        boolean[] correct = answers(DISTINCT);
        double[][] rows = IntStream.range(0, correct.length)
                .mapToObj(i -> bins.row(DISTINCT[i], correct[i]))
                .toArray(double[][]::new);
        BootstrapInterval interval = Bootstrap.of(rows, null, CalibrationBins::expectedError, 2000, 1)
                .percentile();
        assertThat(interval.estimate()).isCloseTo(calibration(DISTINCT).expectedError(), within(1e-12));
        assertThat(interval.low()).isBetween(0.04, 0.1);
        assertThat(interval.high()).isBetween(0.1, 0.17);
    }

    @Test
    void aConfidenceOnAnEdgeBelongsToTheBinBelow() {
        CalibrationBins bins = CalibrationBins.equalWidth(10);
        assertThat(bins.bin(0)).isZero();
        assertThat(bins.bin(0.1)).isZero();
        assertThat(bins.bin(0.1000001)).isEqualTo(1);
        assertThat(bins.bin(1)).isEqualTo(9);
    }

    @Test
    void whatIsNoConfidenceIsRefused() {
        assertThatThrownBy(() -> Calibration.of(new double[] {1.5}, new boolean[1]))
                .hasMessageContaining("1.5");
        assertThatThrownBy(() -> Calibration.of(new double[] {Double.NaN}, new boolean[1]))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> Calibration.of(new double[0], new boolean[0])).hasMessageContaining("0 confidences");
        assertThatThrownBy(() -> calibration(DISTINCT).selectiveAccuracy(0)).hasMessageContaining("0.0");
        assertThatThrownBy(() -> CalibrationBins.equalWidth(0)).hasMessageContaining("got: 0");
    }
}
