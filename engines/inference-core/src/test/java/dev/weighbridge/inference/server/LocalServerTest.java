package dev.weighbridge.inference.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TopLogprobsEngine;
import dev.weighbridge.engines.openai.OpenAiClient;
import dev.weighbridge.inference.InferenceService;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server over a real tiny model: what clients of the OpenAI API send and expect. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(30)
class LocalServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final GatedBackend backend = new GatedBackend();

    private InferenceService service;
    private LocalServer server;

    @BeforeAll
    void startServer(@TempDir Path scratch) throws IOException {
        DemoModel.requirePresent();
        service = InferenceService.open(backend, DemoModel.spec(scratch));
        server = LocalServer.start(service, new LocalServer.Options("127.0.0.1", 0, 4, 8 << 20, List.of()));
    }

    @AfterAll
    void stopServer() {
        if (server != null) {
            server.close();
            service.close();
        }
    }

    @Test
    void healthAndModelsNameTheModel() throws Exception {
        assertThat(get("/health").path("status").asText()).isEqualTo("ok");
        assertThat(get("/health").path("engine").path("precision").asText()).isEqualTo("fp32");
        assertThat(get("/v1/models").path("data").path(0).path("id").asText()).isEqualTo(model());
    }

    @Test
    void metricsTellHowMuchThereIsToDo() throws Exception {
        HttpResponse<String> metrics = ask(server, "/metrics", null, null);
        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.body())
                .containsPattern("(?m)^weighbridge_requests_running \\d+$")
                .containsPattern("(?m)^weighbridge_requests_waiting \\d+$");
    }

    @Test
    void withKeysOnlyTheirOwnersAreAnsweredAndEachAtItsRate() throws Exception {
        List<ClientKey> keys = List.of(ClientKey.of("a", "key-a", 0.01, 1, null));
        try (LocalServer locked = LocalServer.start(service, new LocalServer.Options("127.0.0.1", 0, 4, 64, keys))) {
            String body = "{\"prompt\":\"Once\",\"max_tokens\":1}";
            assertThat(ask(locked, "/health", null, null).statusCode()).isEqualTo(200);
            assertThat(ask(locked, "/v1/models", null, null).statusCode()).isEqualTo(401);
            assertThat(ask(locked, "/v1/models", "key-a", null).statusCode()).isEqualTo(200);
            HttpResponse<String> stranger = ask(locked, "/v1/completions", "key-b", body);
            assertThat(stranger.statusCode()).isEqualTo(401);
            assertThat(stranger.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(stranger.body()).contains("invalid_api_key").doesNotContain("key-b");
            assertThat(ask(locked, "/v1/completions", "key-a", " ".repeat(65)).statusCode())
                    .isEqualTo(413);
            assertThat(ask(locked, "/v1/completions", "key-a", body).statusCode())
                    .isEqualTo(200);
            HttpResponse<String> tooSoon = ask(locked, "/v1/completions", "key-a", body);
            assertThat(tooSoon.statusCode()).isEqualTo(429);
            assertThat(Integer.parseInt(
                            tooSoon.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(90, 100);
        }
    }

    private HttpResponse<String> ask(LocalServer where, String path, @Nullable String key, @Nullable String body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(where.endpoint().resolve(path));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (body != null) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void streamedCompletionIsTheWholeOneInPieces() throws Exception {
        String request = "{\"prompt\":\"Once upon\",\"max_tokens\":6,\"temperature\":0";
        JsonNode whole = post("/v1/completions", request + "}", 200);
        List<String> events =
                stream("/v1/completions", request + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        assertThat(events.get(events.size() - 1)).isEqualTo("[DONE]");
        JsonNode usage = JSON.readTree(events.get(events.size() - 2));
        assertThat(usage.path("choices")).isEmpty();
        assertThat(usage.path("usage")).isEqualTo(whole.path("usage"));
        assertThat(usage.path("usage").path("total_tokens").asInt())
                .isEqualTo(usage.path("usage").path("prompt_tokens").asInt()
                        + usage.path("usage").path("completion_tokens").asInt());
        StringBuilder text = new StringBuilder();
        for (String event : events.subList(0, events.size() - 2)) {
            JsonNode chunk = JSON.readTree(event);
            assertThat(chunk.path("object").asText()).isEqualTo("text_completion");
            assertThat(chunk.path("usage").isNull()).isTrue();
            text.append(chunk.path("choices").path(0).path("text").asText());
        }
        assertThat(text.toString())
                .isEqualTo(whole.path("choices").path(0).path("text").asText());
        assertThat(JSON.readTree(events.get(events.size() - 3))
                        .path("choices")
                        .path(0)
                        .path("finish_reason"))
                .isEqualTo(whole.path("choices").path(0).path("finish_reason"));
    }

    @Test
    void chatStreamBeginsWithTheRoleAndEndsWithTheReason() throws Exception {
        List<String> events = stream(
                "/v1/chat/completions",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":3,\"temperature\":0,\"stream\":true}");
        JsonNode first = JSON.readTree(events.get(0));
        assertThat(first.path("object").asText()).isEqualTo("chat.completion.chunk");
        assertThat(first.path("choices").path(0).path("delta").toString())
                .isEqualTo("{\"role\":\"assistant\",\"content\":\"\"}");
        JsonNode last = JSON.readTree(events.get(events.size() - 2));
        assertThat(last.path("choices").path(0).path("finish_reason").asText()).isIn("stop", "length");
        assertThat(last.path("choices").path(0).path("delta")).isEmpty();
        assertThat(events.get(events.size() - 1)).isEqualTo("[DONE]");
    }

    @Test
    void echoWithoutNewTokensScoresThePrompt() throws Exception {
        JsonNode answer = post(
                "/v1/completions",
                "{\"prompt\":\"Once upon a time\",\"max_tokens\":0,\"echo\":true,\"logprobs\":2}",
                200);
        JsonNode choice = answer.path("choices").path(0);
        JsonNode logprobs = choice.path("logprobs");
        int tokens = logprobs.path("tokens").size();
        assertThat(choice.path("text").asText()).isEqualTo("Once upon a time");
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isZero();
        assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(tokens);
        assertThat(logprobs.path("token_logprobs")).hasSize(tokens);
        assertThat(logprobs.path("text_offset")).hasSize(tokens);
        assertThat(logprobs.path("token_logprobs").path(0).isNull()).isTrue();
        for (int i = 1; i < tokens; i++) {
            assertThat(logprobs.path("token_logprobs").path(i).asDouble()).isNegative();
            assertThat(logprobs.path("top_logprobs").path(i).size()).isBetween(1, 2);
            assertThat(logprobs.path("text_offset").path(i).asInt())
                    .isGreaterThanOrEqualTo(
                            logprobs.path("text_offset").path(i - 1).asInt());
        }
    }

    @Test
    void continuationsAreScoredAsTheirEchoIs() {
        OpenAiClient client = new OpenAiClient(Endpoint.of(server.endpoint(), model()), Duration.ofSeconds(20));
        List<String> continuations = List.of(" a time", " a time there", "n", " \ud83c\udf0d", "  two", "\nline");
        for (String context : List.of("Once upon", "Once upon ", "x", "Once<|eos|> up", "\ud83c\udf0d \ud83c")) {
            List<ScoringEngine.Score> echoed = client.score(context, continuations);
            List<ScoringEngine.Score> scored = client.scoreContinuations(context, continuations);
            for (int i = 0; i < echoed.size(); i++) {
                assertThat(scored.get(i).logLikelihood())
                        .as("'%s' after '%s'", continuations.get(i), context)
                        .isCloseTo(echoed.get(i).logLikelihood(), within(1e-6));
                assertThat(scored.get(i).tokens()).isEqualTo(echoed.get(i).tokens());
                assertThat(scored.get(i).greedy()).isEqualTo(echoed.get(i).greedy());
            }
        }
        String greedy = client.likeliest("Once upon").text();
        assertThat(client.scoreContinuations("Once upon", List.of(greedy))
                        .get(0)
                        .greedy())
                .isTrue();
        assertThatThrownBy(() -> client.scoreContinuations("Once", List.of("")))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("the continuation is empty");
    }

    @Test
    void theMostLikelyTokensOfAGivenTextAreThoseOfItsLogits() {
        OpenAiClient client = new OpenAiClient(Endpoint.of(server.endpoint(), model()), Duration.ofMinutes(1));
        String text = "Once upon a time";
        LogitsEngine.Logits logits = client.logits(text);
        List<TopLogprobsEngine.Position> places = client.topLogprobs(text, 3);
        int vocabulary = logits.vocabularySize();
        List<String> texts = client.vocabulary();
        assertThat(texts).hasSize(vocabulary);
        assertThat(places).hasSize(logits.tokens().length - 1);
        for (int i = 0; i < places.size(); i++) {
            double sum = 0;
            double highest = Double.NEGATIVE_INFINITY;
            for (int token = 0; token < vocabulary; token++) {
                float logit = logits.values()[i * vocabulary + token];
                sum += Math.exp(logit);
                highest = Math.max(highest, logit);
            }
            double own = logits.values()[i * vocabulary + logits.tokens()[i + 1]] - Math.log(sum);
            Map<String, Double> given = places.get(i).logprobs();
            assertThat(places.get(i).token()).isEqualTo(texts.get(logits.tokens()[i + 1]));
            assertThat(given.get(places.get(i).token())).isCloseTo(own, within(1e-4));
            assertThat(given.values().stream().mapToDouble(Double::doubleValue).max())
                    .hasValueCloseTo(highest - Math.log(sum), within(1e-4));
        }
    }

    @Test
    void offsetsCountTextThatIsHeldBack() throws Exception {
        for (boolean echo : new boolean[] {false, true}) {
            // Most tokens may begin the stop text, which never comes.
            String request =
                    "{\"prompt\":\"Once \ud83c\udf0d upon\",\"max_tokens\":20,\"temperature\":0,\"logprobs\":1,\"echo\":"
                            + echo
                            + ",\"stop\":[\" \\u0001\",\"e\\u0001\",\"a\\u0001\",\"t\\u0001\",\"s\\u0001\",\".\\u0001\"]";
            JsonNode whole =
                    post("/v1/completions", request + "}", 200).path("choices").path(0);
            StringBuilder before = new StringBuilder();
            for (int i = 0; i < whole.path("logprobs").path("tokens").size(); i++) {
                assertThat(whole.path("logprobs").path("text_offset").path(i).asInt())
                        .isEqualTo(before.codePoints().count());
                before.append(whole.path("logprobs").path("tokens").path(i).asText());
            }
            assertThat(whole.path("text").asText()).isEqualTo(before.toString());
            List<Integer> streamed = new ArrayList<>();
            for (String event : stream("/v1/completions", request + ",\"stream\":true}")) {
                if (!event.equals("[DONE]")) {
                    JsonNode choice = JSON.readTree(event).path("choices").path(0);
                    choice.path("logprobs").path("text_offset").forEach(offset -> streamed.add(offset.asInt()));
                }
            }
            List<Integer> expected = new ArrayList<>();
            whole.path("logprobs").path("text_offset").forEach(offset -> expected.add(offset.asInt()));
            assertThat(streamed).isEqualTo(expected);
        }
    }

    @Test
    void continuationAfterASpecialTokenIsScoredWhole() {
        OpenAiClient client = new OpenAiClient(Endpoint.of(server.endpoint(), model()), Duration.ofSeconds(20));
        int tokens = service.tokenizer().encode(" a time \ud83c\udf0d", false).length;
        for (String context :
                List.of("Once upon", "Once<|eos|> upon", "<|bos|>Once<|eos|><|pad|><|eos|> \ud83c\udf0d")) {
            assertThat(client.score(context, List.of(" a time \ud83c\udf0d"))
                            .get(0)
                            .tokens())
                    .as(context)
                    .isEqualTo(tokens);
        }
    }

    @Test
    void generatedTokensHaveTheirLikelihoods() throws Exception {
        JsonNode choice = post(
                        "/v1/chat/completions",
                        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}],"
                                + "\"max_completion_tokens\":3,\"temperature\":0,\"logprobs\":true,\"top_logprobs\":2}",
                        200)
                .path("choices")
                .path(0);
        JsonNode content = choice.path("logprobs").path("content");
        assertThat(content.size()).isBetween(1, 3);
        for (JsonNode token : content) {
            assertThat(token.path("top_logprobs")).hasSize(2);
            // A greedy answer takes the likeliest token.
            assertThat(token.path("logprob").asDouble())
                    .isEqualTo(
                            token.path("top_logprobs").path(0).path("logprob").asDouble());
        }
    }

    @Test
    void everyPromptOfAListHasItsChoice() throws Exception {
        JsonNode both =
                post("/v1/completions", "{\"prompt\":[\"Once\",\"The\"],\"max_tokens\":4,\"temperature\":0}", 200);
        for (int i = 0; i < 2; i++) {
            String alone = post(
                            "/v1/completions",
                            "{\"prompt\":\"" + List.of("Once", "The").get(i) + "\",\"max_tokens\":4,\"temperature\":0}",
                            200)
                    .path("choices")
                    .path(0)
                    .path("text")
                    .asText();
            assertThat(both.path("choices").path(i).path("index").asInt()).isEqualTo(i);
            assertThat(both.path("choices").path(i).path("text").asText()).isEqualTo(alone);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/v1/completions | { | invalid_json",
                "/v1/completions | {} trailing | invalid_json",
                "/v1/completions | [] | invalid_json",
                "/v1/completions | {} | invalid_value",
                "/v1/completions | {\"prompt\":[]} | invalid_value",
                "/v1/completions | {\"prompt\":[-1]} | invalid_value",
                "/v1/completions | {\"prompt\":\"x\",\"n\":2} | invalid_value",
                "/v1/completions | {\"prompt\":\"x\",\"max_tokens\":-1} | invalid_value",
                "/v1/completions | {\"prompt\":\"x\",\"max_tokens\":1.5} | invalid_value",
                "/v1/completions | {\"prompt\":\"x\",\"temperature\":\"hot\"} | invalid_value",
                "/v1/completions | {\"prompt\":\"x\",\"top_p\":0} | invalid_value",
                "/v1/completions | {\"prompt\":\"x\",\"logprobs\":21} | invalid_value",
                "/v1/completions | {\"prompt\":\"x\",\"stop\":[1]} | invalid_value",
                "/v1/completions | {\"prompt\":\"x\",\"stream\":\"yes\"} | invalid_value",
                "/v1/chat/completions | {\"messages\":[]} | invalid_value",
                "/v1/chat/completions | {\"messages\":[{\"role\":\"user\"}]} | invalid_value",
                "/v1/chat/completions | {\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]} | invalid_value",
                "/weighbridge/logits | {} | invalid_value"
            })
    void whatCannotBeReadIsRefused(String path, String body, String code) throws Exception {
        assertThat(post(path, body, 400).path("error").path("code").asText()).isEqualTo(code);
    }

    @Test
    void promptBeyondTheContextIsRefusedInStreamsToo() throws Exception {
        String prompt = "Once upon a time ".repeat(2000);
        assertThat(post("/v1/completions", "{\"prompt\":\"" + prompt + "\"}", 400)
                        .path("error")
                        .path("type")
                        .asText())
                .isEqualTo("invalid_request_error");
        post("/v1/completions", "{\"prompt\":\"" + prompt + "\",\"stream\":true}", 400);
    }

    @Test
    void unknownPathsModelsAndMethodsAreRefused() throws Exception {
        post("/v1/embeddings", "{}", 404);
        assertThat(post("/v1/completions", "{\"model\":\"other\",\"prompt\":\"x\"}", 404)
                        .path("error")
                        .path("code")
                        .asText())
                .isEqualTo("model_not_found");
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(server.endpoint().resolve("/v1/completions"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("POST");
    }

    @Test
    void bodyBeyondTheBoundIsRefused() throws Exception {
        // By a plain socket that sends the head alone: a client that is still sending may see the connection end first.
        String head =
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + ((8 << 20) + 1) + "\r\n\r\n";
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.endpoint().getPort())) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 413".length());
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void unknownFieldsAreIgnored() throws Exception {
        post("/v1/completions", "{\"prompt\":\"x\",\"max_tokens\":1,\"user\":\"u\",\"metadata\":{\"a\":[1]}}", 200);
    }

    @Test
    void requestsBeyondTheLimitAreRefusedAndAVanishedClientFreesItsRow() throws Exception {
        backend.close();
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                clients.add(openStream(server, 200));
            }
            awaitRequests(4);
            HttpResponse<String> refused =
                    http.send(request("/v1/completions", "{\"prompt\":\"x\"}"), HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            backend.allow(12);
            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo('H');
            }
        } finally {
            for (Socket client : clients) {
                client.setSoLinger(true, 0);
                client.close();
            }
        }
        // Each further step writes to connections that are gone; far fewer than the 200 tokens asked for must do.
        int steps = 0;
        while (requests() > 0 && steps < 100) {
            backend.allow(1);
            steps++;
        }
        backend.open();
        assertThat(steps).isLessThan(100);
        post("/v1/completions", "{\"prompt\":\"x\",\"max_tokens\":1}", 200);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aVanishedClientFreesItsRowWithinAStepRunningOrQueuedStreamedOrNot(boolean stream, @TempDir Path folder)
            throws Exception {
        GatedBackend own = new GatedBackend();
        try (InferenceService one = InferenceService.open(own, DemoModel.spec(folder));
                LocalServer ownServer = LocalServer.start(one, LocalServer.Options.LOOPBACK)) {
            own.close();
            List<Socket> clients = new ArrayList<>();
            // One more than the four that run at once, so that one is queued.
            for (int i = 0; i < 5; i++) {
                clients.add(openCall(ownServer, 200, stream));
            }
            awaitRequests(ownServer, clients.size());
            for (Socket client : clients) {
                client.close();
            }
            // The step that runs at the moment, and the one that finds them gone.
            own.allow(2);
            awaitRequests(ownServer, 0);
        }
    }

    @Test
    void failureInTheMiddleOfAStreamIsItsLastEvent(@TempDir Path folder) throws Exception {
        GatedBackend fragile = new GatedBackend();
        try (InferenceService own = InferenceService.open(fragile, DemoModel.spec(folder));
                LocalServer ownServer = LocalServer.start(own, LocalServer.Options.LOOPBACK)) {
            fragile.close();
            Socket client = openStream(ownServer, 50);
            InputStream body = client.getInputStream();
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().contains("\"text\":")) {
                seen.append((char) body.read());
            }
            fragile.failSteps();
            fragile.open();
            // The chunk of length 0 that ends the body.
            while (!seen.toString().endsWith("\r\n0\r\n\r\n")) {
                seen.append((char) body.read());
            }
            assertThat(seen.toString())
                    .contains("data: {\"error\":{\"message\":\"the engine failed: the step was told to fail\"")
                    .contains("\"code\":\"crashed\"")
                    .doesNotContain("[DONE]");
            client.close();
            assertThat(ownServer.awaitIdle(Duration.ofSeconds(20))).isTrue();
        }
    }

    @Test
    void everyRequestOfAFailedEngineIsAnsweredAndHealthSaysWhy(@TempDir Path folder) throws Exception {
        GatedBackend fragile = new GatedBackend();
        try (InferenceService own = InferenceService.open(fragile, DemoModel.spec(folder));
                LocalServer ownServer = LocalServer.start(own, LocalServer.Options.LOOPBACK)) {
            fragile.close();
            List<Socket> clients = new ArrayList<>();
            // More than the four rows of the batch: some wait in the queue.
            for (int i = 0; i < 7; i++) {
                clients.add(openStream(ownServer, 50));
            }
            while (health(ownServer).path("requests").asInt() < clients.size()) {
                Thread.onSpinWait();
            }
            fragile.failSteps();
            fragile.open();
            for (Socket client : clients) {
                StringBuilder seen = new StringBuilder();
                while (!seen.toString().contains("the step was told to fail")) {
                    int read = client.getInputStream().read();
                    assertThat(read).as(seen.toString()).isNotNegative();
                    seen.append((char) read);
                }
                client.close();
            }
            assertThat(health(ownServer).path("status").asText()).isEqualTo("failed");
            assertThat(health(ownServer).path("error").path("message").asText()).contains("told to fail");
            assertThat(ownServer.awaitIdle(Duration.ofSeconds(20))).isTrue();
        }
    }

    private JsonNode health(LocalServer of) throws Exception {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(of.endpoint().resolve("/health")).build(), HttpResponse.BodyHandlers.ofString());
        JsonNode json = JSON.readTree(response.body());
        assertThat(response.statusCode()).isEqualTo(json.has("error") ? 503 : 200);
        return json;
    }

    @Test
    void serverWithoutAServiceSaysThatTheModelLoads() throws Exception {
        try (LocalServer early = LocalServer.listen(LocalServer.Options.LOOPBACK)) {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(early.endpoint().resolve("/health")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    void tokenIdsAreTakenWhenTheyAreTheEncodingOfTheirText() throws Exception {
        int[] tokens = service.tokenizer().encode("Once upon");
        String ids = Arrays.toString(tokens);
        String rest = ",\"max_tokens\":4,\"temperature\":0}";
        assertThat(post("/v1/completions", "{\"prompt\":" + ids + rest, 200).path("choices"))
                .isEqualTo(post("/v1/completions", "{\"prompt\":\"Once upon\"" + rest, 200)
                        .path("choices"));
        post("/v1/completions", "{\"prompt\":[3,3,3,3]" + rest, 400);
    }

    @Test
    void logitsAreBinaryWithOneRowForEachToken() throws Exception {
        HttpResponse<byte[]> response = http.send(
                request("/weighbridge/logits", "{\"text\":\"Once upon\"}"), HttpResponse.BodyHandlers.ofByteArray());
        ByteBuffer bytes = ByteBuffer.wrap(response.body()).order(ByteOrder.LITTLE_ENDIAN);
        int rows = bytes.getInt();
        int vocabulary = bytes.getInt();
        assertThat(rows).isEqualTo(service.tokenizer().encode("Once upon").length);
        assertThat(bytes.remaining()).isEqualTo(4 * (rows + rows * vocabulary));
        assertThat(bytes.getInt()).isEqualTo(service.tokenizer().encode("Once upon")[0]);
    }

    private static Socket openStream(LocalServer server, int tokens) throws IOException {
        return openCall(server, tokens, true);
    }

    private static Socket openCall(LocalServer server, int tokens, boolean stream) throws IOException {
        String body = "{\"prompt\":\"Once\",\"stream\":" + stream + ",\"temperature\":0,\"max_tokens\":" + tokens + "}";
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.endpoint().getPort());
        socket.getOutputStream()
                .write(("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                                + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private void awaitRequests(LocalServer server, int count) throws Exception {
        while (health(server).path("requests").asInt() != count) {
            Thread.onSpinWait();
        }
    }

    private void awaitRequests(int count) throws Exception {
        while (requests() != count) {
            Thread.onSpinWait();
        }
    }

    private int requests() throws Exception {
        return get("/health").path("requests").asInt();
    }

    private String model() {
        return service.info().modelName();
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(server.endpoint().resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private JsonNode post(String path, String body, int status) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request(path, body), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    private List<String> stream(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request(path, body), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
    }

    private HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(server.endpoint().resolve(path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
