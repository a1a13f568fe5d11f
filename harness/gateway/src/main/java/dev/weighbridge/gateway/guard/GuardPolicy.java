package dev.weighbridge.gateway.guard;

import java.util.Map;

/**
 * What a client sees of a block, and how much of a streamed answer is held back.
 *
 * @param refusal text in the place of a blocked answer or of the answer to a blocked prompt
 * @param blockedPrompt form of the answer to a blocked prompt
 * @param window characters of a stream that are looked at together, from {@value #LEAST_WINDOW} to {@value #MOST_WINDOW}
 * @param release when text of a stream goes on
 */
public record GuardPolicy(String refusal, BlockedPrompt blockedPrompt, int window, ReleaseAt release) {
    static final int LEAST_WINDOW = 20;
    static final int MOST_WINDOW = 100_000;

    /** A refusal as the answer's text, and windows of 200 characters that end with sentences. */
    public static final GuardPolicy STANDARD = new GuardPolicy(
            "This request or its answer was withheld by a content filter.",
            BlockedPrompt.ANSWER,
            200,
            ReleaseAt.SENTENCE);

    /** The form of the answer to a blocked prompt. */
    public enum BlockedPrompt {
        /**
         * HTTP 200 with the refusal as the answer's text and the finish reason {@code content_filter}, which OpenAI's API
         * reference defines for content that was left out because of a filter.
         */
        ANSWER("answer"),
        /**
         * HTTP 400 with an error of the code {@code content_filter}, as Azure OpenAI answers (Microsoft Learn, "Content filtering
         * for Microsoft Foundry Models", scenario of a prompt that is filtered).
         */
        ERROR("error");

        private final String id;

        BlockedPrompt(String id) {
            this.id = id;
        }

        /** The name in a configuration. */
        public String id() {
            return id;
        }
    }

    /** When text of a stream goes on. */
    public enum ReleaseAt {
        /** At the end of a sentence, or when the window is full. */
        SENTENCE("sentence"),
        /** Only when the window is full, or the answer ends. */
        WINDOW("window");

        private final String id;

        ReleaseAt(String id) {
            this.id = id;
        }

        /** The name in a configuration. */
        public String id() {
            return id;
        }
    }

    public GuardPolicy {
        if (refusal.isBlank() || refusal.length() > 2_000) {
            throw new IllegalArgumentException("a refusal is a text of 1 to 2000 characters, got " + refusal.length());
        }
        if (window < LEAST_WINDOW || window > MOST_WINDOW) {
            throw new IllegalArgumentException(
                    "a window is of " + LEAST_WINDOW + " to " + MOST_WINDOW + " characters, got: " + window);
        }
    }

    Map<String, Object> description() {
        return Map.of(
                "refusal",
                refusal,
                "blocked-prompt",
                blockedPrompt.id(),
                "stream-window",
                window,
                "stream-release",
                release.id());
    }
}
