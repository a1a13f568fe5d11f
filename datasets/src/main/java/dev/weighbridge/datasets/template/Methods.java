package dev.weighbridge.datasets.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's methods of texts, lists and maps, and the functions that Jinja2 knows. */
final class Methods {
    private static final int LONGEST_RANGE = 100_000;

    private Methods() {}

    static @Nullable Object call(
            String name, @Nullable Object subject, ExpressionReader.Values arguments, Budget budget) {
        Python.defined(subject);
        if (subject instanceof String text) {
            Object value = ofText(name, text, arguments);
            return value instanceof String made ? budget.made(made) : value;
        }
        if (subject instanceof List<?> list) {
            return switch (name) {
                case "index" -> position(list, arguments.get(0, "value", null));
                case "count" ->
                    list.stream()
                            .filter(element -> Python.equal(element, arguments.get(0, "value", null)))
                            .count();
                default -> throw unknown(name, subject, "index, count");
            };
        }
        if (subject instanceof Map<?, ?> map) {
            return switch (name) {
                case "keys" -> new ArrayList<Object>(map.keySet());
                case "values" -> new ArrayList<Object>(map.values());
                case "items" -> items(map);
                case "get" ->
                    map.containsKey(arguments.get(0, "key", null))
                            ? map.get(arguments.get(0, "key", null))
                            : arguments.get(1, "default", null);
                default -> throw unknown(name, subject, "keys, values, items, get");
            };
        }
        throw unknown(name, subject, "nothing");
    }

    private static TemplateException unknown(String name, @Nullable Object subject, String known) {
        return new TemplateException(Python.repr(subject) + " has no method '" + name + "'. It has " + known + ".");
    }

