package dev.weighbridge.results;

import org.jspecify.annotations.Nullable;

/**
 * A model that judges answers, and how it is asked. Two judgements are of one judge when all of this is the same.
 *
 * @param kind of judgement
 * @param model name of the checkpoint, or under which a server serves it
 * @param modelSha256 over configuration, tokenizer and weights, hex; {@code null} for a server, which does not say
 * @param engine id of the provider
 * @param version of the engine's library, or what a server says of itself
 * @param server its address, without what may be secret in it, and its wire protocol; {@code null} for a checkpoint that was opened
 * @param precision id, for example {@code int8}; {@code unknown} for a server
 * @param device as the engine resolved it
 * @param maxTokens most tokens of a reply
 * @param promptsSha256 of what it is asked, with the rubric and with names in the place of the texts, hex
 */
public record Judge(
        Kind kind,
        String model,
        @Nullable String modelSha256,
        String engine,
        String version,
        @Nullable String server,
        String precision,
        String device,
        int maxTokens,
        String promptsSha256) {
    /** What a judge is asked. */
    public enum Kind {
        /** Which of two answers is better, in both orders. */
        PAIRS,
        /** How good one answer is, from 1 to 10. */
        GRADES
    }
}
