package dev.weighbridge.api.load;

/**
 * One part of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 * @param text as it is sent
 */
public record Message(String role, String text) {
    /** Who asks. */
    public static final String USER = "user";

    /** Who answers. */
    public static final String ASSISTANT = "assistant";
}
