package dev.weighbridge.spark;

import java.util.function.Consumer;

/** How far an evaluation is, as a line at each further twentieth, since the output of a driver is a file more often than a terminal. */
final class ProgressLines {
    private static final int STEPS = 20;

    private final long total;
    private final Consumer<String> sink;
    private long done;
    private long shown;

    ProgressLines(long total, Consumer<String> sink) {
        this.total = total;
        this.sink = sink;
    }

    /** Notes a response. */
    synchronized void heard() {
        done++;
        long step = done * STEPS / Math.max(1, total);
        if (step > shown) {
            shown = step;
            sink.accept(done + " of " + total + " samples have an answer");
        }
    }
}
