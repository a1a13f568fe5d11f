package dev.weighbridge.load.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.Protocol;
import dev.weighbridge.load.Details;
import dev.weighbridge.load.SseScanner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a streamed answer of completions or chat: when each chunk with output was read, what the server counted, and
 * whether the stream ended as it should.
 *
 * <p>A chunk counts as one token unless the server itself says more: only where every output chunk so far carried a
 * running {@code usage} is a chunk's share the difference to the one before. A total that exceeds the number of chunks is
 * never spread over them, since no one knows where the tokens were.
 */
final class EventStreamReader implements Protocol.Reader {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final byte[] END_MARK = {'[', 'D', 'O', 'N', 'E', ']'};
    /** Finish reasons of vLLM, SGLang and TensorRT-LLM for a request that was not finished. */
    private static final Set<String> GIVEN_UP = Set.of("abort", "error", "cancelled");

    private final Answer answer;
    private final SseScanner scanner = new SseScanner(this::event);
    private long readNanos;
    private int events;
    private boolean runningUsage = true;
    private int tokensSoFar;
    private boolean finished;

    EventStreamReader(Answer answer) {
        this.answer = answer;
    }

    @Override
    public void feed(ByteBuffer bytes, long now) {
        if (answer.malformed() != null) {
            return;
        }
        readNanos = now;
        scanner.feed(bytes);
        checkLength();
    }

    /**
     * Reads what a stream without its last blank line left behind. Some servers (transformers 5.17 is one) send no end mark; where
     * the last chunks gave a finish reason and the body ended as HTTP says, nothing is missing.
     */
    @Override
    public void end(long now) {
        if (answer.malformed() == null && !answer.hasEnded()) {
            scanner.end();
            checkLength();
            if (finished && answer.malformed() == null) {
                answer.ended(readNanos);
            }
        }
        if (events == 0 && scanner.foreignLines() > 0) {
            answer.malformed("the answer is not an event stream");
        }
    }

    private void checkLength() {
        if (scanner.overlong()) {
            answer.malformed("an event of more than " + SseScanner.MAX_EVENT_BYTES + " bytes");
        }
    }

    private void event(byte[] bytes, int offset, int length, boolean namedError) {
        if (answer.malformed() != null || answer.hasEnded()) {
            return;
        }
        if (Arrays.equals(END_MARK, 0, END_MARK.length, bytes, offset, offset + length)) {
            events++;
            answer.ended(readNanos);
            return;
        }
        int flags = ChunkJson.inspect(bytes, offset, length);
        boolean output = (flags & ChunkJson.OUTPUT) != 0;
        int cumulative = -1;
        if (namedError || (flags & ~ChunkJson.OUTPUT) != 0 || (output && answer.keepsText())) {
            JsonNode chunk = parse(bytes, offset, length, namedError);
            if (chunk == null) {
                return;
            }
            cumulative = readUsage(chunk);
            readFinish(chunk.path("choices").path(0).path("finish_reason"));
            if (output && answer.keepsText()) {
                JsonNode choice = chunk.path("choices").path(0);
                answer.text(textOf(choice));
                answer.reasoning(reasoningOf(choice.path("delta")));
            }
        }
        events++;
        if (output) {
            output(cumulative);
        }
    }

    private void output(int cumulative) {
        int before = Math.max(0, tokensSoFar);
        int tokens = runningUsage && cumulative > before ? cumulative - before : 1;
        runningUsage &= cumulative >= 0;
        tokensSoFar = cumulative;
        answer.chunk(readNanos, tokens);
    }

    /** What the model says; what it only thinks is no part of the text. */
    private static String textOf(JsonNode choice) {
        JsonNode text = choice.path("text");
        return text.isTextual()
                ? text.asText()
                : choice.path("delta").path("content").asText("");
    }

    /** As vLLM and SGLang call it by their older and their newer name; a server that sends both says the same twice. */
    private static String reasoningOf(JsonNode delta) {
        String older = delta.path("reasoning_content").asText("");
        return older.isEmpty() ? delta.path("reasoning").asText("") : older;
    }

    private @Nullable JsonNode parse(byte[] bytes, int offset, int length, boolean namedError) {
        JsonNode chunk;
        try {
            // As text: of bytes the parser would guess the encoding, and may throw at its guess.
            chunk = JSON.readTree(new String(bytes, offset, length, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            chunk = JSON.missingNode();
        }
        JsonNode error = chunk.path("error");
        boolean none = error.isMissingNode()
                || error.isNull()
                || (error.isTextual() && error.asText().isBlank());
        if (!none) {
            answer.serverError(message(error, chunk));
        } else if (namedError) {
            answer.serverError(message(chunk, chunk));
        } else if (!chunk.isObject()) {
            answer.malformed("not a JSON object: " + excerpt(bytes, offset, length));
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
        answer.outputTokens(completion);
        answer.promptTokens(count(usage.path("prompt_tokens")));
        return completion;
    }

    private void readFinish(JsonNode reason) {
        finished |= reason.isTextual();
        if (GIVEN_UP.contains(reason.asText())) {
            answer.serverError("the server gave the answer up: finish_reason is " + reason.asText());
        }
    }

    private static int count(JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToInt() ? Math.max(-1, number.asInt()) : -1;
    }

    private static String excerpt(byte[] bytes, int offset, int length) {
        return Details.clean(new String(bytes, offset, Math.min(length, Details.MAX_LENGTH), StandardCharsets.UTF_8));
    }
}
