package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.template.PythonText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** DROP: right answers that are a number, a date or several spans, of several people. */
final class Drop implements PortedModule {
    @Override
    public String id() {
        return "drop";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("a5782ee7d2e537968a5b83976195ae2b9b6e2a565a0bfb5c24d221b4d61a04f5", "drop/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "process_docs",
                Cells.with(row -> Map.of(
                        "id",
                        Cells.text(row, "query_id"),
                        "passage",
                        Cells.text(row, "passage"),
                        "question",
                        Cells.text(row, "question"),
                        "answers",
                        answers(row))),
                "process_results",
                new PortedFunction.Results(List.of(TaskSet.Rule.of("drop")), List.of("em", "f1")));
    }

    /** The different right answers, each a list of spans, that of the data set first. */
    private static List<List<String>> answers(Map<String, @Nullable Object> row) {
        Set<List<String>> answers = new LinkedHashSet<>();
        answers.add(answer(map(row.get("answer"))));
        Map<?, ?> others = map(row.get("validated_answers"));
        List<?> numbers = list(others, "number");
        List<?> dates = list(others, "date");
        List<?> spans = list(others, "spans");
        if (dates.size() < numbers.size() || spans.size() < numbers.size()) {
            throw new DataException("has " + numbers.size() + " numbers, " + dates.size() + " dates and " + spans.size()
                    + " spans in column 'validated_answers'");
        }
        for (int i = 0; i < numbers.size(); i++) {
            answers.add(answer(numbers.get(i), spans.get(i), dates.get(i)));
        }
        return List.copyOf(answers);
    }

    private static List<String> answer(Map<?, ?> answer) {
        return answer(answer.get("number"), answer.get("spans"), answer.get("date"));
    }

    private static List<String> answer(@Nullable Object number, @Nullable Object spans, @Nullable Object date) {
        if (number != null && !number.equals("")) {
            return List.of(String.valueOf(number));
        }
        if (spans instanceof List<?> list && !list.isEmpty()) {
            return list.stream().map(String::valueOf).toList();
        }
        Map<?, ?> parts = map(date);
        List<String> words = new ArrayList<>();
        for (String part : List.of("day", "month", "year")) {
            Object word = parts.get(part);
            words.add(word == null ? "" : word.toString());
        }
        return List.of(PythonText.strip(String.join(" ", words)));
    }

    private static Map<?, ?> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new DataException("has no answer with fields number, date and spans: " + value);
    }

    private static List<?> list(Map<?, ?> map, String name) {
        return map.get(name) instanceof List<?> list ? list : List.of();
    }
}
