package dev.weighbridge.inference.tokenizer;

import java.util.Arrays;

/**
 * Decodes tokens of any tokenizer: a window of the last tokens is decoded with and without the new one, and the difference
 * is the new text. The window keeps what a token's text depends on, such as the space that SentencePiece drops at a start.
 */
final class WindowStreamDecoder implements StreamDecoder {
    private static final char REPLACEMENT = '\uFFFD';

    private final TextTokenizer tokenizer;
    private int[] tokens = new int[16];
    private int size;
    private int windowStart;
    private int emittedUpTo;

    WindowStreamDecoder(TextTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public String push(int token) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, size * 2);
        }
        tokens[size++] = token;
        String before = text(emittedUpTo);
        String after = text(size);
        if (after.length() <= before.length() || after.charAt(after.length() - 1) == REPLACEMENT) {
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
        return tokenizer.decode(Arrays.copyOfRange(tokens, windowStart, end));
    }
}
