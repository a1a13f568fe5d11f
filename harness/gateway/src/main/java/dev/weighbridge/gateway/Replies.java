package dev.weighbridge.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Answers of a stage's own in the form of the OpenAI API's reference, whole or as a stream of events. */
final class Replies {
    private final AtomicLong count = new AtomicLong();

    /** The body of an answer in which every choice has the text, and counts the tokens. */
    byte[] body(Call call, String text, String finishReason, int tokens) {
        String id = id();
        if (!call.stream()) {
            return bytes(answer(call, id, text, finishReason, tokens).toString());
        }
        StringBuilder events = new StringBuilder();
        for (int index = 0; index < call.choices(); index++) {
            event(events, chunk(call, id, index, text, null));
            event(events, chunk(call, id, index, "", finishReason));
        }
        if (call.body().path("stream_options").path("include_usage").asBoolean(false)) {
            ObjectNode usage = head(call, id, "chunk");
            usage.putArray("choices");
            usage.set("usage", usage(tokens * call.choices()));
            event(events, usage);
        }
        return bytes(events.append("data: [DONE]\n\n").toString());
    }

    private static ObjectNode answer(Call call, String id, String text, String finishReason, int tokens) {
        ObjectNode answer = head(call, id, "");
        ArrayNode choices = answer.putArray("choices");
        for (int index = 0; index < call.choices(); index++) {
            ObjectNode choice = choices.addObject().put("index", index);
            if (call.route() == Route.CHAT) {
                choice.putObject("message").put("role", "assistant").put("content", text);
            } else {
                choice.put("text", text);
            }
            choice.putNull("logprobs").put("finish_reason", finishReason);
        }
        answer.set("usage", usage(tokens * call.choices()));
        return answer;
    }

    private static ObjectNode chunk(Call call, String id, int index, String text, @Nullable String finishReason) {
        ObjectNode chunk = head(call, id, "chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
        if (call.route() == Route.CHAT) {
            ObjectNode delta = choice.putObject("delta");
            if (finishReason == null) {
                delta.put("role", "assistant").put("content", text);
            }
        } else {
            choice.put("text", text);
        }
        choice.putNull("logprobs").put("finish_reason", finishReason);
        return chunk;
    }

    private static ObjectNode head(Call call, String id, String chunk) {
        String object = call.route() == Route.COMPLETION
                ? "text_completion"
                : chunk.isEmpty() ? "chat.completion" : "chat.completion.chunk";
        JsonNode model = call.body().path("model");
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("object", object)
                .put("created", Instant.now().getEpochSecond())
                .put("model", model.isTextual() ? model.asText() : "");
    }

    /** No model read the prompt now; what the answer counts is what it counted when one wrote it. */
    private static ObjectNode usage(int tokens) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("prompt_tokens", 0)
                .put("completion_tokens", tokens)
                .put("total_tokens", tokens);
    }

    private String id() {
        return "gateway-" + count.incrementAndGet();
    }

    private static void event(StringBuilder events, JsonNode data) {
        events.append("data: ").append(data).append("\n\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
