package dev.weighbridge.inference.tokenizer;

/**
 * The tokens of a text with their places. Each character of the text belongs to one token: a token has what follows the one
 * before it up to where its own text ends. Of several tokens that make up one character, the last has it.
 *
 * @param tokens ids
 * @param offsets where each token begins, in code points from the start of the text; never less than that of the one before
 */
public record PlacedTokens(int[] tokens, int[] offsets) {
    public PlacedTokens {
        if (tokens.length != offsets.length) {
            throw new IllegalArgumentException(tokens.length + " tokens have " + offsets.length + " offsets");
        }
    }
}
