package dev.weighbridge.scoring.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Numbers as Python's {@code float(text)} reads them and {@code str(number)} writes them, which figures of DROP rest on. */
final class PythonFloat {
    private static final String DIGITS = "[0-9](?:_?[0-9])*+";
    private static final Pattern NUMBER = Pattern.compile(
            "[+-]?(?:" + DIGITS + "(?:\\.(?:" + DIGITS + ")?)?|\\." + DIGITS + ")(?:[eE][+-]?" + DIGITS + ")?");
    private static final Pattern NAMED = Pattern.compile("[+-]?(?:inf|infinity|nan)", Pattern.CASE_INSENSITIVE);
    private static final int LONGEST = 1000;
    private static final int MOST_DIGITS = 17;
    private static final int FIRST_WITH_EXPONENT = 16;
    private static final int LAST_WITH_EXPONENT = -5;

    private PythonFloat() {}

    /** The number that a text is; empty where Python refuses it, and for one of over a thousand characters. */
    static OptionalDouble of(String text) {
        String plain = NormalizedText.strip(text);
        if (plain.length() > LONGEST) {
            return OptionalDouble.empty();
        }
        StringBuilder ascii = new StringBuilder();
        plain.codePoints().forEach(point -> {
            int digit = Character.isDigit(point) ? Character.digit(point, 10) : -1;
            ascii.appendCodePoint(digit < 0 ? point : '0' + digit);
        });
        if (NAMED.matcher(ascii).matches()) {
            boolean minus = ascii.charAt(0) == '-';
            boolean nan = ascii.toString().toLowerCase(Locale.ROOT).endsWith("nan");
            return OptionalDouble.of(nan ? Double.NaN : minus ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        return NUMBER.matcher(ascii).matches()
                ? OptionalDouble.of(Double.parseDouble(ascii.toString().replace("_", "")))
                : OptionalDouble.empty();
    }

    /** The shortest text that reads back as the number. */
    static String text(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(number);
        for (int digits = 1; digits < MOST_DIGITS; digits++) {
            BigDecimal rounded = new BigDecimal(number).round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == number) {
                return text(rounded.stripTrailingZeros());
            }
        }
        return text(shortest.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN))
                .stripTrailingZeros());
    }

    private static String text(BigDecimal shortest) {
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent < FIRST_WITH_EXPONENT && exponent > LAST_WITH_EXPONENT) {
            String plain = shortest.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String digits = shortest.unscaledValue().abs().toString();
        return (shortest.signum() < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }
}
