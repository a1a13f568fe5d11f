package dev.weighbridge.load.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.PlannedRequest;
import dev.weighbridge.api.load.Protocol;
import dev.weighbridge.load.RequestBody;

/** Text completions. Format: OpenAI API reference, "Create completion". */
public final class OpenAiCompletions implements Protocol {
    @Override
    public String id() {
        return Endpoint.COMPLETIONS;
    }

    @Override
    public String path(Endpoint endpoint) {
        return "/v1/completions";
    }

    @Override
    public String accept() {
        return "text/event-stream";
    }

    @Override
    public byte[] body(Endpoint endpoint, PlannedRequest request) {
        ObjectNode body = OpenAiBody.of(endpoint, request);
        return RequestBody.bytes(endpoint, body.put("prompt", request.text()));
    }

    @Override
    public Reader reader(Endpoint endpoint, Answer answer) {
        return new EventStreamReader(answer);
    }
}
