package dev.weighbridge.inference;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token with its likelihood.
 *
 * @param token id
 * @param text that it adds; empty for parts of a character before the last, and for special tokens of an answer
 * @param offset where that text begins, in code points from the start of the prompt
 * @param logProbability natural logarithm, or {@code null} for the first token of a text
 * @param top likeliest tokens at this position, likeliest first
 */
public record TokenScore(
        int token, String text, int offset, @Nullable Double logProbability, List<Alternative> top) {
    public TokenScore {
        top = List.copyOf(top);
    }

    /** The same likelihood of the same token where it stands in another text. */
    TokenScore at(String otherText, int otherOffset) {
        return new TokenScore(token, otherText, otherOffset, logProbability, top);
    }

    /**
     * A token that could have stood there.
     *
     * @param token id
     * @param text of it
     * @param logProbability natural logarithm
     */
    public record Alternative(int token, String text, double logProbability) {}
}
