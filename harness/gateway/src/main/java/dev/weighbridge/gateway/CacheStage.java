package dev.weighbridge.gateway;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.gateway.cache.CacheSettings;
import dev.weighbridge.gateway.cache.CacheStatistics;
import dev.weighbridge.gateway.cache.Scope;
import dev.weighbridge.gateway.cache.SemanticCache;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A semantic cache as a stage: a prompt is answered from a similar one of the same client and the same settings, and answers of the
 * server are taken in as they pass, without holding them back. Of a chat, the last message is the prompt and all before it is part
 * of the scope. Calls for several choices, with log-probabilities, with tools or with anything that is no text go by the cache.
 *
 * <p>An answer from the cache says so in {@value #HEADER}, and counts as many tokens as it had pieces when it was streamed, or else
 * one for each four characters: what a server counts is not seen here. Whether such an answer is right, nobody knows.
 */
public final class CacheStage implements Stage {
    static final String HEADER = "x-weighbridge-cache";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<LinkedHashMap<String, Object>> FIELDS = new TypeReference<>() {};
    private static final List<String> OF_THE_WAY = List.of("stream", "stream_options", "user");
    private static final List<String> BYPASS = List.of("tools", "functions", "suffix", "documents", "prediction");
    private static final List<String> WHOLE = List.of("stop", "length");
    private static final int CHARACTERS_BY_TOKEN = 4;

    private final CacheSettings settings;
    private final SemanticCache cache;

    /** A stage with a cache of its own. */
    public CacheStage(CacheSettings settings) {
        this.settings = settings;
        this.cache = new SemanticCache(settings, System::nanoTime);
    }

    @Override
    public String id() {
        return "cache-" + settings.threshold();
    }

    @Override
    public String description() {
        return settings.toString();
    }

    /**
     * What a call asks, split into what is looked for and what must be the same.
     *
     * @param prompt looked for
     * @param scope that must be the same
     */
    private record Asked(String prompt, Scope scope) {}

    private static Optional<Asked> asked(Call call, String client) {
        if (!goesToCache(call)) {
            return Optional.empty();
        }
        ObjectNode settings = call.body().deepCopy();
        OF_THE_WAY.forEach(settings::remove);
        if (call.route() == Route.CHAT) {
            ((ObjectNode) lastMessage(settings)).remove("content");
        } else {
            settings.remove("prompt");
        }
        return Optional.of(new Asked(
                prompt(call).asText(), Scope.of(client + " " + call.route(), JSON.convertValue(settings, FIELDS))));
    }

    private static boolean goesToCache(Call call) {
        return call.choices() == 1
                && !call.logProbabilities()
                && call.unreadable().isEmpty()
                && BYPASS.stream().noneMatch(call.body()::hasNonNull)
                && !call.body().path("echo").asBoolean(false)
                && prompt(call).isTextual();
    }

    /** What is looked for: the content of a user's last message, or the one prompt. */
    private static JsonNode prompt(Call call) {
        if (call.route() == Route.CHAT) {
            JsonNode last = lastMessage(call.body());
            return last.path("role").asText().equals("user") ? last.path("content") : JSON.missingNode();
        }
        JsonNode prompt = call.body().path("prompt");
        return prompt.isArray() && prompt.size() == 1 ? prompt.get(0) : prompt;
    }

    private static JsonNode lastMessage(JsonNode body) {
        JsonNode messages = body.path("messages");
        return messages.path(messages.size() - 1);
    }

    @Override
    public Before before(Call call, Passage passage) {
        Optional<SemanticCache.Hit> hit =
                asked(call, passage.client()).flatMap(asked -> cache.lookup(asked.scope(), asked.prompt()));
        if (hit.isEmpty()) {
            return new Before.Go(call);
        }
        Kept kept = Kept.of(hit.get().answer());
        passage.header(
                HEADER, hit.get().exact() ? "exact" : "similar " + hit.get().similarity());
        return new Before.Answer(kept.text(), kept.finishReason(), kept.tokens());
    }

    /**
     * An answer as it is stored: its finish reason and tokens before its text.
     *
     * @param finishReason of the answer
     * @param tokens that it counts
     * @param text of the answer
     */
    private record Kept(String finishReason, int tokens, String text) {
        static Kept of(String stored) {
            String[] parts = stored.split(" ", 3);
            return new Kept(parts[0], Integer.parseInt(parts[1]), parts[2]);
        }

        String stored() {
            return finishReason + " " + tokens + " " + text;
        }
    }

    @Override
    public boolean seesAnswers(Call call) {
        return goesToCache(call);
    }

    @Override
    public AnswerFilter after(Call call, Passage passage) {
        Asked asked = asked(call, passage.client()).orElseThrow();
        StringBuilder text = new StringBuilder();
        int[] pieces = {0};
        return new AnswerFilter() {
            @Override
            public Release accept(String more) {
                if (text.length() <= settings.maxAnswerCharacters()) {
                    text.append(more);
                }
                pieces[0] += more.isEmpty() ? 0 : 1;
                return Release.of(more);
            }

            @Override
            public Release end(String finishReason) {
                if (WHOLE.contains(finishReason)) {
                    int tokens = call.stream() ? pieces[0] : Math.max(1, text.length() / CHARACTERS_BY_TOKEN);
                    cache.put(asked.scope(), asked.prompt(), new Kept(finishReason, tokens, text.toString()).stored());
                }
                return new Release("", finishReason);
            }
        };
    }

    @Override
    public Map<String, Object> counters() {
        CacheStatistics statistics = cache.statistics();
        Map<String, Object> counters = JSON.convertValue(statistics, FIELDS);
        counters.put("lookups", statistics.lookups());
        return counters;
    }
}
