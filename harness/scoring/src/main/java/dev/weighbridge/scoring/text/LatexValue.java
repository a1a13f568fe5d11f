package dev.weighbridge.scoring.text;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of a short formula in LaTeX: numbers, letters, sums, products, fractions, powers, roots and common functions. Two formulas
 * are taken for the same where they have the same value at three points of their letters, which is what an algebra system finds by
 * simplifying their difference, but for formulas with no real value there.
 */
final class LatexValue {
    private static final int LONGEST = 1000;
    private static final int DEEPEST = 60;
    private static final int POINTS = 3;
    private static final double TOLERANCE = 1e-9;
    private static final Pattern NUMBER = Pattern.compile("(?:[0-9]+(?:,[0-9]{3})*+(?:\\.[0-9]+)?|\\.[0-9]+)(\\\\?%)?");
    private static final Pattern COMMAND = Pattern.compile("\\\\[A-Za-z]+");
    private static final Map<String, String> SAME =
            Map.of("\\dfrac", "\\frac", "\\tfrac", "\\frac", "\\times", "\\cdot");

    private static final Set<String> GREEK = Set.of(
            "\\alpha", "\\beta", "\\gamma", "\\delta", "\\theta", "\\lambda", "\\mu", "\\phi", "\\omega", "\\infty");

    private final String text;
    private final double point;
    private int at;
    private int depth;

    private LatexValue(String text, double point) {
        this.text = text;
        this.point = point;
    }

