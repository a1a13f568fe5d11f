package dev.weighbridge.engines.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import dev.weighbridge.api.TopLogprobsEngine;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client of one OpenAI-compatible server, over HTTP/1.1. Safe for use by several threads.
 *
 * <p>Every failure is an {@link EngineException}: BAD_REQUEST for HTTP 400, 404, 413 and 422, TIMED_OUT when nothing came
 * for the patience given, FAILED for the rest; a connection that was lost or refused has an {@link IOException} as cause.
 */
public final class OpenAiClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of a whole answer, and of one event: an echoed prompt with 20 likelihoods for each token has about 1 KiB a token. */
    static final int ANSWER_BYTES = 64 << 20;

    private static final long LOGITS_BYTES = 1L << 30;
    private static final int LONGEST_ERROR = 1000;

    private final Endpoint endpoint;
    private final HttpConnection http;

    /**
     * @param endpoint of the server; its protocol says how an answer is asked for
     * @param patience longest time without a byte of a streamed answer, and longest time of any other answer
     */
    public OpenAiClient(Endpoint endpoint, Duration patience) {
        this.endpoint = endpoint;
        this.http = new HttpConnection(endpoint, patience);
    }

    /**
     * Streams an answer from {@code /v1/completions}, or from {@code /v1/chat/completions} to the prompt as a user's message where
     * the endpoint's protocol says so.
     *
     * @param listener hears each piece on the calling thread
     */
    public Completion generate(GenerationRequest request, TokenListener listener) {
        if (endpoint.protocol().equals(Endpoint.CHAT)) {
            return chat(List.of(new ChatMessage(ChatMessage.USER, request.prompt())), request, listener);
        }
        ObjectNode body = JSON.createObjectNode().put("model", endpoint.model()).put("prompt", request.prompt());
        return streamed("/v1/completions", body, request, listener);
    }

    /**
     * Streams an answer to messages from {@code /v1/chat/completions}.
     *
     * @param request whose prompt is not used
     * @param listener hears each piece on the calling thread
     */
    public Completion chat(List<ChatMessage> messages, GenerationRequest request, TokenListener listener) {
        ObjectNode body = JSON.createObjectNode().put("model", endpoint.model());
        body.set("messages", JSON.valueToTree(messages));
        return streamed("/v1/chat/completions", body, request, listener);
    }

    private Completion streamed(String path, ObjectNode body, GenerationRequest request, TokenListener listener) {
        body.put("max_tokens", request.maxTokens())
                .put("temperature", request.sampling().temperature())
                .put("top_p", request.sampling().topP())
                .put("stream", true);
        if (request.sampling().topK() > 0) {
            body.put("top_k", request.sampling().topK());
        }
        Long seed = request.sampling().seed();
        if (seed != null) {
            body.put("seed", seed.longValue());
        }
        if (!request.stop().isEmpty()) {
            ArrayNode stops = body.putArray("stop");
            request.stop().forEach(stops::add);
        }
        body.putObject("stream_options").put("include_usage", true);
        HttpResponse<StreamedBody> response = http.send(post(path, body), OpenAiClient::streamedBody);
        EventSubscriber events = response.body().events();
        if (events == null) {
            throw refusal(response.statusCode(), response.body().refusal());
        }
        return new StreamedAnswer(events, listener).read();
    }

    /**
     * Scores continuations by {@code /v1/completions} with {@code echo}: one call for all, so that a server may compute their
     * context once, and no generated token.
     *
     * @see ContinuationScore for which tokens count as the continuation
     */
    public List<ScoringEngine.Score> score(String context, List<String> continuations) {
        ObjectNode body = echoed(0);
        ArrayNode prompts = body.putArray("prompt");
        continuations.forEach(continuation -> prompts.add(context + continuation));
        JsonNode choices = json(post("/v1/completions", body)).path("choices");
        if (choices.size() != continuations.size()) {
            throw http.malformed(choices.size() + " choices to " + continuations.size() + " prompts");
        }
        List<ScoringEngine.Score> scores = new ArrayList<>();
        for (int index = 0; index < continuations.size(); index++) {
            scores.add(ContinuationScore.of(logprobs(choices, index), context, continuations.get(index)));
        }
        return scores;
    }

    /**
     * Scores one continuation by a server that generates a token at the least and takes one prompt at a time, as some do.
     *
     * @see ContinuationScore for which tokens count as the continuation
     */
    public ScoringEngine.Score scoreAlone(String context, String continuation) {
        ObjectNode body = echoed(1).put("prompt", context + continuation);
        JsonNode choices = json(post("/v1/completions", body)).path("choices");
        return ContinuationScore.of(logprobs(choices, 0), context, continuation);
    }

    /**
     * The most likely tokens at each place of a text but the first, by {@code echo} and {@code logprobs}. Where the server gives the
     * likelihood of the token that stands there beside them, it is taken in.
     */
    public List<TopLogprobsEngine.Position> topLogprobs(String text, int k) {
        ObjectNode body = echoed(1).put("prompt", text).put("logprobs", k);
        JsonNode logprobs = logprobs(json(post("/v1/completions", body)).path("choices"), 0);
        return EchoedPlaces.of(logprobs, text, k);
    }

    /** What a server that is asked to repeat a text answers, the text and one more token where it does. */
    public String echo(String prompt) {
        return json(post("/v1/completions", echoed(1).put("prompt", prompt)))
                .path("choices")
                .path(0)
                .path("text")
                .asText("");
    }

    private ObjectNode echoed(int tokens) {
        return JSON.createObjectNode()
                .put("model", endpoint.model())
                .put("max_tokens", tokens)
                .put("temperature", 0)
                .put("echo", true)
                .put("logprobs", 1);
    }

    /**
     * The token that the model finds most likely after a text, and how likely it finds it, as it generates it.
     *
     * @throws EngineException when the server gives no likelihood
     */
    public LikelyToken likeliest(String prompt) {
        ObjectNode body = JSON.createObjectNode()
                .put("model", endpoint.model())
                .put("prompt", prompt)
                .put("max_tokens", 1)
                .put("temperature", 0)
                .put("logprobs", 1);
        JsonNode choice = json(post("/v1/completions", body)).path("choices").path(0);
        JsonNode likelihood = choice.path("logprobs").path("token_logprobs").path(0);
        if (!likelihood.isNumber()) {
            throw new EngineException(Category.BAD_REQUEST, "the server gives no log-likelihood of what it generates");
        }
        return new LikelyToken(choice.path("text").asText(""), likelihood.asDouble());
    }

    /**
     * A token with its natural log-likelihood.
     *
     * @param text of it
     */
    public record LikelyToken(String text, double logLikelihood) {}

    /** The text that a Weighbridge server's {@code /weighbridge/chat-prompt} makes of messages. */
    public String chatPrompt(List<ChatMessage> messages) {
        ObjectNode body = JSON.createObjectNode();
        body.set("messages", JSON.valueToTree(messages));
        JsonNode prompt = json(post("/weighbridge/chat-prompt", body)).path("prompt");
        if (!prompt.isTextual()) {
            throw http.malformed("no prompt in the answer of /weighbridge/chat-prompt");
        }
        return prompt.asText();
    }

    /** Scores continuations of a context by a Weighbridge server's {@code /weighbridge/score}, which sends three numbers for each. */
    public List<ScoringEngine.Score> scoreContinuations(String context, List<String> continuations) {
        ScoringEngine.Question question = new ScoringEngine.Question(context, continuations);
        return scores(json(post("/weighbridge/score", json(question))).path("scores"), question);
    }

    /** The same for several questions in one call; one that the server refuses fails alone. */
    public List<ScoringEngine.Scored> scoreAll(List<ScoringEngine.Question> questions) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode asked = body.putArray("questions");
        questions.forEach(question -> asked.add(json(question)));
        JsonNode results = json(post("/weighbridge/score", body)).path("results");
        if (results.size() != questions.size()) {
            throw http.malformed(results.size() + " results of " + questions.size() + " questions");
        }
        List<ScoringEngine.Scored> all = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            JsonNode result = results.get(i);
            all.add(
                    result.has("error")
                            ? new ScoringEngine.Scored(
                                    List.of(),
                                    new EngineException(
                                            Category.BAD_REQUEST,
                                            PlainText.bounded(
                                                    result.path("error").asText(), LONGEST_ERROR)))
                            : new ScoringEngine.Scored(scores(result.path("scores"), questions.get(i)), null));
        }
        return all;
    }

    private static ObjectNode json(ScoringEngine.Question question) {
        ObjectNode body = JSON.createObjectNode().put("context", question.context());
        ArrayNode given = body.putArray("continuations");
        question.continuations().forEach(given::add);
        return body;
    }

    private List<ScoringEngine.Score> scores(JsonNode list, ScoringEngine.Question question) {
        List<ScoringEngine.Score> scores = new ArrayList<>();
        for (JsonNode score : list) {
            if (!score.path("log_likelihood").isNumber()
                    || !score.path("tokens").isInt()) {
                throw http.malformed("a score without a likelihood or a number of tokens");
            }
            scores.add(new ScoringEngine.Score(
                    score.path("log_likelihood").asDouble(),
                    score.path("tokens").asInt(),
                    score.path("greedy").asBoolean()));
        }
        int asked = question.continuations().size();
        if (scores.size() != asked) {
            throw http.malformed(scores.size() + " scores of " + asked + " continuations");
        }
        return scores;
    }

    /** Of the choice to the prompt of that index, wherever it stands. */
    private JsonNode logprobs(JsonNode choices, int index) {
        for (JsonNode choice : choices) {
            if (choice.path("index").asInt(-1) == index) {
                return choice.path("logprobs");
            }
        }
        throw http.malformed("no choice of index " + index);
    }

    /** Logits of every position of a text, from a Weighbridge server's {@code /weighbridge/logits}. */
    public LogitsEngine.Logits logits(String text) {
        HttpRequest request =
                post("/weighbridge/logits", JSON.createObjectNode().put("text", text));
        HttpResponse<byte[]> response = http.send(request, LimitedBody.ofAtMost(LOGITS_BYTES));
        requireOk(response);
        ByteBuffer bytes = ByteBuffer.wrap(response.body()).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() < 2 * Integer.BYTES) {
            throw http.malformed("logits of " + bytes.remaining() + " bytes");
        }
        int rows = bytes.getInt();
        int vocabulary = bytes.getInt();
        long expected = Integer.BYTES * ((long) rows + (long) rows * vocabulary);
        if (rows < 0 || vocabulary < 1 || bytes.remaining() != expected) {
            throw http.malformed("logits of " + rows + " x " + vocabulary + " in " + bytes.remaining() + " bytes");
        }
        int[] tokens = new int[rows];
        bytes.asIntBuffer().get(tokens);
        bytes.position(bytes.position() + rows * Integer.BYTES);
        float[] values = new float[rows * vocabulary];
        bytes.asFloatBuffer().get(values);
        return new LogitsEngine.Logits(tokens, vocabulary, values);
    }

    /** Text of each token by id, from a Weighbridge server's {@code /weighbridge/vocabulary}. */
    public List<String> vocabulary() {
        List<String> texts = new ArrayList<>();
        get("/weighbridge/vocabulary").path("tokens").forEach(token -> texts.add(token.asText()));
        if (texts.isEmpty()) {
            throw http.malformed("a vocabulary without tokens");
        }
        return texts;
    }

    /** The JSON answer to a GET, for example of {@code /health}. */
    public JsonNode get(String path) {
        return json(http.request(path).GET().build());
    }

    private JsonNode json(HttpRequest request) {
        HttpResponse<byte[]> response = http.send(request, LimitedBody.ofAtMost(ANSWER_BYTES));
        requireOk(response);
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new EngineException(
                    Category.FAILED,
                    "the server at " + endpoint.base() + " answered with something other than JSON",
                    null);
        }
    }

    private static BodySubscriber<StreamedBody> streamedBody(HttpResponse.ResponseInfo head) {
        if (head.statusCode() == 200) {
            return BodySubscribers.mapping(new EventSubscriber(ANSWER_BYTES), events -> new StreamedBody(events, ""));
        }
        return BodySubscribers.mapping(
                LimitedBody.ofAtMost(ANSWER_BYTES).apply(head),
                bytes -> new StreamedBody(null, new String(bytes, StandardCharsets.UTF_8)));
    }

    private HttpRequest post(String path, ObjectNode body) {
        try {
            endpoint.body().forEach((key, value) -> {
                if (Endpoint.OMITTED.equals(value)) {
                    body.remove(key);
                } else {
                    body.set(key, JSON.valueToTree(value));
                }
            });
            return http.post(path, JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree could not be written", e);
        }
    }

    /** The text answer to a GET, for example of Prometheus metrics. */
    public String text(String path) {
        HttpResponse<byte[]> response = http.send(http.request(path).GET().build(), LimitedBody.ofAtMost(ANSWER_BYTES));
        requireOk(response);
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private void requireOk(HttpResponse<byte[]> response) {
        if (response.statusCode() != 200) {
            // A proxy that opens no tunnel leaves an answer without a body.
            byte[] body = response.body();
            throw refusal(response.statusCode(), body == null ? "" : new String(body, StandardCharsets.UTF_8));
        }
    }

    private EngineException refusal(int status, String body) {
        String message = body;
        boolean ended = false;
        try {
            JsonNode error = JSON.readTree(body).path("error");
            message = error.path("message").asText(body);
            ended = ended(error);
        } catch (JsonProcessingException e) {
            // Not every server answers an error with JSON; the text itself is then all there is to show.
            message = body;
        }
        Category category = status == 400 || status == 404 || status == 413 || status == 422
                ? Category.BAD_REQUEST
                : ended ? Category.CRASHED : Category.FAILED;
        return new EngineException(
                category,
                "the server at " + endpoint.base() + " answered HTTP " + status + ": "
                        + PlainText.bounded(message, 500));
    }

    /** Whether the server says that its engine has failed for good, as Weighbridge's does. */
    private static boolean ended(JsonNode error) {
        return error.path("code").asText("").equals("crashed");
    }

    /**
     * Body of an answer that was asked to stream.
     *
     * @param events of an answer with status 200
     * @param refusal body of any other
     */
    private record StreamedBody(@Nullable EventSubscriber events, String refusal) {}

    /** One streamed answer while it is read. */
    private final class StreamedAnswer {
        private final EventSubscriber events;
        private final TokenListener listener;
        private final StringBuilder text = new StringBuilder();
        private @Nullable String finish;
        private int promptTokens = -1;
        private int outputTokens = -1;

        StreamedAnswer(EventSubscriber events, TokenListener listener) {
            this.events = events;
            this.listener = listener;
        }

        Completion read() {
            boolean whole = false;
            try {
                String data = http.next(events);
                while (data != null && !data.equals("[DONE]")) {
                    accept(data);
                    data = http.next(events);
                }
                if (finish == null) {
                    throw new EngineException(
                            Category.FAILED,
                            "the server at " + endpoint.base() + " ended its stream without a finish_reason");
                }
                whole = true;
                return new Completion(
                        text.toString(),
                        promptTokens,
                        outputTokens,
                        finish.equals("length") ? Completion.FinishReason.LENGTH : Completion.FinishReason.STOP);
            } finally {
                if (!whole) {
                    events.cancel();
                }
            }
        }

        private void accept(String data) {
            JsonNode event;
            try {
                event = JSON.readTree(data);
            } catch (JsonProcessingException e) {
                throw http.malformed("event: " + PlainText.bounded(data, 200));
            }
            if (event.hasNonNull("error")) {
                JsonNode error = event.path("error");
                throw new EngineException(
                        ended(error) ? Category.CRASHED : Category.FAILED,
                        "the engine failed while it answered: "
                                + PlainText.bounded(error.path("message").asText("no reason given"), 500));
            }
            JsonNode choice = event.path("choices").path(0);
            String piece = choice.path("text")
                    .asText(choice.path("delta").path("content").asText(""));
            if (!piece.isEmpty()) {
                if (text.length() + piece.length() > ANSWER_BYTES) {
                    throw http.malformed("text: it has more than " + ANSWER_BYTES + " characters");
                }
                text.append(piece);
                listener.onText(piece);
            }
            if (choice.hasNonNull("finish_reason")) {
                finish = choice.get("finish_reason").asText();
            }
            if (event.hasNonNull("usage")) {
                promptTokens = event.get("usage").path("prompt_tokens").asInt(-1);
                outputTokens = event.get("usage").path("completion_tokens").asInt(-1);
            }
        }
    }
}
