package dev.weighbridge.datasets.harness;

import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.PromptParts;
import dev.weighbridge.datasets.PromptParts.Part;
import dev.weighbridge.datasets.Prompting;
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
    private final Prompting prompting;

    /**
     * Prompts of one task.
     *
     * @param blanks whether the choices stand in the prompt, so that each has a prompt of its own
     * @param prompting how they are put before a model
     */
    PromptAssembly(HarnessConfig config, RowValues values, boolean blanks, Prompting prompting) {
        this.config = config;
        this.values = values;
        this.blanks = blanks;
        this.prompting = prompting;
    }

    /**
     * The prompts of a row: one, or one for each choice.
     *
     * @param shots solved questions before it
     * @throws DataException when a row gives no text where one is needed
     */
    List<PromptParts> prompts(Map<String, @Nullable Object> row, List<Map<String, @Nullable Object>> shots) {
        HarnessConfig.Question question = config.question();
        String prefix = values.resolved(question.prefix(), row);
        List<Part> before = new ArrayList<>();
        String system = joined(
                prompting.system(),
                values.resolved(config.description(), row),
                config.shots().delimiter());
        if (!system.isEmpty()) {
            before.add(new Part(ChatMessage.SYSTEM, system, ""));
        }
        shots.forEach(shot -> before.addAll(solved(shot)));
        List<PromptParts> prompts = new ArrayList<>();
        if (blanks) {
            for (String choice : values.choices(question.choices(), row)) {
                prompts.add(with(before, turn(choice, null, prefix, "", "")));
            }
        } else {
            String text = text(values.text(question.text(), row));
            prompts.add(with(before, turn(text, null, prefix, question.delimiter(), "")));
        }
        return prompts;
    }

    /**
     * What stands between a prompt and a choice that is scored: nothing where a template ends the prompt, unless the answer has begun
     * without white space at its end.
     */
    static String choiceDelimiter(HarnessConfig.Question question, Prompting prompting) {
        Object prefix = question.prefix();
        String written = prefix == null ? "" : prefix.toString();
        boolean begun = !written.isEmpty() && !endsWithSpace(written);
        return prompting.chat() && !begun ? "" : question.delimiter();
    }

    private static PromptParts with(List<Part> before, List<Part> turn) {
        List<Part> parts = new ArrayList<>(before);
        parts.addAll(turn);
        return new PromptParts(parts);
    }

    private List<Part> solved(Map<String, @Nullable Object> row) {
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
    private static List<Part> turn(
            String question, @Nullable String answer, @Nullable String prefix, String delimiter, String after) {
        String begun = prefix == null ? "" : prefix;
        boolean between = begun.isEmpty() ? answer != null : parted(question, begun);
        Part asked = new Part(ChatMessage.USER, question, between ? delimiter : "");
        if (answer != null) {
            return List.of(asked, new Part(ChatMessage.ASSISTANT, joined(begun, answer, " "), after));
        }
        return begun.isEmpty() ? List.of(asked) : List.of(asked, new Part(ChatMessage.ASSISTANT, begun, ""));
    }

    /** Two texts, either of which may be missing, with a delimiter between them where neither brings white space. */
    private static String joined(String left, @Nullable String right, String delimiter) {
        String other = right == null ? "" : right;
        return left + (!other.isEmpty() && parted(left, other) ? delimiter : "") + other;
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
