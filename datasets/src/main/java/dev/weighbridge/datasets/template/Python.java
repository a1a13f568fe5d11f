package dev.weighbridge.datasets.template;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Python's rules for the values of a template: text and representation, truth, arithmetic, order, places in a sequence. Values
 * are texts, {@link Boolean}, whole and other numbers, lists, maps and {@code null} for None.
 */
final class Python {
    private static final int LEAST_EXPONENT = -4;
    private static final int MOST_EXPONENT = 16;

    private Python() {}

    /** The value itself. @throws TemplateException when it is a name that does not exist */
    static @Nullable Object defined(@Nullable Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        return value;
    }

    /** {@code str(value)}. */
    static String str(@Nullable Object value) {
        return defined(value) instanceof String text ? text : repr(value);
    }

    /** {@code repr(value)}. */
    static String repr(@Nullable Object value) {
        defined(value);
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        if (value instanceof String text) {
            return quoted(text);
        }
        if (value instanceof Double || value instanceof Float) {
            return number(((Number) value).doubleValue());
        }
        StringBuilder out = new StringBuilder();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> out.append(out.length() == 0 ? "" : ", ")
                    .append(repr(key))
                    .append(": ")
                    .append(repr(element)));
            return "{" + out + "}";
        }
        if (value instanceof Collection<?> list) {
            list.forEach(element -> out.append(out.length() == 0 ? "" : ", ").append(repr(element)));
            return value instanceof Tuple ? "(" + out + (list.size() == 1 ? ",)" : ")") : "[" + out + "]";
        }
        return value.toString();
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder().append(quote);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (point == quote) {
                        out.append('\\').append(quote);
                    } else if (printable(point)) {
                        out.appendCodePoint(point);
                    } else {
                        out.append(escape(point));
                    }
                }
            }
        });
        return out.append(quote).toString();
    }

    private static boolean printable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> point == ' ';
            default -> true;
        };
    }

    private static String escape(int point) {
        return point < 0x100
                ? String.format("\\x%02x", point)
                : point < 0x10000 ? String.format("\\u%04x", point) : String.format("\\U%08x", point);
    }

    private static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exponent >= LEAST_EXPONENT && exponent < MOST_EXPONENT) {
            String plain = exact.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = exact.unscaledValue().abs().toString();
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        return (value < 0 ? "-" : "")
                + digits.charAt(0)
                + fraction
                + String.format("e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    static boolean truth(@Nullable Object value) {
        defined(value);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean truth) {
            return truth;
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        return length(value) > 0;
    }

    /** {@code len(value)}; of a text in code points. */
    static long length(@Nullable Object value) {
        defined(value);
        if (value instanceof String text) {
            return text.codePointCount(0, text.length());
        }
        if (value instanceof Collection<?> list) {
            return list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        throw new TemplateException(repr(value) + " has no length");
    }

    /** The elements that a loop over the value sees: characters, elements or keys. */
    static List<@Nullable Object> elements(@Nullable Object value) {
        defined(value);
        if (value instanceof String text) {
            return new ArrayList<>(
                    text.codePoints().mapToObj(Character::toString).toList());
        }
        if (value instanceof Collection<?> list) {
            return new ArrayList<>(list);
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        throw new TemplateException(repr(value) + " is no list");
    }

    static boolean equal(@Nullable Object left, @Nullable Object right) {
        defined(left);
        defined(right);
        if (number(left) != null && number(right) != null) {
            return order(left, right) == 0;
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            if (a.size() != b.size()) {
                return false;
            }
            for (int i = 0; i < a.size(); i++) {
                if (!equal(a.get(i), b.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return Objects.equals(left, right);
    }

    static int order(@Nullable Object left, @Nullable Object right) {
        if (left instanceof String a && right instanceof String b) {
            return a.compareTo(b);
        }
        Number a = number(left);
        Number b = number(right);
        if (a == null || b == null) {
            throw new TemplateException(repr(left) + " and " + repr(right) + " have no order");
        }
        return whole(a) && whole(b)
                ? Long.compare(a.longValue(), b.longValue())
                : Double.compare(a.doubleValue(), b.doubleValue());
    }

    static boolean contains(@Nullable Object container, @Nullable Object element) {
        defined(element);
        if (container instanceof String text) {
            return text.contains(str(element));
        }
        return elements(container).stream().anyMatch(other -> equal(other, element));
    }

    /** A number, as which True counts 1 and False 0; {@code null} when the value is none. */
    static @Nullable Number number(@Nullable Object value) {
        return value instanceof Boolean truth
                ? (Number) (truth ? 1L : 0L)
                : value instanceof Number number ? number : null;
    }

    static boolean whole(Number number) {
        return !(number instanceof Double || number instanceof Float || number instanceof BigDecimal);
    }

    /** A whole number. @throws TemplateException when the value is none */
    static long integer(@Nullable Object value) {
        Number number = number(defined(value));
        if (number == null || !whole(number)) {
            throw new TemplateException(repr(value) + " is no whole number");
        }
        return number.longValue();
    }

    /** {@code value[key]}. */
    static @Nullable Object index(@Nullable Object value, @Nullable Object key) {
        defined(value);
        defined(key);
        if (value instanceof Map<?, ?> map) {
            return map.containsKey(key) ? map.get(key) : Undefined.of(str(key), map.keySet());
        }
        if (value instanceof List<?> || value instanceof String) {
            if (number(key) == null) {
                return new Undefined(str(key), "a list, whose elements have numbers");
            }
            List<@Nullable Object> elements = elements(value);
            long position = integer(key) < 0 ? integer(key) + elements.size() : integer(key);
            return position < 0 || position >= elements.size()
                    ? new Undefined(str(key), elements.size() + " elements")
                    : elements.get((int) position);
        }
        return new Undefined(str(key), "nothing in " + repr(value));
    }

    /** {@code value[from:to:step]}. */
    static Object slice(@Nullable Object value, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        long by = step == null ? 1 : integer(step);
        if (by == 0) {
            throw new TemplateException("a slice cannot go by steps of 0");
        }
        List<@Nullable Object> elements = elements(value);
        int size = elements.size();
        long first = from == null ? (by > 0 ? 0 : size - 1) : clamp(integer(from), size, by);
        long last = to == null ? (by > 0 ? size : -1) : clamp(integer(to), size, by);
        List<@Nullable Object> slice = new ArrayList<>();
        for (long i = first; by > 0 ? i < last : i > last; i += by) {
            slice.add(elements.get((int) i));
        }
        if (value instanceof String) {
            StringBuilder text = new StringBuilder();
            slice.forEach(text::append);
            return text.toString();
        }
        return slice;
    }

    private static long clamp(long position, int size, long by) {
        long own = position < 0 ? position + size : position;
        return by > 0 ? Math.max(0, Math.min(size, own)) : Math.max(-1, Math.min(size - 1, own));
    }
}
