package dev.weighbridge.scoring.instruction;

import dev.weighbridge.scoring.ScoringException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an instruction says in particular: how many, which words. */
final class Details {
    private final String instruction;
    private final Map<?, ?> values;
    private final String prompt;

    /**
     * Details by name.
     *
     * @param instruction they belong to, for messages
     * @param prompt that the instruction stands in
     */
    Details(String instruction, Map<?, ?> values, String prompt) {
        this.instruction = instruction;
        this.values = values;
        this.prompt = prompt;
    }

    String prompt() {
        return prompt;
    }

    String text(String name) {
        Object value = values.get(name);
        if (value instanceof String text) {
            return text;
        }
        throw problem(name, "a text", value);
    }

    int whole(String name) {
        Object value = values.get(name);
        // Published rows write some whole numbers as 3.0.
        if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())) {
            return number.intValue();
        }
        throw problem(name, "a whole number", value);
    }

    List<String> texts(String name) {
        Object value = values.get(name);
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw problem(name, "a list of texts", value);
    }

    /** Whether a count is as the instruction wants it: {@code less than} or {@code at least} a number. */
    boolean counts(long count, String number, String relation) {
        return switch (text(relation)) {
            case "less than" -> count < whole(number);
            case "at least" -> count >= whole(number);
            default -> throw problem(relation, "'less than' or 'at least'", values.get(relation));
        };
    }

    private ScoringException problem(String name, String wanted, @Nullable Object value) {
        return new ScoringException(
                "instruction " + instruction + " needs '" + name + "', " + wanted + ", got: " + value);
    }
}
