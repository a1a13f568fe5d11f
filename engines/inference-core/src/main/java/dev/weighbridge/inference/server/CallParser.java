package dev.weighbridge.inference.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.inference.InferenceService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads requests of the OpenAI API into {@link Call}s, with that API's defaults: temperature 1, top_p 1, 16 tokens for a
 * completion and the rest of the context for a chat. {@code top_k}, and {@code min_tokens} and {@code ignore_eos} as vLLM
 * defines them, are understood besides, and {@code cache_prompt} of llama.cpp's server, which is off unless it is asked for, as a
 * measured request must cost what it costs alone; {@code n} and {@code best_of} must
 * be 1. Unknown fields are ignored.
 */
final class CallParser {
    private static final int MAXIMUM_PROMPTS = 256;
    private static final int MAXIMUM_STOPS = 16;
    private static final int MAXIMUM_LOGPROBS = 20;
    private static final int DEFAULT_TOKENS = 16;

    private final InferenceService service;

    CallParser(InferenceService service) {
        this.service = service;
    }

    Call completion(JsonNode body) {
        Fields fields = new Fields(body);
        common(fields);
        boolean echo = fields.flag("echo");
        int most = fields.integer("max_tokens", DEFAULT_TOKENS, 0, Integer.MAX_VALUE);
        return new Call(
                false,
                prompts(fields.node("prompt")),
                most,
                minTokens(fields, "max_tokens", most),
                fields.flag("ignore_eos"),
                sampling(fields),
                fields.texts("stop", MAXIMUM_STOPS),
                fields.flag("cache_prompt"),
                fields.integer("logprobs", -1, 0, MAXIMUM_LOGPROBS),
                echo,
                fields.flag("stream"),
                fields.flag("stream_options", "include_usage"));
    }

    Call chat(JsonNode body) {
        Fields fields = new Fields(body);
        common(fields);
        String prompt = service.chatTemplate().render(messages(fields.node("messages")), true);
        String limit = fields.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
        int rest =
                Math.max(1, service.info().contextLength() - service.tokenizer().encode(prompt).length);
        int most = fields.integer(limit, rest, 1, Integer.MAX_VALUE);
        int shown = fields.integer("top_logprobs", 0, 0, MAXIMUM_LOGPROBS);
        return new Call(
                true,
                List.of(prompt),
                most,
                minTokens(fields, limit, most),
                fields.flag("ignore_eos"),
                sampling(fields),
                fields.texts("stop", MAXIMUM_STOPS),
                fields.flag("cache_prompt"),
                fields.flag("logprobs") ? shown : -1,
                false,
                fields.flag("stream"),
                fields.flag("stream_options", "include_usage"));
    }

    private void common(Fields fields) {
        String model = fields.text("model");
        String served = service.info().modelName();
        if (model != null && !model.equals(served)) {
            throw ApiException.notFound(
                    "model", "model_not_found", "model '" + model + "' is not served here. Use '" + served + "'");
        }
        fields.integer("n", 1, 1, 1);
        fields.integer("best_of", 1, 1, 1);
    }

    private static int minTokens(Fields fields, String limit, int most) {
        int least = fields.integer("min_tokens", 0, 0, Integer.MAX_VALUE);
        if (least > most) {
            throw ApiException.invalid(
                    "min_tokens", "must be at most " + limit + ", which is " + most + ", got: " + least);
        }
        return least;
    }

    private static GenerationRequest.Sampling sampling(Fields fields) {
        double topP = fields.number("top_p", 1, 0, 1);
        if (topP == 0) {
            throw ApiException.invalid("top_p", "must be above 0 and at most 1, got: 0");
        }
        // Clients of several servers send -1 for "off".
        int topK = Math.max(0, fields.integer("top_k", 0, -1, Integer.MAX_VALUE));
        return new GenerationRequest.Sampling(
                fields.number("temperature", 1, 0, 100), topK, topP, fields.longInteger("seed"));
    }

    /** A string, an array of token ids, or a list of either. */
    private List<String> prompts(JsonNode prompt) {
        if (prompt.isTextual()) {
            return List.of(prompt.asText());
        }
        if (!prompt.isArray() || prompt.isEmpty()) {
            throw Fields.wrongType("prompt", "a string, an array of token ids or a list of either, not empty", prompt);
        }
        if (prompt.get(0).isIntegralNumber()) {
            return List.of(text(prompt));
        }
        if (prompt.size() > MAXIMUM_PROMPTS) {
            throw ApiException.invalid(
                    "prompt", "holds " + prompt.size() + " prompts; at most " + MAXIMUM_PROMPTS + " are taken");
        }
        List<String> prompts = new ArrayList<>(prompt.size());
        for (JsonNode element : prompt) {
            prompts.add(element.isArray() ? text(element) : requireText("prompt", element));
        }
        return prompts;
    }

    /** The text of an array of token ids, refused unless the text would become the same tokens again. */
    private String text(JsonNode ids) {
        int vocabulary = service.tokenizer().vocabularySize();
        int[] tokens = new int[ids.size()];
        for (int i = 0; i < tokens.length; i++) {
            JsonNode id = ids.get(i);
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() < 0 || id.asInt() >= vocabulary) {
                throw Fields.wrongType("prompt", "made of token ids from 0 to " + (vocabulary - 1), id);
            }
            tokens[i] = id.asInt();
        }
        String text = service.tokenizer().decode(tokens);
        if (!Arrays.equals(service.tokenizer().encode(text), tokens)) {
            throw ApiException.invalid(
                    "prompt", "these token ids are not what their own text is encoded to. Send the text instead");
        }
        return text;
    }

    /** The messages of a chat. */
    static List<ChatMessage> messages(JsonNode list) {
        if (!list.isArray() || list.isEmpty()) {
            throw Fields.wrongType("messages", "a list of at least one message", list);
        }
        List<ChatMessage> messages = new ArrayList<>(list.size());
        for (JsonNode message : list) {
            messages.add(new ChatMessage(
                    requireText("messages.role", message.path("role")), content(message.path("content"))));
        }
        return messages;
    }

    /** A string, or a list of parts that are all text. */
    private static String content(JsonNode content) {
        if (!content.isArray()) {
            return requireText("messages.content", content);
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text")) {
                throw Fields.wrongType("messages.content", "text; other kinds of parts are not supported", part);
            }
            text.append(requireText("messages.content.text", part.path("text")));
        }
        return text.toString();
    }

    private static String requireText(String name, JsonNode value) {
        if (!value.isTextual()) {
            throw Fields.wrongType(name, "a string", value);
        }
        return value.asText();
    }
}
