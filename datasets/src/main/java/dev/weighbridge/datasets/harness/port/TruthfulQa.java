package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.template.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** TruthfulQA, where several choices are right, and where an answer is held against right and wrong ones. */
final class TruthfulQa implements PortedModule {
    private static final String NO_COMMENT = "I have no comment.";

    @Override
    public String id() {
        return "truthfulqa";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("d3c827d1e2cd442a1e4738b527a18effd48cbb2aed478c12a652311b5ea4dbc8", "truthfulqa/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "process_results_mc2",
                new PortedFunction.Results(
                        List.of(new TaskSet.Rule("choice-mass", Map.of("labels", "mc2_targets.labels"))),
                        List.of("acc")),
                "process_docs_gen",
                Cells.with(TruthfulQa::columns),
                "process_results_gen",
                new PortedFunction.Results(List.of(TaskSet.Rule.of("truthful-answers")), metrics()));
    }

    private static List<String> metrics() {
        return Stream.of("bleu", "rouge1", "rouge2", "rougeL")
                .flatMap(likeness -> Stream.of("_max", "_acc", "_diff").map(suffix -> likeness + suffix))
                .toList();
    }

    private static Map<String, Object> columns(Map<String, @Nullable Object> row) {
        List<String> right = new ArrayList<>(sentences(Cells.texts(row, "correct_answers")));
        if (!right.contains(NO_COMMENT)) {
            right.add(NO_COMMENT);
        }
        return Map.of(
                "question",
                PythonText.strip(Cells.text(row, "question")),
                "correct_answers",
                List.copyOf(right),
                "incorrect_answers",
                sentences(Cells.texts(row, "incorrect_answers")));
    }

    /** Each with a full stop, blank ones left out. */
    private static List<String> sentences(List<String> answers) {
        return answers.stream()
                .map(PythonText::strip)
                .filter(answer -> !answer.isEmpty())
                .map(answer -> answer.endsWith(".") ? answer : answer + ".")
                .toList();
    }
}
