package dev.weighbridge.datasets.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The two ways of Python to put values into a text; only plain places, {@code %s}, {@code %d} and {@code {}}, are known. */
final class Formatting {
    private Formatting() {}

    /** {@code text % values}. */
    static String percent(String text, @Nullable Object values) {
        List<?> given = values instanceof List<?> list ? list : java.util.Collections.singletonList(values);
        StringBuilder out = new StringBuilder();
        int next = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            char kind = ++i < text.length() ? text.charAt(i) : ' ';
            if (kind == '%') {
                out.append('%');
            } else if ((kind == 's' || kind == 'd') && next < given.size()) {
                out.append(Python.str(given.get(next++)));
            } else {
                throw new TemplateException("'%" + kind + "' of '" + text
                        + "' cannot be filled; only %s and %d are known, one for each value");
            }
        }
        return out.toString();
    }

    /** {@code text.format(values)}. */
    static String braces(String text, List<@Nullable Object> values) {
        StringBuilder out = new StringBuilder();
        int next = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean twice = i + 1 < text.length() && text.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && twice) {
                out.append(c);
                i++;
            } else if (c == '{') {
                int end = text.indexOf('}', i);
                String place = end < 0 ? "?" : text.substring(i + 1, end);
                boolean numbered = place.matches("\\d{1,4}");
                int value = numbered ? Integer.parseInt(place) : next++;
                if (!(numbered || place.isEmpty()) || value >= values.size()) {
                    throw new TemplateException("'{" + place + "}' of '" + text
                            + "' cannot be filled; only {} and {0} are known, one for each value");
                }
                out.append(Python.str(values.get(value)));
                i = end;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
