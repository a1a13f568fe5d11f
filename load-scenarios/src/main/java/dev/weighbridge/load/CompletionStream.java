package dev.weighbridge.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The facts of one streamed answer as its bytes come in: when each chunk with output was read, what the server counted,
 * and whether the stream ended as it should.
 *
 * <p>A chunk counts as one token unless the server itself says more: only where every output chunk so far carried a
 * running {@code usage} is a chunk's share the difference to the one before. A total that exceeds the number of chunks is
 * never spread over them, since no one knows where the tokens were.
 */
final class CompletionStream {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final byte[] END_MARK = {'[', 'D', 'O', 'N', 'E', ']'};

    private final SseScanner scanner = new SseScanner(this::event);
    private long[] chunkNanos = new long[32];
    private int[] chunkTokens = new int[32];
    private int chunks;
    private long readNanos;
    private long endMarkNanos = -1;
    private int events;
    private int promptTokens = -1;
    private int outputTokens = -1;
    private boolean runningUsage = true;
    private int tokensSoFar;
    private @Nullable String malformed;
    private @Nullable String serverError;

    /**
     * Reads the next bytes.
     *
     * @param now when they were read; given to every chunk that ends in them
     */
    void feed(ByteBuf bytes, long now) {
        if (malformed != null) {
            return;
        }
        readNanos = now;
        scanner.feed(bytes);
        checkLength();
    }

    /** Reads what a stream without its last blank line left behind. */
    void end() {
        if (malformed == null && !ended()) {
            scanner.end();
            checkLength();
        }
        if (malformed == null && events == 0 && scanner.foreignLines() > 0) {
            malformed = "the answer is not an event stream";
        }
    }

    private void checkLength() {
        if (scanner.overlong()) {
            malformed = "an event of more than " + SseScanner.MAX_EVENT_BYTES + " bytes";
        }
    }

    private void event(byte[] bytes, int offset, int length, boolean namedError) {
        if (malformed != null || ended()) {
            return;
        }
        if (Arrays.equals(END_MARK, 0, END_MARK.length, bytes, offset, offset + length)) {
            events++;
            endMarkNanos = readNanos;
            return;
        }
        int flags = ChunkJson.inspect(bytes, offset, length);
        int cumulative = -1;
        if (namedError || (flags & ~ChunkJson.OUTPUT) != 0) {
            JsonNode chunk = parse(bytes, offset, length, namedError);
            if (chunk == null) {
                return;
            }
            cumulative = readUsage(chunk);
        }
        events++;
        if ((flags & ChunkJson.OUTPUT) != 0) {
            output(cumulative);
        }
    }

    private void output(int cumulative) {
        int before = Math.max(0, tokensSoFar);
        int tokens = runningUsage && cumulative > before ? cumulative - before : 1;
        runningUsage &= cumulative >= 0;
        tokensSoFar = cumulative;
        if (chunks == chunkNanos.length) {
            chunkNanos = Arrays.copyOf(chunkNanos, chunks * 2);
            chunkTokens = Arrays.copyOf(chunkTokens, chunks * 2);
        }
        chunkNanos[chunks] = readNanos;
        chunkTokens[chunks++] = tokens;
    }

    private @Nullable JsonNode parse(byte[] bytes, int offset, int length, boolean namedError) {
        JsonNode chunk;
        try {
            chunk = JSON.readTree(bytes, offset, length);
        } catch (JsonProcessingException e) {
            chunk = JSON.missingNode();
        } catch (IOException e) {
            throw new IllegalStateException("reading JSON from memory failed", e);
        }
        JsonNode error = chunk.path("error");
        boolean none = error.isMissingNode()
                || error.isNull()
                || (error.isTextual() && error.asText().isBlank());
        if (!none) {
            serverError = message(error, chunk);
        } else if (namedError) {
            serverError = message(chunk, chunk);
        } else if (!chunk.isObject()) {
            malformed = "not a JSON object: " + excerpt(bytes, offset, length);
            return null;
        }
        return chunk;
    }

    private static String message(JsonNode error, JsonNode chunk) {
        JsonNode message = error.isTextual() ? error : error.path("message");
        return Details.clean(message.isTextual() ? message.asText() : chunk.toString());
    }

    private int readUsage(JsonNode chunk) {
        JsonNode usage = chunk.path("usage");
        int completion = count(usage.path("completion_tokens"));
        if (completion >= 0) {
            outputTokens = completion;
        }
        int prompt = count(usage.path("prompt_tokens"));
        if (prompt >= 0) {
            promptTokens = prompt;
        }
        return completion;
    }

    private static int count(JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToInt() ? Math.max(-1, number.asInt()) : -1;
    }

    private static String excerpt(byte[] bytes, int offset, int length) {
        return Details.clean(new String(bytes, offset, Math.min(length, Details.MAX_LENGTH), StandardCharsets.UTF_8));
    }

    /** Whether the end mark {@code [DONE]} came. */
    boolean ended() {
        return endMarkNanos >= 0;
    }

    /** When the end mark was read; only after {@link #ended}. */
    long endMarkNanos() {
        return endMarkNanos;
    }

    /** What was wrong with the stream, or {@code null}. */
    @Nullable
    String malformed() {
        return malformed;
    }

    /** The error that the server reported inside the stream, or {@code null}. */
    @Nullable
    String serverError() {
        return serverError;
    }

    int chunks() {
        return chunks;
    }

    /** Read times of the chunks with output, in the clock of {@link #feed}, moved back by the given origin. */
    long[] chunkNanosSince(long origin) {
        long[] relative = new long[chunks];
        for (int i = 0; i < chunks; i++) {
            relative[i] = chunkNanos[i] - origin;
        }
        return relative;
    }

    long firstChunkNanos() {
        return chunkNanos[0];
    }

    int[] chunkTokens() {
        return Arrays.copyOf(chunkTokens, chunks);
    }

    /** As the server counted them, or -1. */
    int promptTokens() {
        return promptTokens;
    }

    /** As the server counted them, or -1. */
    int outputTokens() {
        return outputTokens;
    }
}
