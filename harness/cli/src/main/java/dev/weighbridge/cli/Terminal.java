package dev.weighbridge.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the command line writes: results to standard output, progress and messages to standard error.
 *
 * @param out results
 * @param err progress and messages
 * @param interactive whether {@code err} is a terminal that a progress bar can be drawn on
 * @param columns width of the terminal
 */
record Terminal(PrintWriter out, PrintWriter err, boolean interactive, int columns) {
    private static final int DEFAULT_COLUMNS = 150;
    private static final int LEAST_COLUMNS = 60;

    /** The terminal of this process. The launch script says whether it is one: a JVM cannot tell for standard error. */
    static Terminal ofProcess() {
        return new Terminal(
                writer(System.out),
                writer(System.err),
                "true".equals(System.getenv("WEIGHBRIDGE_TERMINAL")),
                columns(System.getenv("COLUMNS")));
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }

    void note(String text) {
        err.println(text);
        err.flush();
    }

    void error(String text) {
        note("weighbridge: " + text);
    }

    static String seconds(double seconds) {
        return seconds < 60
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : String.format(Locale.ROOT, "%d min %02d s", (int) seconds / 60, (int) seconds % 60);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, java.nio.charset.StandardCharsets.UTF_8);
    }

    private static int columns(@Nullable String text) {
        try {
            return text == null ? DEFAULT_COLUMNS : Math.max(LEAST_COLUMNS, Integer.parseInt(text.strip()));
        } catch (NumberFormatException e) {
            return DEFAULT_COLUMNS;
        }
    }
}
