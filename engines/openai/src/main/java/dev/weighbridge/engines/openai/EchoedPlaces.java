package dev.weighbridge.engines.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.TopLogprobsEngine.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the places of an echoed text from the log-probabilities of the completions API. */
final class EchoedPlaces {
    private EchoedPlaces() {}

    /**
     * Places but the first, which no server predicts, and without what was generated after the text.
     *
     * @param k most likely tokens that were asked for
     * @throws EngineException when the log-probabilities are malformed
     */
    static List<Position> of(JsonNode logprobs, String text, int k) {
        JsonNode tokens = logprobs.path("tokens");
        JsonNode likelihoods = logprobs.path("token_logprobs");
        JsonNode best = logprobs.path("top_logprobs");
        JsonNode offsets = logprobs.path("text_offset");
        int count = tokens.size();
        if (count == 0 || likelihoods.size() != count || best.size() != count || offsets.size() != count) {
            throw new EngineException(
                    Category.FAILED,
                    "the server returned " + count + " tokens, " + likelihoods.size() + " token_logprobs, "
                            + best.size()
                            + " top_logprobs and " + offsets.size()
                            + " text_offset; comparing needs as many of each, and at least one");
        }
        int length = text.codePointCount(0, text.length());
        List<Position> places = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            if (offsets.get(i).asInt() < length
                    && best.get(i).isObject()
                    && !best.get(i).isEmpty()) {
                String token = tokens.get(i).asText();
                Map<String, Double> given = new LinkedHashMap<>();
                best.get(i)
                        .properties()
                        .forEach(entry ->
                                given.put(entry.getKey(), entry.getValue().asDouble()));
                if (likelihoods.get(i).isNumber()) {
                    given.putIfAbsent(token, likelihoods.get(i).asDouble());
                }
                places.add(new Position(token, given, Math.min(k, best.get(i).size())));
            }
        }
        return places;
    }
}
