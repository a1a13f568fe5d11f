package dev.weighbridge.datasets.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's arithmetic on the values of a template. */
final class Arithmetic {
    private static final long MOST_COPIES = 1_000_000;

    private Arithmetic() {}

    /** A value of a binary operator. */
    static @Nullable Object of(String operator, @Nullable Object left, @Nullable Object right) {
        Python.defined(left);
        Python.defined(right);
        if (operator.equals("~")) {
            return Python.str(left) + Python.str(right);
        }
        if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            return a + b;
        }
        if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            List<@Nullable Object> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }
        if (operator.equals("*") && left instanceof String text && right instanceof Number times) {
            return text.repeat((int) Math.max(0, Math.min(MOST_COPIES, Python.integer(times))));
        }
        if (operator.equals("%") && left instanceof String text) {
            return Formatting.percent(text, right);
        }
        Number a = Python.number(left);
        Number b = Python.number(right);
        if (a == null || b == null) {
            throw new TemplateException(
                    "'" + operator + "' does not go with " + Python.repr(left) + " and " + Python.repr(right));
        }
        return Python.whole(a) && Python.whole(b) && !operator.equals("/")
                ? whole(operator, a.longValue(), b.longValue())
                : real(operator, a.doubleValue(), b.doubleValue());
    }

    private static Object whole(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDiv(a, nonZero(b));
                case "%" -> Math.floorMod(a, nonZero(b));
                case "**" -> power(a, b);
                default -> throw new TemplateException("there is no operator '" + operator + "'");
            };
        } catch (ArithmeticException e) {
            throw new TemplateException(a + " " + operator + " " + b + " has more than 64 bits");
        }
    }

    private static Object power(long a, long b) {
        if (b < 0) {
            return Math.pow((double) a, (double) b);
        }
        long power = 1;
        for (long i = 0; i < b; i++) {
            power = Math.multiplyExact(power, a);
            if (power == 0 || a == 1) {
                break;
            }
        }
        return power;
    }

    private static Object real(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / nonZero(b);
            case "//" -> Math.floor(a / nonZero(b));
            case "%" -> a - nonZero(b) * Math.floor(a / b);
            case "**" -> Math.pow(a, b);
            default -> throw new TemplateException("there is no operator '" + operator + "'");
        };
    }

    private static long nonZero(long divisor) {
        if (divisor == 0) {
            throw new TemplateException("division by 0");
        }
        return divisor;
    }

    private static double nonZero(double divisor) {
        if (divisor == 0) {
            throw new TemplateException("division by 0");
        }
        return divisor;
    }
}
