package dev.weighbridge.microbench.paced;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * What a request for a streamed completion asks for. Every answer has as many tokens as it may have, so that
 * {@code min_tokens} and {@code ignore_eos} are kept without being looked at.
 *
 * @param promptTokens of its prompt
 * @param tokens of its answer
 * @param usage whether the counts are sent after the answer
 */
record CompletionCall(int promptTokens, int tokens, boolean usage) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DEFAULT_TOKENS = 16;

    /**
     * Reads a request's body.
     *
     * @throws IllegalArgumentException when it asks for what this server does not do; the message says what
     */
    static CompletionCall parse(byte[] body) {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (IOException e) {
            throw new IllegalArgumentException("the body is not JSON", e);
        }
        if (!json.path("prompt").isTextual()) {
            throw new IllegalArgumentException(
                    "prompt must be a string, got: " + json.path("prompt").getNodeType());
        }
        if (!json.path("stream").asBoolean(false)) {
            throw new IllegalArgumentException("this server only streams. Send \"stream\": true");
        }
        JsonNode tokens = json.path("max_tokens");
        int most = tokens.isMissingNode() ? DEFAULT_TOKENS : tokens.asInt(0);
        if (most < 1 || most > PacedModel.MOST_TOKENS) {
            throw new IllegalArgumentException(
                    "max_tokens must be between 1 and " + PacedModel.MOST_TOKENS + ", got: " + tokens);
        }
        return new CompletionCall(
                PacedModel.promptTokens(json.path("prompt").asText()),
                most,
                json.path("stream_options").path("include_usage").asBoolean(false));
    }
}
