package dev.weighbridge.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