    private static List<@Nullable Object> items(Map<?, ?> map) {
        List<@Nullable Object> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(new Tuple(Arrays.asList(key, value))));
        return items;
    }

    private static long position(List<?> list, @Nullable Object value) {
        for (int i = 0; i < list.size(); i++) {
            if (Python.equal(list.get(i), value)) {
                return i;
            }
        }
        throw new TemplateException(Python.repr(value) + " is not in " + Python.repr(list));
    }

    private static @Nullable Object ofText(String name, String text, ExpressionReader.Values arguments) {
        return switch (name) {
            case "strip", "lstrip", "rstrip" ->
                stripped(
                        text,
                        arguments.has(0, "chars") ? arguments.text(0, "chars") : null,
                        !name.equals("rstrip"),
                        !name.equals("lstrip"));
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> capitalized(text);
            case "title" -> titled(text);
            case "split" -> split(text, arguments);
            case "rsplit" -> rsplit(text, arguments);
            case "splitlines" -> new ArrayList<Object>(text.lines().toList());
            case "join" -> joined(text, Python.elements(arguments.get(0, "iterable", null)));
            case "replace" -> replaced(text, arguments);
            case "startswith" -> text.startsWith(arguments.text(0, "prefix"));
            case "endswith" -> text.endsWith(arguments.text(0, "suffix"));
            case "find" -> (long) text.indexOf(arguments.text(0, "sub"));
            case "index" -> found(text, arguments.text(0, "sub"));
            case "count" -> (long) text.split(java.util.regex.Pattern.quote(arguments.text(0, "sub")), -1).length - 1;
            case "isdigit" -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
            case "format" -> Formatting.braces(text, arguments.positional());
            case "zfill" ->
                "0".repeat((int) Math.max(
                                0, Math.min(1000, Python.integer(arguments.get(0, "width", null)) - text.length())))
                        + text;
            default ->
                throw unknown(
                        name,
                        text,
                        "strip, lstrip, rstrip, upper, lower, capitalize, title, split, rsplit, splitlines, join, replace,"
                                + " startswith, endswith, find, index, count, isdigit, format, zfill");
        };
    }

    private static long found(String text, String part) {
        int position = text.indexOf(part);
        if (position < 0) {
            throw new TemplateException(Python.repr(part) + " is not in " + Python.repr(text));
        }
        return text.codePointCount(0, position);
    }

    static String stripped(String text, @Nullable String characters, boolean left, boolean right) {
        int start = 0;
        int end = text.length();
        while (left && start < end && stripped(text.codePointAt(start), characters)) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && stripped(text.codePointBefore(end), characters)) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static boolean stripped(int point, @Nullable String characters) {
        return characters == null ? space(point) : characters.indexOf(point) >= 0;
    }

    /** What Python takes for white space. */
    static boolean space(int point) {
        return Character.isWhitespace(point) || Character.isSpaceChar(point) || point == 0x85;
    }

    static String capitalized(String text) {
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT)
                        + text.substring(1).toLowerCase(Locale.ROOT);
    }

    static String titled(String text) {
        StringBuilder out = new StringBuilder();
        boolean within = false;
        for (int point : text.codePoints().toArray()) {
            boolean letter = Character.isLetter(point);
            out.appendCodePoint(!letter ? point : within ? Character.toLowerCase(point) : Character.toTitleCase(point));
            within = letter;
        }
        return out.toString();
    }

    private static List<@Nullable Object> split(String text, ExpressionReader.Values arguments) {
        Object separator = arguments.get(0, "sep", null);
        long most = arguments.has(1, "maxsplit") ? Python.integer(arguments.get(1, "maxsplit", null)) : -1;
        return separator == null ? words(text, most) : parts(text, Python.str(separator), most);
    }

    static List<@Nullable Object> words(String text, long most) {
        List<@Nullable Object> words = new ArrayList<>();
        String rest = stripped(text, null, true, false);
        while (!rest.isEmpty()) {
            if (most >= 0 && words.size() == most) {
                words.add(stripped(rest, null, false, true));
                return words;
            }
            int end = 0;
            while (end < rest.length() && !space(rest.codePointAt(end))) {
                end += Character.charCount(rest.codePointAt(end));
            }
            words.add(rest.substring(0, end));
            rest = stripped(rest.substring(end), null, true, false);
        }
        return words;
    }

    private static List<@Nullable Object> parts(String text, String separator, long most) {
        if (separator.isEmpty()) {
            throw new TemplateException("a text cannot be split at an empty one");
        }
        List<@Nullable Object> parts = new ArrayList<>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && (most < 0 || parts.size() < most)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<@Nullable Object> rsplit(String text, ExpressionReader.Values arguments) {
        String separator = arguments.text(0, "sep");
        long most = arguments.has(1, "maxsplit") ? Python.integer(arguments.get(1, "maxsplit", null)) : -1;
        List<@Nullable Object> parts = parts(text, separator, -1);
        while (most >= 0 && parts.size() > most + 1) {
            parts.set(0, parts.get(0) + separator + parts.remove(1));
        }
        return parts;
    }

    private static String replaced(String text, ExpressionReader.Values arguments) {
        String old = arguments.text(0, "old");
        String other = arguments.text(1, "new");
        if (!arguments.has(2, "count")) {
            return text.replace(old, other);
        }
        String rest = text;
        StringBuilder out = new StringBuilder();
        for (long left = Python.integer(arguments.get(2, "count", null)); left > 0 && rest.contains(old); left--) {
            int at = rest.indexOf(old);
            out.append(rest, 0, at).append(other);
            rest = rest.substring(at + old.length());
        }
        return out.append(rest).toString();
    }

    static String joined(String separator, List<@Nullable Object> elements) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < elements.size(); i++) {
            out.append(i == 0 ? "" : separator).append(Python.str(elements.get(i)));
        }
        return out.toString();
    }

    /** {@code range}, {@code dict} and {@code namespace}. */
    static Object function(String name, ExpressionReader.Values arguments) {
        if (!name.equals("range")) {
            return new LinkedHashMap<>(arguments.named());
        }
        int given = arguments.positional().size();
        long from = given > 1 ? Python.integer(arguments.get(0, "start", 0L)) : 0;
        long to = Python.integer(arguments.get(given > 1 ? 1 : 0, "stop", null));
        long step = given > 2 ? Python.integer(arguments.get(2, "step", 1L)) : 1;
        if (step == 0 || Math.abs((to - from) / step) > LONGEST_RANGE) {
            throw new TemplateException("range(" + from + ", " + to + ", " + step + ") has no end or more than "
                    + LONGEST_RANGE + " numbers");
        }
        List<@Nullable Object> range = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            range.add(i);
        }
        return range;
    }
}
