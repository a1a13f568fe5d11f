package dev.weighbridge.analysis.text;

import dev.weighbridge.results.Measurement;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;

/** How the numbers of one kind of figure are written. */
public enum Notation {
    /** A share, written in percent with one decimal. */
    PERCENT("%"),
    /** A difference of shares, written in percentage points with a sign. */
    POINTS("pp"),
    /** Milliseconds. */
    MILLIS("ms"),
    /** Something a second. */
    RATE("/s"),
    /** US dollars with three significant digits. */
    USD("USD"),
    /** Any other number with three significant digits. */
    PLAIN("");

    private static final int DIGITS = 3;
    private static final char MINUS = '\u2212';

    private final String unit;

    Notation(String unit) {
        this.unit = unit;
    }

    /** Notation of a figure for which no column fixes one; a name that ends in {@code _p} is a probability of a test. */
    public static Notation of(Measurement figure) {
        if (figure.name().endsWith("_difference")) {
            return POINTS;
        }
        return switch (figure.unit()) {
            case "1" -> figure.name().endsWith("_p") ? PLAIN : PERCENT;
            case "ms" -> MILLIS;
            case "USD" -> USD;
            default -> figure.unit().endsWith("/s") ? RATE : PLAIN;
        };
    }

    /** The value without its unit, for example {@code 81.4} or {@code −1.2}. */
    public String number(double value) {
        String text = switch (this) {
            case PERCENT -> String.format(Locale.ROOT, "%.1f", value * 100);
            case POINTS -> points(value * 100);
            case MILLIS, RATE -> decimals(value);
            case USD -> usd(value);
            case PLAIN -> significant(value);
        };
        return text.replace('-', MINUS);
    }

    /** The value with its unit, for example {@code 81.4 %} or {@code $0.12}. */
    public String withUnit(Measurement figure) {
        return withUnit(figure.value(), figure.unit());
    }

    /** The 95 % interval, for example {@code [80.2, 82.6]}; empty when there is none. */
    public Optional<String> interval(Measurement figure) {
        Double low = figure.low();
        Double high = figure.high();
        return low == null || high == null
                ? Optional.empty()
                : Optional.of("[" + number(low) + ", " + number(high) + "]");
    }

    /** Half the width of the 95 % interval, for example {@code ±1.2}; empty when there is none. */
    public Optional<String> plusMinus(Measurement figure) {
        Double low = figure.low();
        Double high = figure.high();
        if (low == null || high == null) {
            return Optional.empty();
        }
        double half = (high - low) / 2;
        return Optional.of("±" + (this == POINTS ? PERCENT : this).number(half));
    }

    /** The figure in words: value, unit, interval, sample count, definition, and whether it is uncertain. */
    public String detail(Measurement figure) {
        StringBuilder text = new StringBuilder(withUnit(figure));
        interval(figure).ifPresent(interval -> text.append("; 95 % interval ").append(interval));
        text.append("; n = ").append(count(figure.samples()));
        text.append("; definition ").append(SafeText.clean(figure.definition(), SafeText.SHORT));
        if (figure.uncertain()) {
            text.append("; uncertain: too few samples to certify it");
        }
        return text.toString();
    }

    /** A count with thousands separated, for example {@code 12,345}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private String withUnit(double value, String plainUnit) {
        return switch (this) {
            case USD -> value < 0 ? MINUS + "$" + number(-value) : "$" + number(value);
            case PLAIN, RATE ->
                number(value)
                        + (plainUnit.isEmpty() || plainUnit.equals("1")
                                ? ""
                                : " " + SafeText.clean(plainUnit, SafeText.SHORT));
            case PERCENT, POINTS, MILLIS -> number(value) + " " + unit;
        };
    }

    private static String points(double points) {
        String text = String.format(Locale.ROOT, "%+.1f", points);
        return text.equals("-0.0") || text.equals("+0.0") ? "0.0" : text;
    }

    private static String decimals(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size < 9.995 ? "%.2f" : size < 99.95 ? "%.1f" : "%,.0f", value);
    }

    private static String usd(double value) {
        if (Math.abs(value) >= 99.995) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (Math.abs(value) >= 0.9995 || value == 0) {
            return String.format(Locale.ROOT, "%.2f", value);
        }
        return significant(value);
    }

    private static String significant(double value) {
        if (value == 0) {
            return "0";
        }
        if (Math.abs(value) >= 999.5 && Math.abs(value) < 1e9) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        if (value == Math.rint(value)) {
            return Long.toString((long) value);
        }
        BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(DIGITS, RoundingMode.HALF_EVEN));
        int missing = Math.max(0, DIGITS - rounded.precision());
        return rounded.setScale(rounded.scale() + missing, RoundingMode.UNNECESSARY)
                .toPlainString();
    }
}
