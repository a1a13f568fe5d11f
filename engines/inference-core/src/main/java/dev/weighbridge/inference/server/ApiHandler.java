package dev.weighbridge.inference.server;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.inference.InferenceService;
import dev.weighbridge.inference.batching.BatchScheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * The routes of the local server.
 *
 * <table>
 * <caption>Routes</caption>
 * <tr><td>GET /health</td><td>status, served model, engine as resolved; HTTP 503 and the reason once the engine has
 * failed; needs no key</td></tr>
 * <tr><td>GET /v1/models</td><td>the one model, as the OpenAI API lists models</td></tr>
 * <tr><td>GET /metrics</td><td>requests that run and wait, in Prometheus' text format</td></tr>
 * <tr><td>POST /v1/completions, POST /v1/chat/completions</td><td>as the OpenAI API, see {@link CallParser}</td></tr>
 * <tr><td>POST /weighbridge/logits</td><td>{@code {"text": "…"}} to {@code application/octet-stream}, little-endian:
 * int32 n, int32 v, n int32 token ids, n × v float32 logits, row-major; row i predicts token i + 1</td></tr>
 * <tr><td>GET /weighbridge/vocabulary</td><td>{@code {"tokens": ["…"]}}, the text that each of the v tokens adds, by id</td></tr>
 * <tr><td>POST /weighbridge/score</td><td>{@code {"context": "…", "continuations": ["…"]}} to
 * {@code {"scores": [{"log_likelihood": x, "tokens": n, "greedy": true}]}}; {@code {"questions": [{"context": …}]}} of up to 64 to
 * {@code {"results": [{"scores": […]}, {"error": "…"}]}}, an error being of its question alone</td></tr>
 * <tr><td>POST /weighbridge/chat-prompt</td><td>{@code {"messages": [{"role": "…", "content": "…"}]}} to
 * {@code {"prompt": "…"}}, the text that the model sees</td></tr>
 * </table>
 */
final class ApiHandler {
    private static final int MOST_CONTINUATIONS = 256;
    private static final int MOST_QUESTIONS = 64;

    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration KEEP_ALIVE = Duration.ofHours(1);
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final InferenceService service;
    private final ExecutorService calls;
    private final Answers answers;
    private final CallParser parser;
    private final Semaphore room;
    private final int maximumRequests;
    private final int maximumBodyBytes;
    private final Gate gate;
    private final long started = Instant.now().getEpochSecond();

    /**
     * @param calls runs what may block: parsing, templates, scoring
     * @param responses a single thread that formats and writes answers
     */
    ApiHandler(
            InferenceService service,
            ExecutorService calls,
            ExecutorService responses,
            LocalServer.Options options,
            Gate gate) {
        this.service = service;
        this.calls = calls;
        this.answers = new Answers(service, responses);
        this.parser = new CallParser(service);
        this.maximumRequests = options.maximumRequests();
        this.maximumBodyBytes = options.maximumBodyBytes();
        this.room = new Semaphore(maximumRequests);
        this.gate = gate;
    }

    /** Answers a request, now or later; never blocks. */
    void handle(Request request, Response response, Callback callback) {
        Exchange exchange = new Exchange(request, response, callback);
        try {
            route(exchange);
        } catch (ApiException e) {
            exchange.fail(e);
        }
    }

    private void route(Exchange exchange) {
        switch (Request.getPathInContext(exchange.request())) {
            case "/health" -> onGet(exchange, () -> exchange.respond(failure() == null ? 200 : 503, health()));
            case "/v1/models" -> onKeyedGet(exchange, () -> exchange.respond(200, models()));
            case "/metrics" -> onKeyedGet(exchange, () -> metrics(exchange));
            case "/v1/completions" -> onPost(exchange, (to, body) -> answers.answer(to, parser.completion(body)));
            case "/v1/chat/completions" -> onPost(exchange, (to, body) -> answers.answer(to, parser.chat(body)));
            case "/weighbridge/logits" -> onPost(exchange, this::logits);
            case "/weighbridge/vocabulary" -> onKeyedGet(exchange, () -> exchange.respond(200, vocabulary()));
            case "/weighbridge/score" -> onPost(exchange, this::score);
            case "/weighbridge/chat-prompt" -> onPost(exchange, this::chatPrompt);
            default ->
                exchange.fail(ApiException.notFound(
                        null,
                        "unknown_path",
                        "no such path. Use /v1/completions, /v1/chat/completions, /v1/models or /health"));
        }
    }

