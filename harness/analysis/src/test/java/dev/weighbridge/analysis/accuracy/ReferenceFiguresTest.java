package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.statistics.Bootstrap;
import dev.weighbridge.analysis.statistics.BootstrapInterval;
import dev.weighbridge.analysis.statistics.Power;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Figures of seeded random inputs against those of scipy, statsmodels and uncertainty-calibration. */
class ReferenceFiguresTest {

    /** The cases of a file that scripts/reference/make-statistics-fixtures wrote, each the numbers of each field. */
    private static List<double[][]> cases(String name) {
        try (InputStream file = ReferenceFiguresTest.class.getResourceAsStream("/statistics/" + name)) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            List<double[][]> cases = text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> Arrays.stream(line.split("\t"))
                            .map(field -> Arrays.stream(field.split(" "))
                                    .mapToDouble(Double::parseDouble)
                                    .toArray())
                            .toArray(double[][]::new))
                    .toList();
            assertThat(cases).isNotEmpty();
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read fixture " + name, e);
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Test
    void pairedScoresAreThoseOfStatsmodelsAndScipy() {
        for (double[][] fields : cases("paired.tsv")) {
            List<String> sources =
                    Arrays.stream(fields[1]).mapToObj(Double::toString).toList();
            PairedScores scores =
                    PairedScores.of(fields[0], new double[fields[0].length], sources, Double.POSITIVE_INFINITY);
            assertThat(scores.difference()).isCloseTo(fields[2][0], within(1e-10));
            assertThat(scores.standardError()).isCloseTo(fields[3][0], within(1e-10));
            assertThat(scores.low()).isCloseTo(fields[4][0], within(1e-9));
            assertThat(scores.high()).isCloseTo(fields[5][0], within(1e-9));
            assertThat(scores.p()).isCloseTo(fields[6][0], within(1e-9));
            assertThat(scores.wilcoxonP()).isCloseTo(fields[7][0], within(1e-9));
        }
    }

    @Test
    void bootstrapIntervalsAreThoseOfScipyButForTheDraws() {
        for (double[][] fields : cases("bootstrap.tsv")) {
            double[][] rows = IntStream.range(0, fields[0].length)
                    .mapToObj(i -> new double[] {fields[0][i], fields[1][i]})
                    .toArray(double[][]::new);
            Bootstrap bootstrap = Bootstrap.of(rows, null, sums -> sums[0] / sums[1], 100_000, 1);
            double error = fields[6][0];
            BootstrapInterval percentile = bootstrap.percentile();
            BootstrapInterval bca = bootstrap.bca();
            assertThat(percentile.low()).isCloseTo(fields[2][0], within(0.05 * error));
            assertThat(percentile.high()).isCloseTo(fields[3][0], within(0.05 * error));
            assertThat(bca.low()).isCloseTo(fields[4][0], within(0.05 * error));
            assertThat(bca.high()).isCloseTo(fields[5][0], within(0.05 * error));
            assertThat(bootstrap.standardError()).isCloseTo(error, within(0.02 * error));
        }
    }

    @Test
    void calibrationIsThatOfThePackageThatHelmUses() {
        for (double[][] fields : cases("calibration.tsv")) {
            boolean[] correct = new boolean[fields[1].length];
            for (int i = 0; i < correct.length; i++) {
                correct[i] = fields[1][i] == 1;
            }
            Calibration calibration = Calibration.of(fields[0], correct);
            assertThat(calibration.expectedError()).isCloseTo(fields[2][0], within(1e-12));
            assertThat(calibration.expectedError(CalibrationBins.equalWidth(10)))
                    .isCloseTo(fields[3][0], within(1e-12));
            // The package takes answers of equal confidence in some order, this one in none.
            boolean ties = Arrays.stream(fields[0]).distinct().count() < correct.length;
            assertThat(calibration.riskCoverageArea()).isCloseTo(fields[4][0], within(ties ? 0.03 : 1e-12));
        }
    }

    @Test
    void samplesForAMeanAreThoseOfTheNoncentralTToWithinOne() {
        for (double[][] fields : cases("power.tsv")) {
            long samples = new Power(fields[0][0], fields[1][0]).samples(1, fields[2][0]);
            assertThat((double) samples).isCloseTo(Math.ceil(fields[3][0]), within(1.0));
        }
    }

    @Test
    void divergencesAreThoseOfScipy() {
        for (double[][] fields : cases("divergence.tsv")) {
            assertThat(TokenFidelity.exact(floats(fields[0]), floats(fields[1])).divergenceHigh())
                    .isCloseTo(fields[2][0], within(1e-12));
        }
    }
}
