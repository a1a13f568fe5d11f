package dev.weighbridge.engines.triton;

import java.util.List;

/**
 * Cuts an answer that comes in pieces before the first stop text in it. What may be the beginning of one is held back until it is known
 * not to be.
 */
final class StopTexts {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    StopTexts(List<String> stops) {
        this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    }

    /** What can be said after the next piece; empty when nothing can. */
    String accept(String piece) {
        if (stopped) {
            return "";
        }
        held.append(piece);
        int stop = -1;
        for (String text : stops) {
            int at = held.indexOf(text);
            stop = at >= 0 && (stop < 0 || at < stop) ? at : stop;
        }
        stopped = stop >= 0;
        return taken(stopped ? stop : held.length() - openEnd());
    }

    /** What was held back to no purpose, once nothing follows. */
    String end() {
        return stopped ? "" : taken(held.length());
    }

    /** Whether a stop text has come. */
    boolean stopped() {
        return stopped;
    }

    /** Length of the longest end that is the beginning of a stop text. */
    private int openEnd() {
        int longest = 0;
        for (String text : stops) {
            for (int length = Math.min(text.length() - 1, held.length()); length > longest; length--) {
                if (held.indexOf(text.substring(0, length), held.length() - length) == held.length() - length) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private String taken(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }
}
