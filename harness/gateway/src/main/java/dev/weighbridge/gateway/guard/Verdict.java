package dev.weighbridge.gateway.guard;

import java.util.List;

/** What a guard says of a text. */
public sealed interface Verdict {
    /** A text that may go on as it is. */
    Verdict PASS = new Pass();

    /** The text may go on as it is. */
    record Pass() implements Verdict {}

    /**
     * Another text goes on instead.
     *
     * @param text that goes on
     * @param findings what was masked, in the order of the text; empty where the guard does not say
     */
    record Masked(String text, List<Finding> findings) implements Verdict {
        public Masked {
            findings = List.copyOf(findings);
        }
    }

    /**
     * Nothing goes on.
     *
     * @param guard that blocked
     * @param reason code, for example the topic or the kind of what was found
     * @param excerpt of the text around the cause, at most {@value #MOST_EXCERPT} characters; empty where it must not be shown
     */
    record Blocked(String guard, String reason, String excerpt) implements Verdict {
        /** Longest excerpt in characters. */
        public static final int MOST_EXCERPT = 80;

        private static final int MOST_REASON = 100;

        public Blocked {
            reason = bounded(reason, MOST_REASON);
            excerpt = bounded(excerpt, MOST_EXCERPT);
        }

        private static String bounded(String text, int most) {
            return text.length() <= most ? text : text.substring(0, most - 1) + "…";
        }
    }
}
