package dev.weighbridge.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.statistics.Confidence;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.ResponseRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures of groups against those of lm_eval.api.metrics 0.4.13: aggregate_subtask_metrics, pooled_sample_stderr, unweighted_mean_stderr. */
class GroupFiguresTest {
    @TempDir
    private Path folder;

    /** A task whose answers are right where there is a 1. */
    private void task(String name) throws IOException {
        Files.writeString(folder.resolve(name + ".yaml"), """
                task: %s
                dataset_path: json
                dataset_kwargs: {data_files: {test: rows.jsonl}}
                test_split: test
                doc_to_text: "{{q}}"
                doc_to_target: "yes"
                """.formatted(name));
    }

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), "{\"q\": \"?\"}\n");
        task("a");
        task("b");
        task("c");
        Files.writeString(folder.resolve("group.yaml"), """
                group: flat
                task:
                  - group: sized
                    task:
                      - group: pair
                        task: [a, b]
                        aggregate_metric_list: {metric: exact_match, weight_by_size: true, filter_list: none}
                      - c
                    aggregate_metric_list: [{metric: exact_match}, {metric: nothing}]
                aggregate_metric_list: [{metric: exact_match, aggregation: mean, weight_by_size: false}]
                """);
    }

    private static TaskTrial.Judged judged(TaskSet task, String answers) throws InterruptedException {
        return TaskTrial.judge(
                task.rules(),
                sink -> {
                    for (int i = 0; i < answers.length(); i++) {
                        String answer = answers.charAt(i) == '1' ? "yes" : "no";
                        boolean failed = answers.charAt(i) == 'x';
                        sink.accept(new ResponseRecord(
                                i,
                                "s" + i,
                                "?",
                                List.of("yes"),
                                List.of(),
                                "s" + i,
                                Map.of(),
                                "hash" + i,
                                failed
                                        ? List.of()
                                        : List.of(new ResponseRecord.Reply(answer, null, null, 1, 1, "stop", 1)),
                                failed ? "no answer" : null,
                                null));
                    }
                },
                sample -> {});
    }

    private List<Measurement> figures(Map<String, String> answers) throws InterruptedException {
        GroupFigures groups = new GroupFigures();
        for (TaskSet task : Tasks.load(List.of("group.yaml"), folder).values()) {
            groups.add(task.rules(), judged(task, answers.getOrDefault(task.id(), "")));
        }
        return groups.measurements();
    }

    private static void figure(List<Measurement> figures, String scope, double value, double error, long samples) {
        Measurement figure = figures.stream()
                .filter(one -> one.scope().equals(scope))
                .findFirst()
                .orElseThrow();
        assertThat(figure.name()).isEqualTo("group_score");
        assertThat(figure.value()).isCloseTo(value, within(1e-12));
        assertThat((figure.high() - figure.low()) / 2 / Confidence.NORMAL).isCloseTo(error, within(1e-12));
        assertThat(figure.samples()).isEqualTo(samples);
    }

    @Test
    void tasksCountByTheirSamplesOrEachAsOne() throws InterruptedException {
        List<Measurement> figures = figures(Map.of("a", "1011011", "b", "0010", "c", "11010001101"));
        assertThat(figures)
                .extracting(Measurement::scope)
                .containsExactly(
                        "flat/exact_match,none", "flat::sized/exact_match,none", "flat::sized::pair/exact_match,none");
        figure(figures, "flat/exact_match,none", 0.5032467532467533, 0.116097178581819, 22);
        figure(figures, "flat::sized/exact_match,none", 0.5454545454545454, 0.1083349863726139, 22);
        figure(figures, "flat::sized::pair/exact_match,none", 0.5454545454545454, 0.14834342589333713, 11);
    }

    @Test
    void aSampleThatFailedCountsAsWrongAndATaskOfOneHasNoError() throws InterruptedException {
        figure(
                figures(Map.of("a", "1x11x11", "b", "xx1x", "c", "11x1xxx11x1")),
                "flat/exact_match,none",
                0.5032467532467533,
                0.116097178581819,
                22);
        assertThat(figures(Map.of("a", "1", "b", "0010", "c", "11010001101")))
                .filteredOn(figure -> figure.scope().startsWith("flat/"))
                .singleElement()
                .satisfies(figure -> assertThat(figure.low()).isNull());
    }
}
