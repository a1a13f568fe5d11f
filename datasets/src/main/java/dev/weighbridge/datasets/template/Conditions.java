package dev.weighbridge.datasets.template;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What {@code is} can ask of a value. */
final class Conditions {
    private static final Set<String> KNOWN = new TreeSet<>(Set.of(
            "defined",
            "undefined",
            "none",
            "string",
            "number",
            "integer",
            "float",
            "boolean",
            "true",
            "false",
            "mapping",
            "sequence",
            "iterable",
            "odd",
            "even",
            "divisibleby",
            "in",
            "equalto",
            "eq"));

    private Conditions() {}

    static void requireKnown(String name) {
        if (!KNOWN.contains(name)) {
            throw new TemplateException("there is no test 'is " + name + "'. There is " + KNOWN + ".");
        }
    }

    static boolean holds(String name, @Nullable Object value, ExpressionReader.Values arguments) {
        if (name.equals("defined") || name.equals("undefined")) {
            return value instanceof Undefined == name.equals("undefined");
        }
        Python.defined(value);
        return switch (name) {
            case "none" -> value == null;
            case "string" -> value instanceof String;
            case "number" -> value instanceof Number || value instanceof Boolean;
            case "integer" -> value instanceof Number number && Python.whole(number);
            case "float" -> value instanceof Number number && !Python.whole(number);
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "mapping" -> value instanceof Map<?, ?>;
            case "sequence", "iterable" ->
                value instanceof String || value instanceof Collection<?> || value instanceof Map<?, ?>;
            case "odd" -> Math.floorMod(Python.integer(value), 2L) == 1;
            case "even" -> Math.floorMod(Python.integer(value), 2L) == 0;
            case "divisibleby" ->
                Math.floorMod(Python.integer(value), Python.integer(arguments.get(0, "num", null))) == 0;
            case "in" -> Python.contains(arguments.get(0, "seq", null), value);
            default -> Python.equal(value, arguments.get(0, "other", null));
        };
    }
}
