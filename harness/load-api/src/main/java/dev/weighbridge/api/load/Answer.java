package dev.weighbridge.api.load;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The facts of one streamed answer as a protocol's reader finds them. Used by one thread at a time. */
public final class Answer {
    /** A longer text is cut here: it comes from a server, and a record must stay small. */
    public static final int MOST_TEXT = 1 << 20;

    private final boolean keepsText;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private long[] chunkNanos = new long[32];
    private int[] chunkTokens = new int[32];
    private int chunks;
    private long endNanos = -1;
    private int promptTokens = -1;
    private int outputTokens = -1;
    private @Nullable String malformed;
    private @Nullable String serverError;

    /** An answer of which nothing is known yet. */
    public Answer(boolean keepsText) {
        this.keepsText = keepsText;
    }

    /** Whether a reader should find out the text too. */
    public boolean keepsText() {
        return keepsText;
    }

    /** A chunk with non-empty output was read. */
    public void chunk(long nanos, int tokens) {
        if (chunks == chunkNanos.length) {
            chunkNanos = Arrays.copyOf(chunkNanos, chunks * 2);
            chunkTokens = Arrays.copyOf(chunkTokens, chunks * 2);
        }
        chunkNanos[chunks] = nanos;
        chunkTokens[chunks++] = tokens;
    }

    /** Adds text of the answer, where it is kept. */
    public void text(String more) {
        text.append(more, 0, Math.min(more.length(), MOST_TEXT - text.length()));
    }

    /** Adds what the model thinks aloud, which is output and no part of the text, where texts are kept. */
    public void reasoning(String more) {
        reasoning.append(more, 0, Math.min(more.length(), MOST_TEXT - reasoning.length()));
    }

    /** The server counted the prompt's tokens; a negative count is none. */
    public void promptTokens(int tokens) {
        promptTokens = tokens >= 0 ? tokens : promptTokens;
    }

    /** The server counted the answer's tokens; a negative count is none. */
    public void outputTokens(int tokens) {
        outputTokens = tokens >= 0 ? tokens : outputTokens;
    }

    /** The answer is whole; the first call counts. */
    public void ended(long nanos) {
        if (endNanos < 0) {
            endNanos = nanos;
        }
    }

    /** The bytes are not what the protocol says; the first call counts. */
    public void malformed(String detail) {
        if (malformed == null) {
            malformed = detail;
        }
    }

    /** The server reports an error inside the stream; the first one counts. */
    public void serverError(String detail) {
        if (serverError == null) {
            serverError = detail;
        }
    }

    /** Whether the answer's own end was read. */
    public boolean hasEnded() {
        return endNanos >= 0;
    }

    /** When its end was read; only after {@link #hasEnded}. */
    public long endNanos() {
        return endNanos;
    }

    /** What was wrong with the stream, or {@code null}. */
    public @Nullable String malformed() {
        return malformed;
    }

    /** The error that the server reported, or {@code null}. */
    public @Nullable String serverError() {
        return serverError;
    }

    /** Chunks with output so far. */
    public int chunks() {
        return chunks;
    }

    /** Tokens in these chunks, as far as the stream tells. */
    public int chunkTokenSum() {
        int sum = 0;
        for (int i = 0; i < chunks; i++) {
            sum += chunkTokens[i];
        }
        return sum;
    }

    /** Read times of the chunks with output, less the origin. */
    public long[] chunkNanosSince(long origin) {
        long[] relative = new long[chunks];
        for (int i = 0; i < chunks; i++) {
            relative[i] = chunkNanos[i] - origin;
        }
        return relative;
    }

    /** When the first output was read; only when there are {@link #chunks}. */
    public long firstChunkNanos() {
        return chunkNanos[0];
    }

    /** Tokens of each chunk. */
    public int[] chunkTokens() {
        return Arrays.copyOf(chunkTokens, chunks);
    }

    /** As the server counted them, or -1. */
    public int promptTokens() {
        return promptTokens;
    }

    /** As the server counted them, or -1. */
    public int outputTokens() {
        return outputTokens;
    }

    /** The text so far, where it is kept. */
    public String text() {
        return text.toString();
    }

    /** What the model thought aloud so far, where texts are kept. */
    public String reasoning() {
        return reasoning.toString();
    }
}
