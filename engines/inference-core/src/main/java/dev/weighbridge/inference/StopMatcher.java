package dev.weighbridge.inference;

import java.util.List;

/** Finds stop texts in an answer that comes in pieces; holds back text that may be the start of one. */
final class StopMatcher {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean matched;

    StopMatcher(List<String> stops) {
        this.stops = stops;
    }

    boolean matched() {
        return matched;
    }

    /** Adds a piece and returns the text that is certain to be part of the answer. */
    String push(String piece) {
        if (stops.isEmpty()) {
            return piece;
        }
        held.append(piece);
        int stop = firstStop();
        if (stop >= 0) {
            matched = true;
            return take(stop);
        }
        return take(held.length() - possibleStart());
    }

    /** The text that was held back, once it is known that no more follows. */
    String finish() {
        return take(held.length());
    }

    /** Where the stop begins that is complete first, the longest of several; it does not depend on the pieces. */
    private int firstStop() {
        int first = -1;
        int firstEnd = Integer.MAX_VALUE;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            int end = at + stop.length();
            if (at >= 0 && (end < firstEnd || (end == firstEnd && at < first))) {
                first = at;
                firstEnd = end;
            }
        }
        return first;
    }

    /** Length of the longest end of the held text with which a stop text begins. */
    private int possibleStart() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private String take(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }
}
