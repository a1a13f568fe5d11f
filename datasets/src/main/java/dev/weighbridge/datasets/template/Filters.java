package dev.weighbridge.datasets.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Jinja2's filters that prompts use, and {@code regex_replace}, which lm-evaluation-harness adds. */
final class Filters {
    private static final Set<String> KNOWN = new TreeSet<>(Set.of(
            "length",
            "count",
            "upper",
            "lower",
            "capitalize",
            "title",
            "trim",
            "string",
            "list",
            "first",
            "last",
            "reverse",
            "unique",
            "sort",
            "sum",
            "abs",
            "int",
            "float",
            "round",
            "join",
            "replace",
            "default",
            "d",
            "map",
            "tojson",
            "regex_replace",
            "items",
            "min",
            "max"));

    private Filters() {}

    static void requireKnown(String name) {
        if (!KNOWN.contains(name)) {
            throw new TemplateException("there is no filter '" + name + "'. There is " + KNOWN + ".");
        }
    }

    static @Nullable Object apply(
            String name, @Nullable Object value, ExpressionReader.Values arguments, Budget budget) {
        if (name.equals("default") || name.equals("d")) {
            boolean falsy = Python.truth(arguments.get(1, "boolean", false));
            return value instanceof Undefined || (falsy && !Python.truth(value))
                    ? arguments.get(0, "default_value", "")
                    : value;
        }
        Python.defined(value);
        return switch (name) {
            case "length", "count" -> Python.length(value);
            case "upper" -> Python.str(value).toUpperCase(Locale.ROOT);
            case "lower" -> Python.str(value).toLowerCase(Locale.ROOT);
            case "capitalize" -> Methods.capitalized(Python.str(value));
            case "title" -> titled(Python.str(value));
            case "trim" ->
                Methods.stripped(
                        Python.str(value), arguments.has(0, "chars") ? arguments.text(0, "chars") : null, true, true);
            case "string" -> Python.str(value);
            case "list" -> Python.elements(value);
            case "join" ->
                budget.made(
                        Methods.joined(arguments.has(0, "d") ? arguments.text(0, "d") : "", Python.elements(value)));
            case "replace" ->
                budget.made((String) java.util.Objects.requireNonNull(
                        Methods.call("replace", Python.str(value), arguments, budget)));
            case "map" -> mapped(value, arguments, budget);
            case "tojson" -> Json.text(value);
            case "regex_replace" -> budget.made(regexReplaced(Python.str(value), arguments));
            case "items" -> Methods.call("items", value, arguments, budget);
            case "abs", "int", "float", "round" -> number(name, value, arguments);
            default -> ofList(name, Python.elements(value), value);
        };
    }

    /** Each word with a large first letter; words begin after white space, hyphens and opening brackets, unlike those of the method. */
    private static String titled(String text) {
        StringBuilder out = new StringBuilder();
        boolean within = false;
        for (int point : text.codePoints().toArray()) {
            out.appendCodePoint(within ? Character.toLowerCase(point) : Character.toUpperCase(point));
            within = !(Methods.space(point) || "-({[<".indexOf(point) >= 0);
        }
        return out.toString();
    }

    private static @Nullable Object ofList(String name, List<@Nullable Object> elements, @Nullable Object value) {
        switch (name) {
            case "first", "last", "min", "max" -> {
                if (elements.isEmpty()) {
                    return new Undefined(name, "nothing in " + Python.repr(value));
                }
                return switch (name) {
                    case "first" -> elements.get(0);
                    case "last" -> elements.get(elements.size() - 1);
                    case "min" -> Collections.min(elements, Python::order);
                    default -> Collections.max(elements, Python::order);
                };
            }
            case "reverse" -> {
                Collections.reverse(elements);
                return value instanceof String ? Methods.joined("", elements) : elements;
            }
            case "unique" -> {
                return new ArrayList<>(new LinkedHashSet<>(elements));
            }
            case "sort" -> {
                elements.sort(Python::order);
                return elements;
            }
            default -> {
                Object sum = 0L;
                for (Object element : elements) {
                    sum = Arithmetic.of("+", sum, element);
                }
                return sum;
            }
        }
    }

