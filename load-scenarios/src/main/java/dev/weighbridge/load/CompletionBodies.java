package dev.weighbridge.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.load.LoadScenario;

/**
 * The body of one streamed completion request for each prompt, encoded before the run so that the client does no JSON
 * while it measures. Format: OpenAI API reference, "Create completion", with {@code stream_options.include_usage}.
 */
final class CompletionBodies {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CompletionBodies() {}

    /**
     * UTF-8 JSON, one array a prompt, in the order of the prompts; each asks for the tokens that the scenario draws for its
     * prompt.
     */
    static byte[][] encode(String modelName, LoadScenario scenario) {
        byte[][] bodies = new byte[scenario.prompts().size()][];
        for (int i = 0; i < bodies.length; i++) {
            int tokens = scenario.outputTokensOf(i);
            ObjectNode body = JSON.createObjectNode()
                    .put("model", modelName)
                    .put("prompt", scenario.prompts().get(i))
                    .put("max_tokens", tokens)
                    .put("temperature", 0)
                    .put("stream", true);
            if (scenario.outputLength().isEnforced()) {
                body.put("min_tokens", tokens).put("ignore_eos", true);
            }
            body.putObject("stream_options").put("include_usage", true);
            try {
                bodies[i] = JSON.writeValueAsBytes(body);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("prompt " + i + " cannot be written as JSON", e);
            }
        }
        return bodies;
    }
}
