package dev.weighbridge.api;

/**
 * A finished answer.
 *
 * @param text without the stop text
 * @param promptTokens as the server counted them; -1 where it does not say
 * @param outputTokens as the server counted them; -1 where it does not say
 * @param finishReason why it ended
 */
public record Completion(String text, int promptTokens, int outputTokens, FinishReason finishReason) {
    /** Why an answer ended. */
    public enum FinishReason {
        /** A stop text or the end-of-sequence token was reached. */
        STOP,
        /** The token limit or the context limit was reached. */
        LENGTH
    }
}
