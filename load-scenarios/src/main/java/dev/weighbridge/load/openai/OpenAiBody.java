package dev.weighbridge.load.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.PlannedRequest;

/**
 * What the bodies of both protocols have in common: greedy, streamed, with usage at the end. A length that is to be met exactly goes
 * out as {@code min_tokens} and {@code ignore_eos}, as vLLM names them.
 */
final class OpenAiBody {
    private static final ObjectMapper JSON = new ObjectMapper();

    private OpenAiBody() {}

    static ObjectNode of(Endpoint endpoint, PlannedRequest request) {
        ObjectNode body = JSON.createObjectNode().put("model", endpoint.model());
        body.put("max_tokens", request.tokens()).put("temperature", 0).put("stream", true);
        if (request.exactly()) {
            body.put("min_tokens", request.tokens()).put("ignore_eos", true);
        }
        body.putObject("stream_options").put("include_usage", true);
        return body;
    }
}
