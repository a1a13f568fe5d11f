package dev.weighbridge.load.kserve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.PlannedRequest;
import dev.weighbridge.api.load.Protocol;
import dev.weighbridge.load.RequestBody;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Generation as Triton streams it. Format: Triton Inference Server, "Generate Extension"; names of fields: Triton's vLLM backend, which
 * TensorRT-LLM's models share for the most part. The endpoint's model is the model's name, or {@code NAME/versions/VERSION}.
 */
public final class KServeGenerate implements Protocol {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String id() {
        return Endpoint.KSERVE;
    }

    @Override
    public String path(Endpoint endpoint) {
        String model = Arrays.stream(endpoint.model().split("/", -1))
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
        return "/v2/models/" + model + "/generate_stream";
    }

    @Override
    public String accept() {
        return "text/event-stream";
    }

    /**
     * {@inheritDoc} Greedy and streamed; a length that is to be met exactly goes out as {@code min_tokens} and {@code ignore_eos}, which a
     * model without such inputs is told as parameters.
     */
    @Override
    public byte[] body(Endpoint endpoint, PlannedRequest request) {
        ObjectNode body = JSON.createObjectNode()
                .put(endpoint.named("text_input"), request.text())
                .put(endpoint.named("max_tokens"), request.tokens())
                .put(endpoint.named("temperature"), 0)
                .put(endpoint.named("stream"), true);
        if (request.exactly()) {
            body.put(endpoint.named("min_tokens"), request.tokens()).put("ignore_eos", true);
        }
        return RequestBody.bytes(endpoint, body);
    }

    @Override
    public Reader reader(Endpoint endpoint, Answer answer) {
        return new GenerateStreamReader(endpoint, answer);
    }
}
