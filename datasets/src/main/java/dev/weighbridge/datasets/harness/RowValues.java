package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.harness.port.PortedFunction;
import dev.weighbridge.datasets.template.PythonLiterals;
import dev.weighbridge.datasets.template.PythonText;
import dev.weighbridge.datasets.template.Template;
import dev.weighbridge.datasets.template.TemplateException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes prompts, right answers and choices of rows by the rules of lm-evaluation-harness's {@code doc_to_text},
 * {@code doc_to_target} and {@code doc_to_choice} (version 0.4.13, {@code lm_eval/api/task.py}): a text that names a column stands for
 * its value, any other text is a template; digits become a number where there are choices; what looks like a list is read as one.
 */
final class RowValues {
    private final Set<String> columns;
    private final boolean choices;
    private final Map<String, Template> templates = new HashMap<>();

    /**
     * Values of the rows of one split.
     *
     * @param columns of the rows
     * @param choices whether the task has any
     */
    RowValues(Set<String> columns, boolean choices) {
        this.columns = columns;
        this.choices = choices;
    }

    /** Text of a template, or the value of a column as Python writes it; {@code null} without a field. */
    @Nullable
    String resolved(@Nullable Object field, Map<String, @Nullable Object> row) {
        if (field == null || field.toString().isEmpty()) {
            return null;
        }
        if (!row.containsKey(field.toString())) {
            return template(field.toString()).render(row);
        }
        Object value = row.get(field.toString());
        return value == null ? null : written(value);
    }

    /** The prompt: a text, or the number of the choice that fills its blank. */
    @Nullable
    Object text(@Nullable Object field, Map<String, @Nullable Object> row) {
        if (field instanceof PortedFunction.Value function) {
            return number(function.of(row));
        }
        if (!(field instanceof String name)) {
            return number(field);
        }
        if (columns.contains(name)) {
            return number(row.get(name));
        }
        String text = template(name).render(row);
        return choices && digits(text) ? PythonLiterals.parse(text) : text;
    }

    /** The right answer: a text, the number of a choice, or several of either. */
    @Nullable
    Object target(@Nullable Object field, Map<String, @Nullable Object> row) {
        if (field instanceof PortedFunction.Value function) {
            return number(function.of(row));
        }
        if (!(field instanceof String name)) {
            return number(field);
        }
        if (columns.contains(name)) {
            return number(row.get(name));
        }
        String text = template(name).render(row);
        if (choices && digits(text)) {
            return PythonLiterals.parse(text);
        }
        if (text.length() >= 2 && text.startsWith("[") && text.endsWith("]")) {
            try {
                return PythonLiterals.parse(text);
            } catch (TemplateException e) {
                return text;
            }
        }
        return text;
    }

    /** The choices. */
    List<String> choices(@Nullable Object field, Map<String, @Nullable Object> row) {
        Object value = field instanceof Map<?, ?> map
                ? map.values()
                : field instanceof PortedFunction.Value function ? function.of(row) : field;
        if (value instanceof String name && !(field instanceof PortedFunction)) {
            value = columns.contains(name)
                    ? row.get(name)
                    : PythonLiterals.parse(template(name).render(row));
        }
        if (!(value instanceof Collection<?> list)) {
            throw new DataException("has choices that are no list: " + value);
        }
        List<String> texts = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw new DataException("has a choice that is no text: " + element);
            }
            texts.add(text);
        }
        return texts;
    }

    /** What Python writes for a value: a text as it is. */
    static String written(@Nullable Object value) {
        return PythonText.of(value);
    }

    /** Whole numbers of any width are one kind; truth counts as 1 and 0. */
    private static @Nullable Object number(@Nullable Object value) {
        if (value instanceof Integer || value instanceof Short) {
            return ((Number) value).longValue();
        }
        return value instanceof Boolean truth ? (Object) (truth ? 1L : 0L) : value;
    }

    private static boolean digits(String text) {
        return !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
    }

    private Template template(String text) {
        return templates.computeIfAbsent(text, Template::parse);
    }
}
