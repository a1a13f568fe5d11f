package dev.weighbridge.load.kserve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.Protocol;
import dev.weighbridge.load.Details;
import dev.weighbridge.load.SseScanner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads an answer of Triton's generate extension: when each response with text was read, and what the model counted. No mark ends such a
 * stream, so that an answer is whole when its body ends as HTTP says.
 *
 * <p>A response counts as one token unless the model tells the tokens of each, as vLLM's backend does where it is asked to; those of
 * responses without text, which come where a character is not whole yet, count with the next text. The answer's tokens are known where
 * every response with text told them.
 */
final class GenerateStreamReader implements Protocol.Reader {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Answer answer;
    private final SseScanner scanner = new SseScanner(this::event);
    private final String textName;
    private final String inputTokensName;
    private final String outputTokensName;
    private long readNanos;
    private int events;
    private boolean counted = true;
    private long waiting;
    private long total;

    GenerateStreamReader(Endpoint endpoint, Answer answer) {
        this.answer = answer;
        textName = endpoint.named("text_output");
        inputTokensName = endpoint.named("num_input_tokens");
        outputTokensName = endpoint.named("num_output_tokens");
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

    @Override
    public void end(long now) {
        if (answer.malformed() != null) {
            return;
        }
        scanner.end();
        checkLength();
        if (events == 0 && scanner.foreignLines() > 0) {
            answer.malformed("the answer is not an event stream");
        }
        if (answer.malformed() == null) {
            answer.outputTokens(counted && total > 0 ? (int) Math.min(Integer.MAX_VALUE, total) : -1);
            answer.ended(now);
        }
    }

    private void checkLength() {
        if (scanner.overlong()) {
            answer.malformed("an event of more than " + SseScanner.MAX_EVENT_BYTES + " bytes");
        }
    }

    private void event(byte[] bytes, int offset, int length, boolean namedError) {
        if (answer.malformed() != null) {
            return;
        }
        // As text: of bytes the parser would guess the encoding, and may throw at its guess.
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        JsonNode response;
        try {
            response = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            response = JSON.missingNode();
        }
        JsonNode error = response.path("error");
        if (namedError || !(error.isMissingNode() || error.isNull())) {
            answer.serverError(Details.clean(error.isTextual() ? error.asText() : text));
            events++;
            return;
        }
        if (!response.isObject()) {
            answer.malformed("not a JSON object: " + Details.clean(text));
            return;
        }
        events++;
        read(response);
    }

    private void read(JsonNode response) {
        JsonNode prompt = first(response.path(inputTokensName));
        answer.promptTokens(prompt.canConvertToInt() ? prompt.asInt() : -1);
        String piece = first(response.path(textName)).asText("");
        JsonNode count = first(response.path(outputTokensName));
        boolean told = count.canConvertToInt() && count.asInt() >= 0;
        waiting += told ? count.asInt() : 0;
        total += told ? count.asInt() : 0;
        if (!piece.isEmpty()) {
            counted &= told;
            answer.chunk(readNanos, (int) Math.max(1, Math.min(Integer.MAX_VALUE, waiting)));
            waiting = 0;
            if (answer.keepsText()) {
                answer.text(piece);
            }
        }
    }

    /** An output comes as it is, or in an array where it has several values. */
    private static JsonNode first(JsonNode value) {
        JsonNode first = value;
        while (first.isArray()) {
            first = first.path(0);
        }
        return first;
    }
}
