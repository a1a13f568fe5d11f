package dev.weighbridge.gateway;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends the texts of an answer that came whole through filters. */
final class WholeAnswer {
    /** What is no text of the model's: structure, and names that the call itself gave. */
    static final Set<String> STRUCTURE = Set.of("role", "type", "id", "name");

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final Supplier<AnswerFilter> filters;

    /**
     * A rewriter.
     *
     * @param filters a new filter for each text
     */
    WholeAnswer(Supplier<AnswerFilter> filters) {
        this.filters = filters;
    }

    /**
     * The body with its texts filtered; the same bytes where nothing changed.
     *
     * @throws GatewayException when it is no answer as the OpenAI API has them
     */
    byte[] rewrite(byte[] body) {
        ObjectNode answer = parse(body);
        boolean changed = false;
        for (JsonNode choice : answer.path("choices")) {
            if (!(choice instanceof ObjectNode object)) {
                throw GatewayException.upstream("the server's answer has a choice that is no object");
            }
            changed |= choice(object);
        }
        if (!changed) {
            return body;
        }
        try {
            return JSON.writeValueAsBytes(answer);
        } catch (JacksonException e) {
            throw new IllegalStateException("a tree of JSON cannot be written", e);
        }
    }

    private static ObjectNode parse(byte[] body) {
        try {
            if (JSON.readTree(body) instanceof ObjectNode answer
                    && answer.path("choices").isArray()) {
                return answer;
            }
        } catch (IOException e) {
            throw GatewayException.upstream("the server's answer is not JSON");
        }
        throw GatewayException.upstream("the server's answer has no choices");
    }

    private boolean choice(ObjectNode choice) {
        boolean changed = false;
        String reason = choice.path("finish_reason").asText("");
        for (Texts.Place place : texts(choice)) {
            AnswerFilter filter = filters.get();
            AnswerFilter.Release first = filter.accept(place.text());
            AnswerFilter.Release last =
                    first.finishReason() == null ? filter.end(reason) : AnswerFilter.Release.NOTHING;
            String text = first.text() + last.text();
            @Nullable String ended = first.finishReason() == null ? last.finishReason() : first.finishReason();
            if (ended != null && !ended.equals(reason)) {
                withhold(choice, text, ended);
                return true;
            }
            if (!text.equals(place.text())) {
                place.replace(text);
                changed = true;
            }
        }
        if (changed) {
            withoutTokens(choice);
        }
        return changed;
    }

    /** Everything of the choice gives way to one text. */
    private static void withhold(ObjectNode choice, String text, String finishReason) {
        if (choice.has("message")) {
            choice.putObject("message").put("role", "assistant").put("content", text);
        } else {
            choice.put("text", text);
        }
        choice.put("finish_reason", finishReason);
        withoutTokens(choice);
    }

    /** Leaves out what shows the tokens of a text that was changed. */
    static void withoutTokens(ObjectNode choice) {
        if (choice.has("logprobs")) {
            choice.putNull("logprobs");
        }
        choice.remove(List.of("prompt_logprobs", "token_ids", "prompt_token_ids", "stop_reason"));
    }

    /** The texts of a choice, or of a piece of one in a stream. */
    static List<Texts.Place> texts(ObjectNode choice) {
        for (String holder : List.of("delta", "message")) {
            if (choice.path(holder).isObject()) {
                return Texts.below(choice.path(holder), STRUCTURE);
            }
        }
        return choice.path("text").isTextual() ? List.of(new Texts.Field("/text", choice, "text")) : List.of();
    }
}
