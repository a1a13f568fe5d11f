package dev.weighbridge.cli;

import java.util.Locale;

/**
 * How far a run has come: a bar that redraws itself on a terminal, a plain line for each finished trial elsewhere.
 *
 * <p>Not safe for use by several threads at once.
 */
final class Progress {
    private static final int BAR = 24;

    private final Terminal terminal;
    private final int total;
    private final long startNanos = System.nanoTime();
    private final int alreadyDone;
    private int done;

    Progress(Terminal terminal, int total, int alreadyDone) {
        this.terminal = terminal;
        this.total = total;
        this.alreadyDone = alreadyDone;
        this.done = alreadyDone;
    }

    /** Shows what is being worked on now. */
    void working(String label) {
        if (terminal.interactive()) {
            draw(label);
        }
    }

    /** Counts one finished piece of work; {@code noteworthy} results stay on the screen above the bar. */
    void finished(String label, boolean noteworthy) {
        done++;
        if (!terminal.interactive()) {
            terminal.note(String.format(Locale.ROOT, "[%d/%d] %s", done, total, label));
            return;
        }
        if (noteworthy) {
            clear();
            terminal.note(label);
        }
        draw(label);
    }

    /** Removes the bar. */
    void end() {
        if (terminal.interactive()) {
            clear();
        }
    }

    private void draw(String label) {
        // More than was expected may be measured: retries, and further blocks of close variants.
        int filled = total == 0 ? BAR : (int) Math.min(BAR, (long) BAR * done / total);
        String head = String.format(
                Locale.ROOT, "[%s%s] %d/%d %s", "#".repeat(filled), "-".repeat(BAR - filled), done, total, remaining());
        String line = head + "  " + label;
        int width = terminal.columns() - 1;
        terminal.err().print("\r\u001b[2K" + (line.length() > width ? line.substring(0, width) : line));
        terminal.err().flush();
    }

    private String remaining() {
        int measured = done - alreadyDone;
        if (measured == 0) {
            return "";
        }
        double seconds = (System.nanoTime() - startNanos) / 1e9 / measured * Math.max(0, total - done);
        return "~" + Terminal.seconds(seconds) + " left";
    }

    private void clear() {
        terminal.err().print("\r\u001b[2K");
        terminal.err().flush();
    }
}