    /** That a text is no formula of this kind. */
    private static final class NoFormulaException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** Whether two formulas have the same value, whatever their letters stand for; not where one cannot be read. */
    static boolean same(String first, String second) {
        for (int i = 0; i < POINTS; i++) {
            double point = 0.37 + 0.41 * i;
            OptionalDouble own = of(first, point);
            OptionalDouble other = of(second, point);
            if (own.isEmpty() || other.isEmpty()) {
                return false;
            }
            double a = own.getAsDouble();
            double b = other.getAsDouble();
            if (!(Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.max(Math.abs(a), Math.abs(b))))) {
                return false;
            }
        }
        return true;
    }

    private static OptionalDouble of(String text, double point) {
        if (text.length() > LONGEST) {
            return OptionalDouble.empty();
        }
        LatexValue value = new LatexValue(text.replace("\\left", "").replace("\\right", ""), point);
        try {
            double sum = value.sum();
            return value.at == value.text.length() && Double.isFinite(sum)
                    ? OptionalDouble.of(sum)
                    : OptionalDouble.empty();
        } catch (NoFormulaException e) {
            return OptionalDouble.empty();
        }
    }

    private double sum() throws NoFormulaException {
        if (++depth > DEEPEST) {
            throw new NoFormulaException();
        }
        double sum = 0;
        boolean first = true;
        while (first || peek("+") || peek("-")) {
            int sign = 1;
            while (peek("+") || peek("-")) {
                sign = peek("-") ? -sign : sign;
                at++;
            }
            sum += sign * product();
            first = false;
        }
        depth--;
        return sum;
    }

    private double product() throws NoFormulaException {
        double product = power();
        while (at < text.length()) {
            if (peek("*") || take("\\cdot") || take("\\times")) {
                at += peek("*") ? 1 : 0;
                product *= signed();
            } else if (peek("/") || take("\\div")) {
                at += peek("/") ? 1 : 0;
                product /= signed();
            } else if (peek("+") || peek("-") || closes()) {
                return product;
            } else {
                product *= power();
            }
        }
        return product;
    }

    private double signed() throws NoFormulaException {
        int sign = 1;
        while (peek("+") || peek("-")) {
            sign = peek("-") ? -sign : sign;
            at++;
        }
        return sign * power();
    }

    private double power() throws NoFormulaException {
        double base = atom();
        while (peek("!")) {
            at++;
            base = factorial(base);
        }
        if (!peek("^")) {
            return base;
        }
        at++;
        return Math.pow(base, peek("{") ? group('{', '}') : single());
    }

    private static double factorial(double number) throws NoFormulaException {
        if (number != Math.rint(number) || number < 0 || number > 170) {
            throw new NoFormulaException();
        }
        double product = 1;
        for (int i = 2; i <= number; i++) {
            product *= i;
        }
        return product;
    }

    private double atom() throws NoFormulaException {
        if (at >= text.length()) {
            throw new NoFormulaException();
        }
        char c = text.charAt(at);
        return switch (c) {
            case '(' -> group('(', ')');
            case '{' -> group('{', '}');
            case '[' -> group('[', ']');
            case '|' -> Math.abs(group('|', '|'));
            case '\\' -> command();
            default -> c == '.' || (c >= '0' && c <= '9') ? number() : letter(String.valueOf(c));
        };
    }

    private double number() throws NoFormulaException {
        Matcher number = NUMBER.matcher(text).region(at, text.length());
        if (!number.lookingAt()) {
            throw new NoFormulaException();
        }
        at = number.end();
        String percent = number.group(1);
        String digits = number.group();
        double value = Double.parseDouble(
                (percent == null ? digits : digits.substring(0, digits.length() - percent.length())).replace(",", ""));
        return percent == null ? value : value / 100;
    }

    /** One digit, letter or command, as after a power without braces. */
    private double single() throws NoFormulaException {
        if (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            return text.charAt(at++) - '0';
        }
        return peek("-") || peek("(") ? refuse() : atom();
    }

    private static double refuse() throws NoFormulaException {
        throw new NoFormulaException();
    }

    private double letter(String name) throws NoFormulaException {
        if (!name.matches("[A-Za-z]|\\\\[A-Za-z]+")) {
            throw new NoFormulaException();
        }
        at += name.length();
        // Any value does that is another one for another name.
        return point + 0.1 + (name.hashCode() & 0xffff) / 40_000.0;
    }

    private double command() throws NoFormulaException {
        Matcher command = COMMAND.matcher(text).region(at, text.length());
        if (!command.lookingAt()) {
            throw new NoFormulaException();
        }
        String name = SAME.getOrDefault(command.group(), command.group());
        int begin = at;
        at = command.end();
        return switch (name) {
            case "\\frac" -> {
                double above = group('{', '}');
                yield above / group('{', '}');
            }
            case "\\sqrt" -> {
                double degree = peek("[") ? group('[', ']') : 2;
                yield root(group('{', '}'), degree);
            }
            case "\\pi" -> Math.PI;
            case "\\sin" -> Math.sin(argument());
            case "\\cos" -> Math.cos(argument());
            case "\\tan" -> Math.tan(argument());
            case "\\ln" -> Math.log(argument());
            case "\\log" -> Math.log(argument());
            default -> {
                at = begin;
                yield GREEK.contains(name) ? letter(name) : refuse();
            }
        };
    }

    private double argument() throws NoFormulaException {
        return peek("(") ? group('(', ')') : peek("{") ? group('{', '}') : power();
    }

    private static double root(double value, double degree) {
        boolean odd = degree == Math.rint(degree) && degree % 2 != 0;
        return degree == 2
                ? Math.sqrt(value)
                : degree == 3 && value >= 0
                        ? Math.cbrt(value)
                        : odd && value < 0 ? Double.NaN : Math.pow(value, 1 / degree);
    }

    private double group(char opens, char closes) throws NoFormulaException {
        if (!peek(String.valueOf(opens))) {
            throw new NoFormulaException();
        }
        at++;
        double value = sum();
        if (!peek(String.valueOf(closes))) {
            throw new NoFormulaException();
        }
        at++;
        return value;
    }

    private boolean closes() {
        return peek(")") || peek("}") || peek("]") || peek("|");
    }

    private boolean peek(String what) {
        return text.startsWith(what, at);
    }

    private boolean take(String command) {
        boolean there = peek(command)
                && !(at + command.length() < text.length() && Character.isLetter(text.charAt(at + command.length())));
        at += there ? command.length() : 0;
        return there;
    }
}
