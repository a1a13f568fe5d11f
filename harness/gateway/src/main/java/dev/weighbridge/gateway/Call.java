package dev.weighbridge.gateway;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request that asks a model to generate, with the texts in it that a model reads: the prompts and suffix of a completion; of a
 * chat everything under {@code messages}, {@code tools}, {@code functions}, {@code documents} and {@code prediction} other than
 * roles, types and ids. The parts of one message are one text, since a server joins them. A value that does not change.
 */
public final class Call {
    private static final JsonMapper JSON = JsonMapper.builder()
            // A server may take the other of two values of one key than was looked at here.
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final List<String> READ_BY_MODELS =
            List.of("prompt", "suffix", "messages", "tools", "functions", "documents", "prediction");
    private static final Set<String> STRUCTURE = Set.of("role", "type", "id", "tool_call_id");
    private static final Set<String> TEXT_PARTS = Set.of("text", "input_text", "output_text", "refusal");
    private static final int MOST_CHOICES = 4_096;

    private final Route route;
    private final ObjectNode body;
    private final byte[] bytes;

    private Call(Route route, ObjectNode body, byte[] bytes) {
        this.route = route;
        this.body = body;
        this.bytes = bytes;
    }

    /**
     * Reads a request's body.
     *
     * @throws GatewayException when it is not one JSON object in UTF-8, or has a key twice
     */
    static Call parse(Route route, byte[] bytes) {
        try {
            if (JSON.readTree(bytes) instanceof ObjectNode object) {
                return new Call(route, object, bytes);
            }
        } catch (JacksonException e) {
            throw GatewayException.badRequest("invalid_json", "the body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw GatewayException.badRequest("invalid_json", "the body is not JSON");
        }
        throw GatewayException.badRequest("invalid_json", "the body must be a JSON object");
    }

    /** The route it came on. */
    public Route route() {
        return route;
    }

    /** The body; must not be changed. */
    public JsonNode body() {
        return body;
    }

    /** The body as bytes: those that came, as long as no text was changed. */
    byte[] bytes() {
        return bytes;
    }

    /** Whether the answer is to come as a stream of events. */
    public boolean stream() {
        return body.path("stream").asBoolean(false);
    }

    /** Whether probabilities of tokens are asked for, which show the tokens too. */
    public boolean logProbabilities() {
        JsonNode asked = body.path("logprobs");
        return asked.isNumber()
                || asked.asBoolean(false)
                || body.path("prompt_logprobs").isNumber();
    }

    /** Choices that the answer will have: prompts times {@code n}. */
    public int choices() {
        JsonNode prompt = body.path("prompt");
        boolean several =
                prompt.isArray() && !prompt.isEmpty() && !prompt.get(0).isIntegralNumber();
        long each = Math.max(1, Math.min(MOST_CHOICES, body.path("n").asInt(1)));
        return (int) Math.min(MOST_CHOICES, each * (several ? prompt.size() : 1));
    }

    /** Texts that the model reads, in their order. */
    public List<String> texts() {
        return places(body).stream().map(Reading::text).toList();
    }

    /** Other ways in which a server may read texts that came in parts: with a line break between them. */
    public List<String> otherReadings() {
        return places(body).stream()
                .filter(reading -> reading.places().size() > 1)
                .map(Reading::parted)
                .toList();
    }

    /**
     * The same call with other texts.
     *
     * @param texts one for each of {@link #texts()}
     */
    public Call withTexts(List<String> texts) {
        if (texts.equals(texts())) {
            return this;
        }
        ObjectNode changed = body.deepCopy();
        List<Reading> readings = places(changed);
        if (readings.size() != texts.size()) {
            throw new IllegalArgumentException("the call has " + readings.size() + " texts, got: " + texts.size());
        }
        for (int i = 0; i < texts.size(); i++) {
            readings.get(i).replace(texts.get(i));
        }
        try {
            return new Call(route, changed, JSON.writeValueAsBytes(changed));
        } catch (JacksonException e) {
            throw new IllegalStateException("a tree of JSON cannot be written", e);
        }
    }

    /** What the model would read that is no text, so that nobody can judge it here; empty where there is nothing. */
    public Optional<String> unreadable() {
        if (body.hasNonNull("prompt_embeds")) {
            return Optional.of("prompt_embeds");
        }
        if (body.hasNonNull("chat_template")) {
            return Optional.of("a chat template of its own");
        }
        if (holdsNumber(body.path("prompt"))) {
            return Optional.of("a prompt as token ids");
        }
        for (JsonNode message : body.path("messages")) {
            for (JsonNode part : message.path("content")) {
                if (part.isObject() && !TEXT_PARTS.contains(part.path("type").asText())) {
                    return Optional.of("a part of a message that is not of the type text");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean holdsNumber(JsonNode node) {
        if (node instanceof ArrayNode array) {
            for (JsonNode element : array) {
                if (element.isNumber() || holdsNumber(element)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<Reading> places(ObjectNode body) {
        List<Reading> readings = new ArrayList<>();
        for (String key : READ_BY_MODELS) {
            JsonNode value = body.path(key);
            if (value.isTextual()) {
                readings.add(new Reading(List.of(new Texts.Field("/" + key, body, key))));
            } else if (key.equals("messages") && value.isArray()) {
                value.forEach(message -> readings.addAll(message(message)));
            } else {
                Texts.below(value, STRUCTURE).forEach(place -> readings.add(new Reading(List.of(place))));
            }
        }
        return readings;
    }

    private static List<Reading> message(JsonNode message) {
        List<Reading> readings = new ArrayList<>();
        List<Texts.Place> parts = new ArrayList<>();
        for (Texts.Place place : Texts.below(message, STRUCTURE)) {
            if (place.path().startsWith("/content/")) {
                parts.add(place);
            } else {
                readings.add(new Reading(List.of(place)));
            }
        }
        if (!parts.isEmpty()) {
            readings.add(new Reading(parts));
        }
        return readings;
    }

    /** A text that stands in one place or in several. */
    private record Reading(List<Texts.Place> places) {
        String text() {
            return join("");
        }

        String parted() {
            return join("\n");
        }

        void replace(String text) {
            if (!text.equals(text())) {
                places.get(0).replace(text);
                places.subList(1, places.size()).forEach(place -> place.replace(""));
            }
        }

        private String join(String between) {
            return String.join(between, places.stream().map(Texts.Place::text).toList());
        }
    }
}
