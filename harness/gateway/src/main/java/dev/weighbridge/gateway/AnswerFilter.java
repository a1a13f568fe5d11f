package dev.weighbridge.gateway;

import org.jspecify.annotations.Nullable;

/** Lets one text of an answer through, piece by piece as it comes; asked by one thread at a time. */
public interface AnswerFilter {
    /** The reason that stands where a filter ended an answer. */
    String CONTENT_FILTER = "content_filter";

    /** Takes more of the text, and says what goes on. */
    Release accept(String text);

    /**
     * The text is at its end.
     *
     * @param finishReason as the server gave it; empty where its answer ended without one
     * @return what is still to go on, with the finish reason that the client is to see
     */
    Release end(String finishReason);

    /**
     * What goes on.
     *
     * @param text that goes on now
     * @param finishReason with which the text ends; {@code null} while it goes on
     */
    record Release(String text, @Nullable String finishReason) {
        static final Release NOTHING = new Release("", null);

        static Release of(String text) {
            return text.isEmpty() ? NOTHING : new Release(text, null);
        }
    }
}
