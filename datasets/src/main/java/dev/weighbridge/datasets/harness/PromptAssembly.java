package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts prompts together as lm-evaluation-harness does (version 0.4.13, {@code fewshot_context} and {@code build_qa_turn} of
 * {@code lm_eval/api/task.py}): description, solved questions, question. Where two parts meet, a delimiter stands between them
 * only if neither brings white space of its own and the rule of that place asks for it.
 */
final class PromptAssembly {
    private final HarnessConfig config;
    private final RowValues values;
    private final boolean blanks;

    /**
     * Prompts of one task.
     *
     * @param blanks whether the choices stand in the prompt, so that each has a prompt of its own
     */
    PromptAssembly(HarnessConfig config, RowValues values, boolean blanks) {
        this.config = config;
        this.values = values;
        this.blanks = blanks;
    }

    /**
     * The prompts of a row: one, or one for each choice.
     *
     * @param shots solved questions before it
     * @throws DataException when a row gives no text where one is needed
     */
    List<String> prompts(Map<String, @Nullable Object> row, List<Map<String, @Nullable Object>> shots) {
        HarnessConfig.Question question = config.question();
        String prefix = values.resolved(question.prefix(), row);
        StringBuilder before = new StringBuilder();
        String description = values.resolved(config.description(), row);
        before.append(description == null ? "" : description);
        shots.forEach(shot -> before.append(solved(shot)));
        List<String> prompts = new ArrayList<>();
        if (blanks) {
            for (String choice : values.choices(question.choices(), row)) {
                prompts.add(before + turn(choice, null, prefix, "", ""));
            }
        } else {
            String text = text(values.text(question.text(), row));
            prompts.add(before + turn(text, null, prefix, question.delimiter(), ""));
        }
        return prompts;
    }

    private String solved(Map<String, @Nullable Object> row) {
        HarnessConfig.Question question = config.shots().question();
        Object text = values.text(question.text(), row);
        List<String> choices = question.choices() == null ? List.of() : values.choices(question.choices(), row);
        Object target = values.target(question.target(), row);
        if (blanks) {
            text = chosen(text, choices);
            choices = List.of();
        }
        return turn(
                text(text),
                answer(target, choices),
                values.resolved(question.prefix(), row),
                question.delimiter(),
                config.shots().delimiter());
    }

    private static @Nullable String answer(@Nullable Object target, List<String> choices) {
        if (target instanceof Long && !choices.isEmpty()) {
            return chosen(target, choices);
        }
        if (target instanceof List<?> several) {
            if (several.isEmpty()) {
                throw new DataException("has no answer in its list of answers, which a solved question needs");
            }
            return text(several.get(0));
        }
        return target == null || target.equals("") ? null : text(target);
    }

    private static String chosen(@Nullable Object number, List<String> choices) {
        if (!(number instanceof Long index) || index < -choices.size() || index >= choices.size()) {
            throw new DataException("names choice " + number + "; there are 0 to " + (choices.size() - 1));
        }
        return choices.get((int) (index < 0 ? index + choices.size() : index));
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new DataException("gives " + value + " where a text is needed");
    }

    /** A question with its answer, or with the beginning of the answer, or alone. */
    private static String turn(
            String question, @Nullable String answer, @Nullable String prefix, String delimiter, String after) {
        boolean begun = prefix != null && !prefix.isEmpty();
        boolean between = begun ? parted(question, prefix) : answer != null;
        StringBuilder out = new StringBuilder(question).append(between ? delimiter : "");
        out.append(begun ? prefix : "");
        if (answer != null) {
            out.append(begun && !answer.isEmpty() && parted(String.valueOf(prefix), answer) ? " " : "");
            out.append(answer).append(after);
        }
        return out.toString();
    }

    /** Whether two texts need a delimiter: neither brings white space to where they meet. */
    private static boolean parted(String left, @Nullable String right) {
        return !left.isEmpty() && right != null && !endsWithSpace(left) && !beginsWithSpace(right);
    }

    private static boolean endsWithSpace(@Nullable String text) {
        return text != null && !text.isEmpty() && space(text.codePointBefore(text.length()));
    }

    private static boolean beginsWithSpace(@Nullable String text) {
        return text != null && !text.isEmpty() && space(text.codePointAt(0));
    }

    /** Python's {@code str.isspace} of one character. */
    private static boolean space(int point) {
        return Character.isWhitespace(point) || Character.isSpaceChar(point) || point == 0x85;
    }
}
