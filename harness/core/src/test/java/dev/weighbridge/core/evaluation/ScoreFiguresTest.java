package dev.weighbridge.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoreFiguresTest {
    private static SampleRecord sample(int id, double confidence, boolean right) {
        return new SampleRecord(
                id,
                Map.of("id", "s" + id),
                "",
                Map.of(),
                List.of(),
                List.of(),
                "none",
                List.of("acc"),
                "hash" + id,
                "",
                "",
                right ? 1 : 0,
                null,
                Map.of("acc", right ? 1 : 0, "confidence", confidence));
    }

    private static Measurement figure(List<Measurement> figures, String score) {
        return figures.stream()
                .filter(figure -> figure.scope().equals("task/" + score))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void calibrationIsOfTheSamplesThatWereAnswered() {
        ScoreFigures figures =
                new ScoreFigures(List.of(Score.share("acc"), new Score("confidence", Aggregation.MEAN, true, false)));
        // Sure and right, unsure and wrong: 20 of each, and one that failed.
        for (int i = 0; i < 20; i++) {
            figures.add(sample(i, 0.9, true));
            figures.add(sample(100 + i, 0.3, false));
        }
        figures.add(new SampleRecord(
                200, Map.of(), "", Map.of(), List.of(), List.of(), "none", List.of(), "x", "", "", 0, "no", Map.of()));
        List<Measurement> made = figures.measurements("task");
        // Half the answers are 0.1 too unsure, half are 0.3 too sure.
        assertThat(figure(made, "ece_equal_mass").value()).isCloseTo(0.2, within(1e-12));
        assertThat(figure(made, "ece_equal_mass").samples()).isEqualTo(40);
        assertThat(figure(made, "ece_equal_mass").uncertain()).isTrue();
        assertThat(figure(made, "selective_accuracy_10").value()).isEqualTo(1);
        assertThat(figure(made, "acc").samples()).isEqualTo(41);
    }

    private static SampleRecord scored(int id, String source, Map<String, Object> scores) {
        return new SampleRecord(
                id,
                Map.of("cluster", source),
                "",
                Map.of(),
                List.of(),
                List.of(),
                "none",
                List.of(),
                "hash" + id,
                "",
                "",
                0,
                null,
                scores);
    }

    @Test
    void aShareOfTheSamplesThatItIsAskedOfHasWilsonsInterval() {
        ScoreFigures figures = new ScoreFigures(List.of(
                new Score("ss", Aggregation.SHARE, false, false),
                new Score("ss_age", Aggregation.SHARE, false, false)));
        for (int i = 0; i < 40; i++) {
            figures.add(scored(
                    i,
                    "s" + i,
                    Map.of(
                            "ss",
                            List.of(i < 30 ? 1.0 : 0.0, 1.0),
                            "ss_age",
                            List.of(i < 8 ? 1.0 : 0.0, i < 10 ? 1.0 : 0.0))));
        }
        List<Measurement> made = figures.measurements("task");
        Measurement all = Proportion.measurement("score", "", 30, 40);
        assertThat(figure(made, "ss").value()).isEqualTo(0.75);
        assertThat(figure(made, "ss").low()).isEqualTo(all.low());
        assertThat(figure(made, "ss").high()).isEqualTo(all.high());
        Measurement category = Proportion.measurement("score", "", 8, 10);
        assertThat(figure(made, "ss_age").value()).isEqualTo(0.8);
        assertThat(figure(made, "ss_age").samples()).isEqualTo(10);
        assertThat(figure(made, "ss_age").low()).isEqualTo(category.low());
        assertThat(figure(made, "ss_age").uncertain()).isTrue();
    }

    @Test
    void samplesThatShareASourceMakeAShareNoSurer() {
        ScoreFigures figures = new ScoreFigures(List.of(new Score("ss", Aggregation.SHARE, false, false)));
        for (int i = 0; i < 40; i++) {
            figures.add(scored(i, "s" + i % 4, Map.of("ss", List.of(i % 4 < 2 ? 1.0 : 0.0, 1.0))));
        }
        Measurement figure = figure(figures.measurements("task"), "ss");
        assertThat(figure.value()).isEqualTo(0.5);
        // Of 4 sources half are one way: nothing is known.
        assertThat(figure.low()).isZero();
        assertThat(figure.high()).isEqualTo(1);
    }

    @Test
    void pairsAreHeldToEachOtherAndHalvesOfPairsAreLeftOut() {
        ScoreFigures figures =
                new ScoreFigures(List.of(new Score("difference", Aggregation.PAIRED_DIFFERENCE, false, false)));
        double[] differences = {0.5, 0.25, 0, 0.25};
        int id = 0;
        for (int pair = 0; pair < differences.length; pair++) {
            // The level differs widely between pairs; the difference within them does not.
            double level = pair * 100.0;
            figures.add(scored(
                    id++, "p" + pair, Map.of("difference", List.of(level + differences[pair], 1.0, 0.0, 0.0))));
            figures.add(scored(id++, "p" + pair, Map.of("difference", List.of(0.0, 0.0, level, 1.0))));
        }
        figures.add(scored(id, "half", Map.of("difference", List.of(900.0, 1.0, 0.0, 0.0))));
        Measurement figure = figure(figures.measurements("task"), "difference");
        assertThat(figure.value()).isCloseTo(0.25, within(1e-12));
        assertThat(figure.samples()).isEqualTo(4);
        // Student's: 0.25 ± t(0.975, 3) · s / √4 with s = √(0.125 / 3), t = 3.182446.
        double half = 3.182446305 * Math.sqrt(0.125 / 3) / 2;
        assertThat(figure.low()).isCloseTo(0.25 - half, within(1e-6));
        assertThat(figure.high()).isCloseTo(0.25 + half, within(1e-6));
    }

    @Test
    void aTaskWithoutConfidencesHasNoCalibration() {
        ScoreFigures figures = new ScoreFigures(List.of(Score.share("acc")));
        figures.add(new SampleRecord(
                0,
                Map.of(),
                "",
                Map.of(),
                List.of(),
                List.of(),
                "none",
                List.of(),
                "x",
                "",
                "",
                1,
                null,
                Map.of("acc", 1)));
        assertThat(figures.measurements("task")).extracting(Measurement::scope).containsExactly("task/acc");
    }
}
