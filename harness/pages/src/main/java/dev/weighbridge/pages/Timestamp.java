package dev.weighbridge.pages;

import dev.weighbridge.analysis.text.SafeText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time of an event on a page, in UTC. What cannot be read as an instant stays as it is. */
public final class Timestamp {
    private static final DateTimeFormatter MINUTE = formatter("uuuu-MM-dd HH:mm\u00A0'UTC'");
    private static final DateTimeFormatter SECOND = formatter("uuuu-MM-dd HH:mm:ss");

    private Timestamp() {}

    /** To the minute, for example {@code 2026-03-02 03:10 UTC}. */
    public static String minute(String instant) {
        return format(instant, MINUTE);
    }

    /** To the second, for a column whose heading says UTC, for example {@code 2026-03-02 03:10:00}. */
    public static String second(String instant) {
        return format(instant, SECOND);
    }

    private static String format(String instant, DateTimeFormatter formatter) {
        try {
            return formatter.format(Instant.parse(instant));
        } catch (DateTimeException e) {
            return SafeText.clean(instant, SafeText.SHORT);
        }
    }

    private static DateTimeFormatter formatter(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }
}
