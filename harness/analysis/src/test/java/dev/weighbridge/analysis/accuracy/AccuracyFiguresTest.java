package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.SampleRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccuracyFiguresTest {
    private static Measurement figure(List<Measurement> figures, String name, String scope) {
        return figures.stream()
                .filter(figure -> figure.name().equals(name) && figure.scope().equals(scope))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, List<SampleRecord>> tasks(Samples first, Samples second) {
        Map<String, List<SampleRecord>> tasks = new LinkedHashMap<>();
        tasks.put("sums", first.list());
        tasks.put("words", second.list());
        return tasks;
    }

    @Test
    void everyFigureIsInTheCatalogueAndInsideItsBounds() {
        List<Measurement> figures = AccuracyFigures.of(
                tasks(Samples.of().wrong(3), Samples.sharing(2).right(1).failed(2)),
                tasks(Samples.of().right(3), Samples.sharing(2).wrong(3)));
        assertThat(figures).hasSize(18).allSatisfy(figure -> {
            assertThat(Metric.of(figure)).isPresent();
            assertThat(figure.low() == null ? -1 : figure.low()).isBetween(-1.0, figure.value());
            if (figure.high() != null) {
                assertThat(figure.high()).isBetween(figure.value(), 1.0);
            }
        });
        assertThat(figures.stream().filter(f -> f.name().equals("accuracy")))
                .allSatisfy(figure -> assertThat(figure.low()).isNotNegative());
    }

    @Test
    void figuresAreOverAllTasksAndByTask() {
        List<Measurement> figures = AccuracyFigures.of(
                tasks(Samples.of().right(2).wrong(2), Samples.of().right(3).failed(1)), Map.of());
        assertThat(figure(figures, "accuracy", "").value()).isEqualTo(5.0 / 8);
        assertThat(figure(figures, "accuracy", "sums").value()).isEqualTo(0.5);
        assertThat(figure(figures, "accuracy", "words").samples()).isEqualTo(4);
        assertThat(figure(figures, "failed_samples", "").value()).isEqualTo(1);
        assertThat(figure(figures, "failed_samples", "sums").value()).isEqualTo(0);
    }

    @Test
    void noSamplesAreNoFigures() {
        assertThat(AccuracyFigures.of(Map.of("sums", List.of()), Map.of())).isEmpty();
    }

    @Test
    void mcNemarsPByTaskIsCorrectedForTheNumberOfTasks() {
        // 0 against 9 flips: 2 / 2^9, once among two tasks doubled by Holm; over all samples it is one test.
        List<Measurement> figures = AccuracyFigures.of(
                tasks(Samples.of().wrong(9).right(91), Samples.of().right(100)),
                tasks(Samples.of().right(100), Samples.of().right(100)));
        assertThat(figure(figures, "mcnemar_p", "").value()).isCloseTo(2.0 / 512, within(1e-12));
        assertThat(figure(figures, "mcnemar_p", "sums").value()).isCloseTo(4.0 / 512, within(1e-12));
        assertThat(figure(figures, "mcnemar_p", "sums").definition()).isEqualTo("mcnemar_p_holm");
        assertThat(figure(figures, "mcnemar_p", "words").value()).isEqualTo(1);
    }

    @Test
    void samplesThatShareASourceWidenTheIntervalOfTheScore() {
        Measurement alone = figure(
                AccuracyFigures.of(
                        Map.of("sums", Samples.of().right(200).wrong(200).list()), Map.of()),
                "accuracy",
                "");
        Measurement shared = figure(
                AccuracyFigures.of(
                        Map.of("sums", Samples.sharing(20).right(200).wrong(200).list()), Map.of()),
                "accuracy",
                "");
        assertThat(shared.value()).isEqualTo(alone.value());
        // Twenty texts, ten all right and ten all wrong: ± t(19) × √(0.25 / 19).
        assertThat(shared.high()).isCloseTo(0.5 + 2.093024054408263 * Math.sqrt(0.25 / 19), within(1e-9));
        assertThat(alone.high()).isLessThan(0.55);
    }
}
