package dev.weighbridge.load.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.PlannedRequest;
import dev.weighbridge.api.load.Protocol;
import dev.weighbridge.load.RequestBody;

/** Chat completions. Format: OpenAI API reference, "Create chat completion". */
public final class OpenAiChat implements Protocol {
    @Override
    public String id() {
        return Endpoint.CHAT;
    }

    @Override
    public String path(Endpoint endpoint) {
        return "/v1/chat/completions";
    }

    @Override
    public String accept() {
        return "text/event-stream";
    }

    @Override
    public byte[] body(Endpoint endpoint, PlannedRequest request) {
        ObjectNode body = OpenAiBody.of(endpoint, request);
        ArrayNode messages = body.putArray("messages");
        request.messages()
                .forEach(message ->
                        messages.addObject().put("role", message.role()).put("content", message.text()));
        return RequestBody.bytes(endpoint, body);
    }

    @Override
    public Reader reader(Endpoint endpoint, Answer answer) {
        return new EventStreamReader(answer);
    }
}
