package dev.weighbridge.datasets.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Methods of Python's texts, and how it writes values, for whoever works with rows as Python does. */
public final class PythonText {
    private PythonText() {}

    /** {@code text.strip()}. */
    public static String strip(String text) {
        return Methods.stripped(text, null, true, true);
    }

    /** {@code text.capitalize()}. */
    public static String capitalize(String text) {
        return Methods.capitalized(text);
    }

    /** {@code text.split()}: what white space separates. */
    public static List<String> words(String text) {
        return Methods.words(text, -1).stream().map(String::valueOf).toList();
    }

    /** {@code str(value)}. */
    public static String of(@Nullable Object value) {
        return Python.str(value);
    }
}
