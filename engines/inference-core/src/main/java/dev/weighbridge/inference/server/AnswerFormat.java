package dev.weighbridge.inference.server;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.Completion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The JSON objects of one answer: the text completion or the chat form of the OpenAI API, whole or in chunks. Used by one
 * thread at a time.
 */
final class AnswerFormat {
    private final boolean chat;
    private final boolean includeUsage;
    private final String id;
    private final String model;
    private final Map<Integer, Frame> frames = new HashMap<>();
    private final long created = Instant.now().getEpochSecond();

    AnswerFormat(boolean chat, boolean includeUsage, String model) {
        this.chat = chat;
        this.includeUsage = includeUsage;
        this.id = (chat ? "chatcmpl-" : "cmpl-") + UUID.randomUUID().toString().replace("-", "");
        this.model = model;
    }

    boolean chat() {
        return chat;
    }

    /** The first chunk of a chat, which names the role and carries no text. */
    byte[] roleChunk(int index) {
        ObjectNode choice = choice(index, null, null);
        choice.putObject("delta").put("role", "assistant").put("content", "");
        return chunk(choice);
    }

    /** A chunk of text. Most chunks are this one and differ in their text alone, so that the rest is written once. */
    byte[] textChunk(int index, String text, @Nullable JsonNode logprobs) {
        return logprobs == null
                ? frames.computeIfAbsent(index, this::frame).around(text)
                : builtTextChunk(index, text, logprobs);
    }

    private Frame frame(int index) {
        String chunk = new String(builtTextChunk(index, "", null), StandardCharsets.UTF_8);
        // The empty text is the last empty string of the chunk.
        int text = chunk.lastIndexOf("\"\"") + 1;
        return new Frame(chunk.substring(0, text), chunk.substring(text));
    }

    /**
     * What stands around the text of a chunk.
     *
     * @param head up to the quote before the text
     * @param tail from the quote after it
     */
    private record Frame(String head, String tail) {
        byte[] around(String text) {
            StringBuilder chunk = new StringBuilder(head.length() + text.length() + tail.length() + 16);
            chunk.append(head);
            JsonStringEncoder.getInstance().quoteAsString(text, chunk);
            return chunk.append(tail).toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    private byte[] builtTextChunk(int index, String text, @Nullable JsonNode logprobs) {
        ObjectNode choice = choice(index, logprobs, null);
        if (chat) {
            choice.putObject("delta").put("content", text);
        } else {
            choice.put("text", text);
        }
        return chunk(choice);
    }

    /** The last chunk of one choice, which says why it ended. */
    byte[] finishChunk(int index, Completion.FinishReason reason) {
        ObjectNode choice = choice(index, null, reason);
        if (chat) {
            choice.putObject("delta");
        } else {
            choice.put("text", "");
        }
        return chunk(choice);
    }

    /** The chunk with the token counts of the whole answer, which has no choices. */
    byte[] usageChunk(int promptTokens, int outputTokens) {
        ObjectNode json = head(chat ? "chat.completion.chunk" : "text_completion");
        json.putArray("choices");
        json.set("usage", usage(promptTokens, outputTokens));
        return bytes(json);
    }

    /** One choice of a whole answer. */
    ObjectNode wholeChoice(int index, String text, @Nullable JsonNode logprobs, Completion.FinishReason reason) {
        ObjectNode choice = choice(index, logprobs, reason);
        if (chat) {
            choice.putObject("message")
                    .put("role", "assistant")
                    .put("content", text)
                    .putNull("refusal");
        } else {
            choice.put("text", text);
        }
        return choice;
    }

    /** A whole answer. */
    ObjectNode whole(Iterable<ObjectNode> choices, int promptTokens, int outputTokens) {
        ObjectNode json = head(chat ? "chat.completion" : "text_completion");
        choices.forEach(json.putArray("choices")::add);
        json.set("usage", usage(promptTokens, outputTokens));
        return json;
    }

    static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private byte[] chunk(ObjectNode choice) {
        ObjectNode json = head(chat ? "chat.completion.chunk" : "text_completion");
        json.putArray("choices").add(choice);
        if (includeUsage) {
            json.putNull("usage");
        }
        return bytes(json);
    }

    private ObjectNode head(String object) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", model);
    }

    private static ObjectNode choice(int index, @Nullable JsonNode logprobs, Completion.@Nullable FinishReason reason) {
        ObjectNode choice = JsonNodeFactory.instance.objectNode().put("index", index);
        choice.set("logprobs", logprobs == null ? NullNode.instance : logprobs);
        choice.put("finish_reason", reason == null ? null : reason.name().toLowerCase(Locale.ROOT));
        return choice;
    }

    private static ObjectNode usage(int promptTokens, int outputTokens) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("prompt_tokens", promptTokens)
                .put("completion_tokens", outputTokens)
                .put("total_tokens", promptTokens + outputTokens);
    }
}
