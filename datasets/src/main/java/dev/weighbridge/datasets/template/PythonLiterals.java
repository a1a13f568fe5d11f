package dev.weighbridge.datasets.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a value that is written in Python: what {@code ast.literal_eval} takes, without bytes, sets and complex numbers. Texts,
 * whole and other numbers, {@code True}, {@code False}, {@code None}, lists, tuples and dictionaries. Source:
 * https://docs.python.org/3/reference/lexical_analysis.html#literals
 */
public final class PythonLiterals {
    private static final int DEEPEST = 100;
    private static final String SPACES = " \t\n\r\f";
    private static final Map<Character, String> ESCAPES = Map.of(
            'n', "\n", 't', "\t", 'r', "\r", '\\', "\\", '\'', "'", '"', "\"", 'a', "\u0007", 'b', "\b", 'f', "\f", 'v',
            "\u000b");

    private final String text;
    private int at;
    private int depth;

    private PythonLiterals(String text) {
        this.text = text;
    }

    /**
     * The value of a literal: String, Long, Double, Boolean, List, Map or {@code null} for None.
     *
     * @throws TemplateException when it is none, as a name or a call
     */
    public static @Nullable Object parse(String text) {
        PythonLiterals reader = new PythonLiterals(text);
        Object value = reader.elements('\0');
        if (reader.at < text.length()) {
            throw reader.error("ends too early");
        }
        return value;
    }

    private TemplateException error(String what) {
        String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
        return new TemplateException("'" + shown + "' is no Python value: it " + what + " at character " + (at + 1));
    }

    private char peek() {
        while (at < text.length() && SPACES.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean take(char c) {
        if (at < text.length() && peek() == c) {
            at++;
            return true;
        }
        return false;
    }

    /** One value, or several with commas between, which make a tuple; up to the closing sign, which stays. */
    private @Nullable Object elements(char close) {
        List<@Nullable Object> values = new ArrayList<>();
        boolean comma = false;
        while (peek() != close || (close == '\0' && at < text.length())) {
            if (!values.isEmpty() && !comma) {
                throw error("has no comma");
            }
            values.add(value());
            comma = take(',');
        }
        if (values.size() == 1 && !comma) {
            return values.get(0);
        }
        if (values.isEmpty() && close == '\0') {
            throw error("is empty");
        }
        return new Tuple(values);
    }

    private @Nullable Object value() {
        if (++depth > DEEPEST) {
            throw error("is nested deeper than " + DEEPEST);
        }
        char c = peek();
        Object value;
        if (c == '[') {
            at++;
            value = list();
        } else if (c == '(') {
            at++;
            value = elements(')');
            at++;
        } else if (c == '{') {
            at++;
            value = dictionary();
        } else if (stringBegins()) {
            value = strings();
        } else if (Character.isLetter(c)) {
            value = word();
        } else {
            value = number();
        }
        depth--;
        return value;
    }

    private List<@Nullable Object> list() {
        List<@Nullable Object> values = new ArrayList<>();
        while (!take(']')) {
            values.add(value());
            if (!take(',') && peek() != ']') {
                throw error("has a list without its end");
            }
        }
        return values;
    }

    private Map<String, @Nullable Object> dictionary() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        while (!take('}')) {
            Object key = value();
            if (!(key instanceof String name)) {
                throw error("has a key that is no text");
            }
            if (!take(':')) {
                throw error("has a key without a value");
            }
            values.put(name, value());
            if (!take(',') && peek() != '}') {
                throw error("has a dictionary without its end");
            }
        }
        return values;
    }

    private @Nullable Object word() {
        int from = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        return switch (text.substring(from, at)) {
            case "True" -> true;
            case "False" -> false;
            case "None" -> null;
            default -> {
                at = from;
                throw error("has a name");
            }
        };
    }

    private Number number() {
        int from = at;
        while (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+' || text.charAt(at) == ' ')) {
            at++;
        }
        boolean negative =
                text.substring(from, at).chars().filter(c -> c == '-').count() % 2 == 1;
        int digits = at;
        while (at < text.length() && partOfNumber(digits)) {
            at++;
        }
        String number = text.substring(digits, at).replace("_", "");
        try {
            if (number.matches("0[xX][0-9a-fA-F]+")) {
                return negative ? -Long.parseLong(number.substring(2), 16) : Long.parseLong(number.substring(2), 16);
            }
            if (number.matches("0+|[1-9][0-9]*")) {
                return negative ? -Long.parseLong(number) : Long.parseLong(number);
            }
            if (number.matches("([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?") && !number.matches("[0-9]+")) {
                return negative ? -Double.parseDouble(number) : Double.parseDouble(number);
            }
        } catch (NumberFormatException e) {
            at = from;
            throw error("has a number that is too large");
        }
        at = from;
        throw error("has no value");
    }

    private boolean partOfNumber(int from) {
        char c = text.charAt(at);
        boolean exponent = at > from && (text.charAt(at - 1) == 'e' || text.charAt(at - 1) == 'E');
        return Character.isLetterOrDigit(c) || c == '.' || c == '_' || (exponent && (c == '-' || c == '+'));
    }

    private boolean stringBegins() {
        char c = peek();
        boolean prefix = "rRuU".indexOf(c) >= 0 && at + 1 < text.length() && quote(text.charAt(at + 1));
        return quote(c) || prefix;
    }

    private static boolean quote(char c) {
        return c == '\'' || c == '"';
    }

    /** Texts that stand beside each other are one. */
    private String strings() {
        StringBuilder out = new StringBuilder();
        while (at < text.length() && stringBegins()) {
            boolean raw = "rR".indexOf(text.charAt(at)) >= 0;
            at += quote(text.charAt(at)) ? 0 : 1;
            char quote = text.charAt(at);
            String end = String.valueOf(quote).repeat(3);
            boolean lines = text.startsWith(end, at);
            string(out, lines ? end : String.valueOf(quote), raw, lines);
        }
        return out.toString();
    }

    private void string(StringBuilder out, String end, boolean raw, boolean lines) {
        at += end.length();
        while (!text.startsWith(end, at)) {
            if (at >= text.length() || (!lines && text.charAt(at) == '\n')) {
                throw error("has a text without its end");
            }
            char c = text.charAt(at++);
            if (c != '\\' || at >= text.length()) {
                out.append(c);
            } else if (raw) {
                out.append(c).append(text.charAt(at++));
            } else {
                escape(out, text.charAt(at++));
            }
        }
        at += end.length();
    }

    private void escape(StringBuilder out, char c) {
        if (ESCAPES.containsKey(c)) {
            out.append(ESCAPES.get(c));
        } else if (c >= '0' && c <= '7') {
            int from = at - 1;
            while (at < text.length() && at < from + 3 && text.charAt(at) >= '0' && text.charAt(at) <= '7') {
                at++;
            }
            out.append((char) Integer.parseInt(text.substring(from, at), 8));
        } else if (c == 'x' || c == 'u' || c == 'U') {
            out.appendCodePoint(hex(c == 'x' ? 2 : c == 'u' ? 4 : 8));
        } else if (c != '\n') {
            out.append('\\').append(c);
        }
    }

    private int hex(int digits) {
        String code = text.substring(at, Math.min(text.length(), at + digits));
        if (!code.matches("[0-9a-fA-F]{" + digits + "}") || Long.parseLong(code, 16) > Character.MAX_CODE_POINT) {
            throw error("has a character that does not exist");
        }
        at += digits;
        return Integer.parseInt(code, 16);
    }
}
