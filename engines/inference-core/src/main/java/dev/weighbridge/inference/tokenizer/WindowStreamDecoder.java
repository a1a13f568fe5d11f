package dev.weighbridge.inference.tokenizer;

import java.util.Arrays;

/**
 * Decodes tokens of any tokenizer: a window of the last tokens is decoded with and without the new one, and the difference
 * is the new text. The window keeps what a token's text depends on.
 */
final class WindowStreamDecoder implements StreamDecoder {
    private static final char REPLACEMENT = '\uFFFD';
    private static final int FEWEST = 8;
    /** Tokens without new text after which U+FFFD is taken for what it is: no character is this long. */
    private static final int MOST_HELD = 16;

    private final TextTokenizer tokenizer;
    private int[] tokens;
    private int size;
    private int windowStart;
    private int emittedUpTo;

    /**
     * @param before the tokens that the decoded ones follow
     */
    WindowStreamDecoder(TextTokenizer tokenizer, int[] before) {
        this.tokenizer = tokenizer;
        tokens = Arrays.copyOf(before, before.length + 16);
        size = before.length;
        emittedUpTo = size;
        int length = FEWEST;
        do {
            windowStart = Math.max(0, size - length);
            length *= 2;
        } while (windowStart > 0 && text(size).isBlank());
    }

    @Override
    public String push(int token) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, size * 2);
        }
        tokens[size++] = token;
        String before = text(emittedUpTo);
        String after = text(size);
        boolean unfinished = !after.isEmpty() && after.charAt(after.length() - 1) == REPLACEMENT;
        if (after.length() <= before.length() || (unfinished && size - emittedUpTo < MOST_HELD)) {
            return "";
        }
        windowStart = emittedUpTo;
        emittedUpTo = size;
        return after.substring(before.length());
    }

    @Override
    public String finish() {
        String before = text(emittedUpTo);
        String after = text(size);
        emittedUpTo = size;
        return after.length() > before.length() ? after.substring(before.length()) : "";
    }

    private String text(int end) {
        return tokenizer.decodeNatively(Arrays.copyOfRange(tokens, windowStart, end));
    }
}
