package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.template.PythonLiterals;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** RACE: an article with its questions, of which the last is asked and the others are solved. */
final class Race implements PortedModule {
    private static final String BLANK = "  _  .";

    @Override
    public String id() {
        return "race";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("15778ab69ca3b96c3d82618500ad59702ff7ea9dbf09e90e4505abc16ac53ad0", "race/preprocess_race.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "doc_to_text", (PortedFunction.Value) Race::text,
                "doc_to_target", (PortedFunction.Value) row -> (long) last(row).right(),
                "doc_to_choice",
                        (PortedFunction.Value) row -> last(row).options().subList(0, 4));
    }

    /** One question of an article. */
    private record Problem(String question, List<String> options, int right) {
        String answer() {
            return options.get(right);
        }
    }

    private static Object text(Map<String, @Nullable Object> row) {
        StringBuilder out = new StringBuilder("Article: ").append(Cells.text(row, "article"));
        out.append("\n\n");
        List<Problem> problems = problems(row);
        for (Problem problem : problems.subList(0, problems.size() - 1)) {
            String question = problem.question();
            if (question.endsWith(BLANK)) {
                // One of the two spaces before the blank stays.
                out.append(question, 0, question.length() - BLANK.length() + 1);
                out.append(problem.answer()).append('\n');
            } else {
                out.append("Question: ").append(question).append('\n');
                out.append("Answer: ").append(problem.answer()).append('\n');
            }
        }
        return out.append(problems.get(problems.size() - 1).question()).toString();
    }

    private static Problem last(Map<String, @Nullable Object> row) {
        List<Problem> problems = problems(row);
        return problems.get(problems.size() - 1);
    }

    private static List<Problem> problems(Map<String, @Nullable Object> row) {
        if (PythonLiterals.parse(Cells.text(row, "problems")) instanceof List<?> list && !list.isEmpty()) {
            return list.stream().map(Race::problem).toList();
        }
        throw new DataException("has no list of questions in column 'problems': " + row.get("problems"));
    }

    private static Problem problem(Object value) {
        if (value instanceof Map<?, ?> map
                && map.get("question") instanceof String question
                && map.get("options") instanceof List<?> options
                && map.get("answer") instanceof String answer
                && answer.matches("[A-D]")
                && options.size() >= 4) {
            return new Problem(question, options.stream().map(String::valueOf).toList(), answer.charAt(0) - 'A');
        }
        throw new DataException(
                "has a question in column 'problems' that is no 'question', 'options' and 'answer' from A to D: "
                        + value);
    }
}
