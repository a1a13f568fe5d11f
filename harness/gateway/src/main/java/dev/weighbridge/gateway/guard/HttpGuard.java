package dev.weighbridge.gateway.guard;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server what it thinks of a text, in one of two forms.
 *
 * <p>{@link Protocol#WEIGHBRIDGE}: a POST of {@code {"side": "input" or "output", "text": "…"}} is answered with HTTP 200 and
 * {@code {"action": "pass", "mask" or "block", "text": "…", "reason": "…"}}; {@code text} is needed with {@code mask} alone, and
 * {@code reason} may be left out.
 *
 * <p>{@link Protocol#OPENAI_MODERATIONS}: a POST of {@code {"input": "…", "model": "…"}} is answered as OpenAI's API reference
 * describes {@code /v1/moderations}: {@code {"results": [{"flagged": true, "categories": {"violence": true, …}}]}}. A flagged text
 * is blocked; the categories that hold are the reason.
 *
 * <p>No answer in time, one beyond a bound, a status other than 200 and an answer of another form are failures of the guard.
 * Redirections are not followed, since a key must not go to another server.
 */
public final class HttpGuard implements Guard {
    /** Longest answer in bytes that is read beyond six times the text's bytes, which a masked text may take as JSON. */
    public static final int MOST_ANSWER_BYTES = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final int ESCAPED = 6;

    private final Post post;
    private final Endpoint endpoint;
    private final @Nullable String key;
    private final HttpClient http;

    /** What the server understands. */
    public enum Protocol {
        WEIGHBRIDGE("weighbridge"),
        OPENAI_MODERATIONS("openai-moderations");

        private final String id;

        Protocol(String id) {
            this.id = id;
        }

        /** The name in a configuration. */
        public String id() {
            return id;
        }
    }

    /**
     * Where to ask.
     *
     * @param address of the route
     * @param protocol it understands
     * @param model for moderations; {@code null} for the server's own choice
     * @param timeout for the whole answer
     * @param keyVariable environment variable that holds the key that is sent as a bearer token; {@code null} for none
     */
    public record Endpoint(
            URI address,
            Protocol protocol,
            @Nullable String model,
            Duration timeout,
            @Nullable String keyVariable) {
        public Endpoint {
            boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            if (!web || address.getHost() == null || address.getUserInfo() != null) {
                throw new IllegalArgumentException(
                        "the address of a guard must be http://… or https://… with a host and"
                                + " without a user; keys come from an environment variable");
            }
        }
    }

    /**
     * A guard.
     *
     * @param key that is sent; {@code null} for none
     */
    public HttpGuard(Post post, Endpoint endpoint, @Nullable String key) {
        this.post = post;
        this.endpoint = endpoint;
        this.key = key;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(endpoint.timeout())
                .build();
    }

    @Override
    public Post post() {
        return post;
    }

    @Override
    public Map<String, Object> description() {
        Map<String, Object> description = new TreeMap<>(Map.of(
                "type", "http",
                "url", endpoint.address().toString(),
                "protocol", endpoint.protocol().id(),
                "timeout_ms", endpoint.timeout().toMillis()));
        if (endpoint.model() != null) {
            description.put("model", endpoint.model());
        }
        return description;
    }

    @Override
    public Verdict judge(Side side, String text) {
        JsonNode answer = ask(question(side, text), text.length());
        return endpoint.protocol() == Protocol.WEIGHBRIDGE ? own(answer) : moderation(answer);
    }

    private ObjectNode question(Side side, String text) {
        if (endpoint.protocol() == Protocol.WEIGHBRIDGE) {
            return JSON.createObjectNode().put("side", side.id()).put("text", text);
        }
        ObjectNode question = JSON.createObjectNode().put("input", text);
        return endpoint.model() == null ? question : question.put("model", endpoint.model());
    }

    private JsonNode ask(ObjectNode question, int characters) {
        HttpResponse<byte[]> response = send(question, MOST_ANSWER_BYTES + (long) ESCAPED * characters);
        if (response.statusCode() != 200) {
            throw new GuardException(
                    "the guard at " + endpoint.address() + " answered with HTTP " + response.statusCode());
        }
        try {
            JsonNode answer = JSON.readTree(response.body());
            if (answer != null && answer.isObject()) {
                return answer;
            }
        } catch (JacksonException e) {
            throw unreadable("JSON");
        } catch (IOException e) {
            throw new GuardException("the guard's answer could not be read", e);
        }
        throw unreadable("a JSON object");
    }

    private HttpResponse<byte[]> send(ObjectNode question, long mostBytes) {
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint.address())
                .timeout(endpoint.timeout())
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(question.toString()));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        // The request's own time limit ends with the head of the answer.
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request.build(), head -> new LimitedBody(mostBytes));
        try {
            return answer.get(endpoint.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new GuardException("the guard at " + endpoint.address() + " did not answer within "
                    + endpoint.timeout().toMillis() + " ms");
        } catch (ExecutionException e) {
            throw new GuardException("the guard at " + endpoint.address() + " did not answer: " + e.getCause(), e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new GuardException("interrupted while a guard was asked", e);
        }
    }

    private Verdict own(JsonNode answer) {
        String reason = answer.path("reason").asText("");
        return switch (answer.path("action").asText("")) {
            case "pass" -> Verdict.PASS;
            case "mask" -> {
                JsonNode text = answer.path("text");
                if (!text.isTextual()) {
                    throw unreadable("a text to a mask");
                }
                yield new Verdict.Masked(text.asText(), List.of());
            }
            case "block" -> new Verdict.Blocked(post.id(), reason.isEmpty() ? "blocked" : reason, "");
            default -> throw unreadable("an action pass, mask or block");
        };
    }

    private Verdict moderation(JsonNode answer) {
        JsonNode results = answer.path("results");
        if (!results.isArray() || results.isEmpty()) {
            throw unreadable("a list of results");
        }
        boolean flagged = false;
        TreeSet<String> categories = new TreeSet<>();
        for (JsonNode result : results) {
            if (!result.path("flagged").isBoolean()) {
                throw unreadable("a flag for each result");
            }
            flagged |= result.path("flagged").asBoolean();
            result.path("categories").properties().forEach(category -> {
                if (category.getValue().asBoolean()) {
                    categories.add(category.getKey());
                }
            });
        }
        String reason = categories.isEmpty() ? "flagged" : String.join(",", categories);
        return flagged ? new Verdict.Blocked(post.id(), reason, "") : Verdict.PASS;
    }

    private GuardException unreadable(String wanted) {
        return new GuardException("the guard at " + endpoint.address() + " did not answer with " + wanted);
    }
}