    private static Object number(String name, @Nullable Object value, ExpressionReader.Values arguments) {
        Number own = Python.number(value);
        return switch (name) {
            case "abs" ->
                own == null
                        ? 0L
                        : Python.whole(own) ? (Object) Math.abs(own.longValue()) : (Object) Math.abs(own.doubleValue());
            case "int" ->
                own != null
                        ? (long) own.doubleValue()
                        : parsed(Python.str(value)).longValue();
            case "float" ->
                own != null ? own.doubleValue() : parsed(Python.str(value)).doubleValue();
            default -> {
                double scale = Math.pow(10, (double) Python.integer(arguments.get(0, "precision", 0L)));
                yield Math.rint((own == null ? 0 : own.doubleValue()) * scale) / scale;
            }
        };
    }

    /** Jinja2 takes what is no number for 0. */
    private static Number parsed(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            return 0L;
        }
    }

    private static List<@Nullable Object> mapped(
            @Nullable Object value, ExpressionReader.Values arguments, Budget budget) {
        UnaryOperator<@Nullable Object> change;
        if (arguments.named().containsKey("attribute")) {
            Object attribute = arguments.get(9, "attribute", null);
            change = element -> Python.defined(Python.index(element, attribute));
        } else {
            String name = arguments.text(0, "filter");
            requireKnown(name);
            ExpressionReader.Values rest = new ExpressionReader.Values(
                    arguments.positional().subList(1, arguments.positional().size()), Map.of());
            change = element -> apply(name, element, rest, budget);
        }
        List<@Nullable Object> mapped = new ArrayList<>();
        for (Object element : Python.elements(value)) {
            budget.step();
            mapped.add(change.apply(element));
        }
        return mapped;
    }

    private static String regexReplaced(String text, ExpressionReader.Values arguments) {
        String pattern = arguments.text(0, "pattern");
        String other = arguments.has(1, "repl") ? arguments.text(1, "repl") : "";
        try {
            return Pattern.compile(pattern)
                    .matcher(new BoundedText(text))
                    .replaceAll(other.replace("$", "\\$").replaceAll("\\\\(\\d)", "\\$$1"));
        } catch (PatternSyntaxException | IndexOutOfBoundsException e) {
            throw new TemplateException("regex_replace('" + pattern + "', '" + other + "'): " + e.getMessage());
        }
    }

    /** JSON as Python writes it, with a space after comma and colon. */
    private static final class Json {
        static String text(@Nullable Object value) {
            if (value instanceof String text) {
                StringBuilder out = new StringBuilder("\"");
                text.codePoints().forEach(point -> {
                    switch (point) {
                        case '"', '\\' -> out.append('\\').appendCodePoint(point);
                        case '\n' -> out.append("\\n");
                        case '\t' -> out.append("\\t");
                        case '\r' -> out.append("\\r");
                        case '<', '>', '&', '\'' -> out.append(String.format("\\u%04x", point));
                        default -> {
                            if (point < ' ' || point > '~') {
                                for (char unit : Character.toChars(point)) {
                                    out.append(String.format("\\u%04x", (int) unit));
                                }
                            } else {
                                out.appendCodePoint(point);
                            }
                        }
                    }
                });
                return out.append('"').toString();
            }
            if (value instanceof List<?> list) {
                return "[" + String.join(", ", list.stream().map(Json::text).toList()) + "]";
            }
            if (value instanceof Map<?, ?> map) {
                List<String> entries = new ArrayList<>();
                map.forEach((key, element) -> entries.add(text(Python.str(key)) + ": " + text(element)));
                Collections.sort(entries);
                return "{" + String.join(", ", entries) + "}";
            }
            return value == null ? "null" : value instanceof Boolean ? value.toString() : Python.repr(value);
        }
    }
}
