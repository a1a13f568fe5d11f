package dev.weighbridge.gateway.cache;

/**
 * A prompt whose right answer is known.
 *
 * @param prompt that is asked
 * @param answer that is right
 * @param origin where the prompt comes from
 */
public record Question(String prompt, String answer, Origin origin) {
    /** What a prompt has to do with those before it. */
    public enum Origin {
        /** One way of asking something, which others may have asked before. */
        ASKED,
        /** As another one, but for a number. */
        OTHER_NUMBER,
        /** As another one, but for "not". */
        NEGATED,
        /** As another one, but for a name. */
        OTHER_NAME
    }
}