    /**
     * Waits until no request is answered any more; every place is taken then.
     *
     * @return whether that came about in time
     */
    boolean awaitIdle(Duration time) throws InterruptedException {
        return room.tryAcquire(maximumRequests, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void onKeyedGet(Exchange exchange, Runnable answer) {
        onGet(exchange, () -> {
            gate.check(authorization(exchange));
            answer.run();
        });
    }

    private static @Nullable String authorization(Exchange exchange) {
        return exchange.request().getHeaders().get(HttpHeader.AUTHORIZATION);
    }

    /** Format: Prometheus, "Exposition formats", text format 0.0.4. */
    private void metrics(Exchange exchange) {
        BatchScheduler.Backlog backlog = service.backlog();
        String text = "# HELP weighbridge_requests_running Answers in the batch.\n"
                + "# TYPE weighbridge_requests_running gauge\n"
                + "weighbridge_requests_running " + backlog.running() + "\n"
                + "# HELP weighbridge_requests_waiting Requests that have not begun.\n"
                + "# TYPE weighbridge_requests_waiting gauge\n"
                + "weighbridge_requests_waiting " + backlog.waiting() + "\n";
        exchange.respond(200, "text/plain; version=0.0.4", ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static void onGet(Exchange exchange, Runnable answer) {
        if (exchange.request().getMethod().equals("GET")) {
            answer.run();
        } else {
            refuseMethod(exchange, "GET");
        }
    }

    private void onPost(Exchange exchange, BiConsumer<Exchange, JsonNode> action) {
        Request request = exchange.request();
        if (!request.getMethod().equals("POST")) {
            refuseMethod(exchange, "POST");
            return;
        }
        if (request.getLength() > maximumBodyBytes) {
            exchange.fail(tooLarge());
            return;
        }
        Runnable leave = gate.enter(authorization(exchange));
        Request.addCompletionListener(request, failure -> leave.run());
        EngineException ended = failure();
        if (ended != null) {
            exchange.fail(ended);
            return;
        }
        if (!room.tryAcquire()) {
            exchange.fail(ApiException.busy(
                    maximumRequests + " requests are running or waiting already, which is the limit. Try again later"));
            return;
        }
        // Time without progress counts only while bytes are awaited from or by the client, not while the engine
        // computes.
        request.addIdleTimeoutListener(timeout -> false);
        idleTimeout(request, BODY_TIMEOUT);
        Request.addCompletionListener(request, failure -> {
            room.release();
            idleTimeout(request, KEEP_ALIVE);
        });
        Content.Source.asByteArrayAsync(
                request,
                maximumBodyBytes,
                Promise.Invocable.from(
                        Invocable.InvocationType.NON_BLOCKING,
                        bytes -> hand(exchange, bytes, action),
                        failure -> exchange.fail(bodyFailure(failure))));
    }

    private void hand(Exchange exchange, byte[] bytes, BiConsumer<Exchange, JsonNode> action) {
        try {
            calls.execute(() -> run(exchange, bytes, action));
        } catch (RejectedExecutionException e) {
            exchange.fail(ApiException.busy("the server is closing"));
        } catch (OutOfMemoryError e) {
            // No thread can be had for it.
            exchange.fail(e);
        }
    }

    /** Jetty reports a body beyond the bound by an unchecked exception, anything else by a checked one. */
    private ApiException bodyFailure(Throwable failure) {
        return failure instanceof IOException || failure instanceof TimeoutException
                ? ApiException.malformed("the body could not be read to its end")
                : tooLarge();
    }

    private static void run(Exchange exchange, byte[] bytes, BiConsumer<Exchange, JsonNode> action) {
        try {
            action.accept(exchange, parse(bytes));
        } catch (RuntimeException | Error e) {
            exchange.fail(e);
        }
    }

    private static JsonNode parse(byte[] bytes) {
        JsonNode body;
        try {
            body = JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw ApiException.malformed("the body is not JSON: " + problem(e));
        } catch (IOException e) {
            throw ApiException.malformed("the body is not JSON");
        }
        if (body == null || !body.isObject()) {
            throw ApiException.malformed("the body must be a JSON object");
        }
        return body;
    }

    /** What Jackson found, without the place in its own source object that follows. */
    private static String problem(JacksonException failure) {
        String message = String.valueOf(failure.getOriginalMessage());
        int place = message.indexOf(" (start marker");
        return place < 0 ? message : message.substring(0, place);
    }

    /** One at a time, since the logits of a long text take a good part of the heap. */
    private synchronized void logits(Exchange exchange, JsonNode body) {
        String text = new Fields(body).text("text");
        if (text == null || text.isEmpty()) {
            throw ApiException.invalid("text", "must be given and not be empty");
        }
        LogitsEngine.Logits logits = service.logits(text);
        int rows = logits.tokens().length;
        long size = Integer.BYTES * (2L + rows + logits.values().length);
        if (size > Integer.MAX_VALUE) {
            throw ApiException.invalid("text", "its logits would take " + size + " bytes. Send a shorter text");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(rows).putInt(logits.vocabularySize());
        bytes.asIntBuffer().put(logits.tokens());
        bytes.position(bytes.position() + rows * Integer.BYTES);
        bytes.asFloatBuffer().put(logits.values());
        exchange.respond(200, "application/octet-stream", bytes.rewind());
    }

    private JsonNode vocabulary() {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode tokens = json.putArray("tokens");
        service.vocabulary().forEach(tokens::add);
        return json;
    }

    private void score(Exchange exchange, JsonNode body) {
        if (body.has("questions")) {
            scoreAll(exchange, body.path("questions"));
            return;
        }
        ScoringEngine.Question question = question(body);
        ObjectNode answer = JSON.createObjectNode();
        answer.set("scores", scores(service.scoreContinuations(question.context(), question.continuations())));
        exchange.respond(200, answer);
    }

    private void scoreAll(Exchange exchange, JsonNode list) {
        if (!list.isArray() || list.isEmpty() || list.size() > MOST_QUESTIONS) {
            throw ApiException.invalid("questions", "must be 1 to " + MOST_QUESTIONS + " questions");
        }
        List<ScoringEngine.Question> questions = new ArrayList<>();
        list.forEach(question -> questions.add(question(question)));
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode results = answer.putArray("results");
        for (ScoringEngine.Scored scored : service.scoreAll(questions)) {
            EngineException failure = scored.failure();
            if (failure == null) {
                results.addObject().set("scores", scores(scored.scores()));
            } else {
                results.addObject().put("error", failure.getMessage());
            }
        }
        exchange.respond(200, answer);
    }

    private static ScoringEngine.Question question(JsonNode body) {
        String context = new Fields(body).text("context");
        JsonNode given = body.path("continuations");
        if (context == null) {
            throw ApiException.invalid("context", "must be given");
        }
        if (!given.isArray() || given.isEmpty() || given.size() > MOST_CONTINUATIONS) {
            throw ApiException.invalid("continuations", "must be 1 to " + MOST_CONTINUATIONS + " texts");
        }
        List<String> continuations = new ArrayList<>();
        for (JsonNode continuation : given) {
            if (!continuation.isTextual()) {
                throw ApiException.invalid("continuations", "must hold texts alone");
            }
            continuations.add(continuation.asText());
        }
        return new ScoringEngine.Question(context, continuations);
    }

    private static ArrayNode scores(List<ScoringEngine.Score> all) {
        ArrayNode scores = JSON.createArrayNode();
        for (ScoringEngine.Score score : all) {
            scores.addObject()
                    .put("log_likelihood", score.logLikelihood())
                    .put("tokens", score.tokens())
                    .put("greedy", score.greedy());
        }
        return scores;
    }

    private void chatPrompt(Exchange exchange, JsonNode body) {
        List<ChatMessage> messages = CallParser.messages(body.path("messages"));
        exchange.respond(
                200,
                JSON.createObjectNode().put("prompt", service.chatTemplate().prompt(messages)));
    }

    private @Nullable EngineException failure() {
        return service.failure().orElse(null);
    }

    private JsonNode health() {
        EngineException failure = failure();
        ObjectNode json = failure == null
                ? JSON.createObjectNode()
                : ApiException.of(failure).toJson();
        json.put("status", failure == null ? "ok" : "failed")
                .put("model", service.info().modelName())
                .put("requests", maximumRequests - room.availablePermits());
        json.set("engine", EngineInfoJson.write(service.info()));
        return json;
    }

    private JsonNode models() {
        ObjectNode json = JSON.createObjectNode().put("object", "list");
        json.putArray("data")
                .addObject()
                .put("id", service.info().modelName())
                .put("object", "model")
                .put("created", started)
                .put("owned_by", "weighbridge")
                .put("max_model_len", service.info().contextLength());
        return json;
    }

    private static void refuseMethod(Exchange exchange, String allowed) {
        exchange.response().getHeaders().put(HttpHeader.ALLOW, allowed);
        exchange.fail(ApiException.methodNotAllowed("this path takes " + allowed + " only"));
    }

    private ApiException tooLarge() {
        return ApiException.tooLarge("the body is larger than " + maximumBodyBytes + " bytes");
    }

    private static void idleTimeout(Request request, Duration time) {
        request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(time.toMillis());
    }
}
