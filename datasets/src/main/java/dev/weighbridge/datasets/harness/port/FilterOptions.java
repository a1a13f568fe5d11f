package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.TaskSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options of filters of lm-evaluation-harness, as ours have them. */
public final class FilterOptions {
    private FilterOptions() {}

    /**
     * The filter that finds which choice an answer means.
     *
     * @param column of the choices, or of the text in which they follow their letters
     */
    public static TaskSet.Rule choice(Map<String, @Nullable Object> options, String column) {
        Map<String, Object> own = lenient(options);
        own.put("column", column);
        put(own, "pattern", pattern(options.get("regex_pattern")));
        return new TaskSet.Rule("choice", own);
    }

    /** Which match is taken, and what there is where none is. */
    public static Map<String, Object> selected(Map<String, @Nullable Object> options) {
        Map<String, Object> own = new LinkedHashMap<>();
        put(own, "select", text(options.get("group_select")));
        put(own, "fallback", text(options.get("fallback")));
        return own;
    }

    /** The same, with what does not matter in an answer. */
    static Map<String, Object> lenient(Map<String, @Nullable Object> options) {
        Map<String, Object> own = selected(options);
        if (options.get("regexes_to_ignore") instanceof List<?> patterns) {
            own.put("ignore", patterns(patterns));
        }
        own.put("capitals", !Boolean.TRUE.equals(options.get("ignore_case")));
        own.put("punctuation", !Boolean.TRUE.equals(options.get("ignore_punctuation")));
        return own;
    }

    /** Regular expressions in Java's syntax. */
    public static List<String> patterns(List<?> patterns) {
        return patterns.stream()
                .map(pattern -> PythonPattern.toJava(String.valueOf(pattern)))
                .toList();
    }

    private static @Nullable String pattern(@Nullable Object pattern) {
        return pattern == null ? null : PythonPattern.toJava(pattern.toString());
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static void put(Map<String, Object> options, String name, @Nullable Object value) {
        if (value != null) {
            options.put(name, value);
        }
    }
}
