package dev.weighbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.gateway.guard.GuardChain;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class GatewayTest {
    private static final String PASSES = "{\"choices\":[{\"index\":0,\"text\":\"Fine.\",\"finish_reason\":\"stop\"}]}";

    @Test
    void whateverIsNotGeneratedGoesThroughByteForByte() throws Exception {
        byte[] answer = new byte[300_000];
        new Random(1).nextBytes(answer);
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    response.setStatus(203);
                    response.getHeaders().put("X-Own", "yes").put("Content-Type", "application/x-own");
                    out.write(answer);
                });
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            byte[] body = "secret word \u0000\u00ff".getBytes(StandardCharsets.ISO_8859_1);
            for (String path :
                    List.of("/v1/models?a=%2Fb&c", "/health", "/weighbridge/logits", "/some/where", "/metrics")) {
                HttpResponse<byte[]> response = Client.HTTP.send(
                        HttpRequest.newBuilder(gateway.endpoint().resolve(path))
                                .header("Authorization", "Bearer key")
                                .header("X-Twice", "1")
                                .header("X-Twice", "2")
                                .method("PUT", HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                assertThat(response.statusCode()).isEqualTo(203);
                assertThat(response.headers().firstValue("X-Own")).contains("yes");
                assertThat(response.headers().firstValue("x-weighbridge-gateway"))
                        .isEmpty();
                assertThat(response.body()).isEqualTo(answer);
                TestUpstream.Seen seen = upstream.seen().get(upstream.seen().size() - 1);
                assertThat(seen.method()).isEqualTo("PUT");
                assertThat(seen.pathQuery()).isEqualTo(path);
                assertThat(seen.body()).isEqualTo(body);
                assertThat(seen.headers().get("Authorization")).isEqualTo("Bearer key");
                assertThat(seen.headers().getValuesList("X-Twice")).containsExactly("1", "2");
            }
        }
    }

    @Test
    void answersWithoutABodyGoThrough() throws Exception {
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    if (seen.method().equals("HEAD")) {
                        response.getHeaders().put("Content-Length", "1234").put("X-Own", "yes");
                    } else {
                        response.setStatus(204);
                    }
                });
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(gateway.endpoint().resolve("/health"));
            HttpResponse<String> head = Client.HTTP.send(
                    request.method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(head.headers().firstValue("x-own")).contains("yes");
            assertThat(head.headers().firstValue("content-length")).contains("1234");
            HttpResponse<String> delete =
                    Client.HTTP.send(request.DELETE().build(), HttpResponse.BodyHandlers.ofString());
            assertThat(delete.statusCode()).isEqualTo(204);
            assertThat(delete.body()).isEmpty();
        }
    }

    @Test
    void otherRoutesCanBeKeptClosed() throws Exception {
        try (TestUpstream upstream = TestUpstream.json("{}");
                Gateway gateway = Gateway.start(
                        new Gateway.Options(
                                upstream.address(), "127.0.0.1", 0, 8, 1000, 1000, Duration.ofSeconds(20), false),
                        List.of())) {
            assertThat(Client.post(gateway, "/v1/responses", "{}").statusCode()).isEqualTo(404);
            assertThat(Client.post(gateway, "/v1/models", "{}").statusCode()).isEqualTo(200);
            assertThat(Client.post(gateway, "/v1/completions", "{}").statusCode())
                    .isEqualTo(200);
            assertThat(upstream.seen()).hasSize(2);
        }
    }

    @Test
    void withoutStagesNothingOfACallIsLookedAt() throws Exception {
        try (TestUpstream upstream = TestUpstream.json("no JSON");
                Gateway gateway = Gateway.start(Gateway.Options.before(upstream.address()), List.of())) {
            HttpResponse<String> response = Client.post(gateway, "/v1/completions", "\u0000 neither");
            assertThat(response.body()).isEqualTo("no JSON");
            assertThat(upstream.seen().get(0).text()).isEqualTo("\u0000 neither");
            assertThat(response.headers().firstValue("x-weighbridge-gateway")).contains("pass");
        }
    }

    @Test
    void eventsGoOnAsTheyComeAndByteForByteWhereNoGuardLooksAtAnswers() throws Exception {
        SynchronousQueue<String> pieces = new SynchronousQueue<>();
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    response.getHeaders().put("Content-Type", "text/event-stream; charset=utf-8");
                    out.flush();
                    for (String piece = pieces.take(); !piece.isEmpty(); piece = pieces.take()) {
                        TestUpstream.write(out, piece);
                    }
                });
                Gateway gateway = Client.gateway(upstream, onInputAlone())) {
            CompletableFuture<HttpResponse<InputStream>> pending = CompletableFuture.supplyAsync(() -> {
                try {
                    return Client.open(gateway, "/v1/completions", "{\"prompt\":\"hi\",\"stream\":true}");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            // The head comes before the first byte of the body.
            HttpResponse<InputStream> response = pending.get(20, TimeUnit.SECONDS);
            assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
            assertThat(response.headers().firstValue("x-weighbridge-gateway")).contains("pass");
            try (InputStream in = response.body()) {
                for (String piece :
                        List.of("da", "ta: {\"x\": 1", "}\r\n\r", "\n: ping\n\nsecret wo", "rd \u00e4€\n\n")) {
                    assertThat(pieces.offer(piece, 20, TimeUnit.SECONDS)).isTrue();
                    byte[] expected = piece.getBytes(StandardCharsets.UTF_8);
                    assertThat(in.readNBytes(expected.length)).isEqualTo(expected);
                }
                assertThat(pieces.offer("", 20, TimeUnit.SECONDS)).isTrue();
                assertThat(in.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void aFilteredStreamWhoseTextsPassKeepsItsBytesAndGoesOnBySentences() throws Exception {
        List<String> events = List.of(
                ": hello\n\n",
                "id: 1\r\ndata:  { \"choices\" : [ {\"index\":0, \"text\":\"One.\\n\", \"finish_reason\":null} ] , \"x\":1.50}\r\n\r\n",
                Client.piece(0, "Two.\n"),
                "data: {\"choices\":[],\"usage\":{\"total_tokens\":12}}\n\n");
        CountDownLatch second = new CountDownLatch(1);
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    response.getHeaders().put("Content-Type", "text/event-stream");
                    TestUpstream.write(out, events.get(0) + events.get(1));
                    second.await(20, TimeUnit.SECONDS);
                    TestUpstream.write(out, events.get(2) + events.get(3) + "data: [DONE]\n\n");
                });
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            HttpResponse<InputStream> response =
                    Client.open(gateway, "/v1/completions", "{\"prompt\":\"hi\",\"stream\":true}");
            try (InputStream in = response.body()) {
                byte[] first = (events.get(0) + events.get(1)).getBytes(StandardCharsets.UTF_8);
                assertThat(in.readNBytes(first.length)).isEqualTo(first);
                second.countDown();
                String rest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(rest)
                        .startsWith(events.get(2) + events.get(3) + ": x-weighbridge-gateway=pass ")
                        .endsWith("\n\ndata: [DONE]\n\n");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 50})
    void whatIsMaskedOrBlockedIsFoundOverTheBordersOfPieces(int size) throws Exception {
        List<String> masked = pieces("Ask jane.doe@example.org about it, she knows", size);
        masked.add(Client.finish(0, "length"));
        masked.add("data: [DONE]\n\n");
        try (TestUpstream upstream = TestUpstream.events(masked);
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            String stream = stream(gateway, "{\"prompt\":\"hi\",\"stream\":true}");
            assertThat(Client.text(stream, 0)).isEqualTo("Ask [EMAIL] about it, she knows");
            assertThat(Client.finishReasons(stream, 0)).containsExactly("length");
            assertThat(stream)
                    .contains(": x-weighbridge-gateway=masked x-weighbridge-guard=pii")
                    .endsWith("data: [DONE]\n\n");
        }
        List<String> blocked = pieces("First this.\nThen the secret word comes, and more.", size);
        blocked.add("data: [DONE]\n\n");
        try (TestUpstream upstream = TestUpstream.events(blocked);
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            String stream = stream(gateway, "{\"prompt\":\"hi\",\"stream\":true}");
            assertThat(Client.text(stream, 0)).isIn("First this.\n", "");
            assertThat(Client.finishReasons(stream, 0)).containsExactly("content_filter");
            assertThat(stream)
                    .contains(": x-weighbridge-gateway=blocked x-weighbridge-guard=words")
                    .endsWith("data: [DONE]\n\n");
            assertThat(Client.counters(gateway)
                            .at("/stages/0/blocked/words/output")
                            .asInt())
                    .isEqualTo(1);
        }
    }

    @Test
    void aBlockEndsAStreamThatWouldNeverEnd() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    response.getHeaders().put("Content-Type", "text/event-stream");
                    try {
                        while (true) {
                            TestUpstream.write(out, Client.piece(0, "the secret word. "));
                        }
                    } finally {
                        noticed.countDown();
                    }
                });
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            String stream = stream(gateway, "{\"prompt\":\"hi\",\"stream\":true}");
            assertThat(Client.finishReasons(stream, 0)).containsExactly("content_filter");
            assertThat(noticed.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aClientThatLeavesEndsTheServersAnswer() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    response.getHeaders().put("Content-Type", "text/event-stream");
                    try {
                        while (true) {
                            TestUpstream.write(out, Client.piece(0, "fine. "));
                        }
                    } finally {
                        noticed.countDown();
                    }
                });
                Gateway gateway = Client.gateway(upstream, onInputAlone())) {
            try (InputStream in = Client.open(gateway, "/v1/completions", "{\"prompt\":\"a\",\"stream\":true}")
                    .body()) {
                assertThat(in.readNBytes(1000)).hasSize(1000);
            }
            assertThat(noticed.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void oneOfSeveralChoicesIsBlockedAndTheOthersGoOn() throws Exception {
        List<String> events = List.of(
                Client.piece(0, "The secret"),
                Client.piece(1, "All is"),
                Client.piece(0, " word is."),
                Client.piece(1, " well"),
                Client.piece(0, " More. "),
                Client.finish(0, "stop"),
                Client.finish(1, "stop"),
                "data: [DONE]\n\n");
        try (TestUpstream upstream = TestUpstream.events(events);
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            String stream = stream(gateway, "{\"prompt\":[\"a\",\"b\"],\"stream\":true}");
            assertThat(Client.text(stream, 0)).isEmpty();
            assertThat(Client.finishReasons(stream, 0)).containsExactly("content_filter");
            assertThat(Client.text(stream, 1)).isEqualTo("All is well");
            assertThat(Client.finishReasons(stream, 1)).containsExactly("stop");
        }
    }

    @Test
    void everyTextOfAChatIsGuardedAlsoReasoningAndTheArgumentsOfTools() throws Exception {
        List<String> events = List.of(
                delta("{\"role\":\"assistant\",\"content\":\"\"}"),
                delta("{\"reasoning_content\":\"mail a@exa\"}"),
                delta("{\"reasoning_content\":\"mple.org\"}"),
                delta(
                        "{\"tool_calls\":[{\"index\":0,\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}"),
                delta("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"to\\\":\\\"b@example\"}}]}"),
                delta("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\".org\\\"}\"}}]}"),
                delta("{\"content\":\"Done\"}"),
                "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n",
                "data: [DONE]\n\n");
        try (TestUpstream upstream = TestUpstream.events(events);
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            HttpResponse<String> response =
                    Client.post(gateway, "/v1/chat/completions", "{\"messages\":[],\"stream\":true}");
            String stream = response.body();
            StringBuilder reasoning = new StringBuilder();
            StringBuilder arguments = new StringBuilder();
            StringBuilder names = new StringBuilder();
            for (String data : Client.data(stream)) {
                if (!data.equals("[DONE]")) {
                    JsonNode delta = Client.JSON.readTree(data).at("/choices/0/delta");
                    reasoning.append(delta.path("reasoning_content").asText(""));
                    arguments.append(
                            delta.at("/tool_calls/0/function/arguments").asText(""));
                    names.append(delta.at("/tool_calls/0/function/name").asText(""));
                }
            }
            assertThat(reasoning.toString()).isEqualTo("mail [EMAIL]");
            assertThat(arguments.toString()).isEqualTo("{\"to\":\"[EMAIL]\"}");
            assertThat(names.toString()).isEqualTo("f");
            assertThat(Client.text(stream, 0)).isEqualTo("Done");
            assertThat(Client.finishReasons(stream, 0)).containsExactly("tool_calls");
            assertThat(Client.counters(gateway)
                            .at("/stages/0/masked/pii/output")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    void aStreamThatEndsWithoutAnEndIsStillJudged() throws Exception {
        try (TestUpstream upstream = TestUpstream.events(List.of(Client.piece(0, "to a@example.org")));
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            String stream = stream(gateway, "{\"prompt\":\"hi\",\"stream\":true}");
            assertThat(Client.text(stream, 0)).isEqualTo("to [EMAIL]");
        }
        try (TestUpstream upstream = TestUpstream.events(List.of(Client.piece(0, "secret word")));
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            String stream = stream(gateway, "{\"prompt\":\"hi\",\"stream\":true}");
            assertThat(Client.text(stream, 0)).isEmpty();
            assertThat(Client.finishReasons(stream, 0)).containsExactly("content_filter");
        }
    }

    @Test
    void noOtherFormOfAStreamLeadsPastTheGuards() throws Exception {
        String tokens =
                "data: {\"choices\":[{\"index\":0,\"text\":\"a@example\",\"logprobs\":{\"tokens\":[\"a@example\"]},"
                        + "\"token_ids\":[7],\"finish_reason\":null}],\"usage\":{\"total_tokens\":1}}\n\n";
        List<String> events = List.of(
                "\uFEFF" + Client.piece(0, "b@example.org "),
                tokens,
                Client.piece(0, ".org").replace("data: ", "data:").replace("\n", "\r"),
                "event: x\ndata: {\"choices\":\ndata: [{\"index\":0,\"text\":\" c@example.org\"}]}\n\n",
                "data: {\"choices\":[{\"index\":0,\"text\":\" left c@example.org\"}]}");
        try (TestUpstream upstream = TestUpstream.events(events);
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            // Servers take more for true than a client of the API would send.
            String stream = stream(gateway, "{\"prompt\":\"hi\",\"stream\":\"yes\",\"logprobs\":1}");
            assertThat(Client.text(stream, 0)).isEqualTo("[EMAIL] [EMAIL] [EMAIL]");
            assertThat(stream)
                    .doesNotContain("@example")
                    .doesNotContain("token_ids")
                    .contains("total_tokens");
        }
    }

    @Test
    void wholeAnswersAreMaskedBlockedOrLeftAsTheyAre() throws Exception {
        assertThat(
                        whole(
                                "{ \"choices\": [ {\"index\":0,\"text\":\"Fine.\",\"logprobs\":{\"tokens\":[\"Fine\"]}} ], \"x\":1.0}"))
                .isEqualTo(
                        "{ \"choices\": [ {\"index\":0,\"text\":\"Fine.\",\"logprobs\":{\"tokens\":[\"Fine\"]}} ], \"x\":1.0}");
        assertThat(whole("{\"choices\":[{\"text\":\"to a@example.org\",\"logprobs\":{\"tokens\":[\"a@example\"]},"
                        + "\"finish_reason\":\"stop\"}],\"x\":1.0}"))
                .isEqualTo(
                        "{\"choices\":[{\"text\":\"to [EMAIL]\",\"logprobs\":null,\"finish_reason\":\"stop\"}],\"x\":1.0}");
        JsonNode blocked = Client.JSON.readTree(
                whole(
                        "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                                + "\"content\":null,\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"secret word\"}}]},"
                                + "\"finish_reason\":\"tool_calls\"},{\"index\":1,\"message\":{\"content\":\"Fine.\"},\"finish_reason\":\"stop\"}]}"));
        assertThat(blocked.at("/choices/0/message/content").asText()).contains("withheld by a content filter");
        assertThat(blocked.at("/choices/0/message/tool_calls").isMissingNode()).isTrue();
        assertThat(blocked.at("/choices/0/finish_reason").asText()).isEqualTo("content_filter");
        assertThat(blocked.at("/choices/1/message/content").asText()).isEqualTo("Fine.");
    }

    private static String whole(String answer) throws Exception {
        try (TestUpstream upstream = TestUpstream.json(answer);
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            HttpResponse<String> response =
                    Client.post(gateway, "/v1/completions", "{\"prompt\":\"hi\",\"logprobs\":1}");
            assertThat(response.headers().firstValue("x-weighbridge-gateway")).isPresent();
            assertThat(response.headers().firstValueAsLong("content-length"))
                    .hasValue(response.body().getBytes(StandardCharsets.UTF_8).length);
            return response.body();
        }
    }

    @Test
    void errorsOfTheServerGoThrough() throws Exception {
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    response.setStatus(422);
                    response.getHeaders().put("Content-Type", "text/plain");
                    TestUpstream.write(out, "not so");
                });
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            HttpResponse<String> response = Client.post(gateway, "/v1/completions", "{\"prompt\":\"hi\"}");
            assertThat(response.statusCode()).isEqualTo(422);
            assertThat(response.body()).isEqualTo("not so");
        }
    }

    @Test
    void connectionsToTheServerAreUsedAgain() throws Exception {
        try (TestUpstream upstream = TestUpstream.json(PASSES);
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            for (int i = 0; i < 10; i++) {
                assertThat(Client.post(gateway, "/v1/completions", "{\"prompt\":\"hi\"}")
                                .body())
                        .isEqualTo(PASSES);
            }
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void sixtyFourAtOnceGetEachItsOwn() throws Exception {
        int many = 64;
        CyclicBarrier all = new CyclicBarrier(many);
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    all.await(20, TimeUnit.SECONDS);
                    JsonNode body = Client.JSON.readTree(seen.body());
                    String text = "echo of " + body.path("prompt").asText() + " to x@example.org";
                    if (body.path("stream").asBoolean()) {
                        response.getHeaders().put("Content-Type", "text/event-stream");
                        for (String piece : pieces(text, 3)) {
                            TestUpstream.write(out, piece);
                        }
                        TestUpstream.write(out, "data: [DONE]\n\n");
                    } else {
                        response.getHeaders().put("Content-Type", "application/json");
                        TestUpstream.write(out, Client.piece(0, text).substring("data: ".length()));
                    }
                });
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                String body = "{\"prompt\":\"p" + i + " of a@example.org\",\"stream\":" + (i % 2 == 0) + "}";
                answers.add(Client.HTTP.sendAsync(
                        HttpRequest.newBuilder(gateway.endpoint().resolve("/v1/completions"))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()));
            }
            for (int i = 0; i < many; i++) {
                HttpResponse<String> answer = answers.get(i).get(25, TimeUnit.SECONDS);
                String text = i % 2 == 0
                        ? Client.text(answer.body(), 0)
                        : Client.JSON
                                .readTree(answer.body())
                                .at("/choices/0/text")
                                .asText();
                assertThat(text).isEqualTo("echo of p" + i + " of [EMAIL] to [EMAIL]");
            }
            JsonNode counters = Client.counters(gateway);
            assertThat(counters.path("requests").asInt()).isEqualTo(many);
            assertThat(counters.at("/stages/0/masked/pii/input").asInt()).isEqualTo(many);
            assertThat(counters.at("/stages/0/masked/pii/output").asInt()).isEqualTo(many);
            assertThat(counters.at("/stages/0/guard_time_us/calls").asInt()).isBetween(1, many);
        }
    }

    @Test
    void moreAtOnceThanTheBoundAreRefused() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    arrived.countDown();
                    go.await(20, TimeUnit.SECONDS);
                    TestUpstream.write(out, "done");
                });
                Gateway gateway = Gateway.start(
                        new Gateway.Options(
                                upstream.address(), "127.0.0.1", 0, 1, 1000, 1000, Duration.ofSeconds(20), true),
                        List.of())) {
            CompletableFuture<HttpResponse<String>> first = Client.HTTP.sendAsync(
                    HttpRequest.newBuilder(gateway.endpoint().resolve("/x")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
            HttpResponse<String> second = Client.post(gateway, "/x", "");
            assertThat(second.statusCode()).isEqualTo(429);
            assertThat(second.headers().firstValue("retry-after")).contains("1");
            go.countDown();
            assertThat(first.get(20, TimeUnit.SECONDS).body()).isEqualTo("done");
        }
    }

    @Test
    void aBodyBeyondTheBoundIsRefusedAndOneWithinGoesThrough() throws Exception {
        try (TestUpstream upstream = TestUpstream.json(PASSES);
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            // A client of the JDK may not see an answer that comes while it is still sending.
            assertThat(firstLine(gateway, "Content-Length: 10485760\r\n\r\n", 0))
                    .isEqualTo("HTTP/1.1 413 Payload Too Large");
            // Without a length in the head the bound holds too.
            assertThat(firstLine(gateway, "Transfer-Encoding: chunked\r\n\r\n", 8))
                    .isEqualTo("HTTP/1.1 413 Payload Too Large");
            assertThat(upstream.seen()).isEmpty();
            String seven = "{\"prompt\":\"" + "a ".repeat(7 << 19) + "\"}";
            assertThat(Client.post(gateway, "/v1/completions", seven).body()).isEqualTo(PASSES);
            assertThat(upstream.seen().get(0).text()).isEqualTo(seven);
        }
    }

    /** The first line of the answer to a request of which so many chunks of a MiB are sent, and one of a byte, without an end. */
    private static String firstLine(Gateway gateway, String lastHeader, int chunks) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gateway.endpoint().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("POST /v1/completions HTTP/1.1\r\nHost: x\r\n" + lastHeader).getBytes(StandardCharsets.US_ASCII));
            out.flush();
            byte[] chunk = ("100000\r\n" + "a".repeat(1 << 20) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < chunks; i++) {
                out.write(chunk);
            }
            out.write((chunks > 0 ? "1\r\na\r\n" : "").getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void aServerThatIsNotThereOrDiesIsAnError() throws Exception {
        URI nobody;
        try (TestUpstream upstream = TestUpstream.json("{}")) {
            nobody = upstream.address();
        }
        try (Gateway gateway =
                Gateway.start(Gateway.Options.before(nobody), List.of(new GuardStage(Client.chain(Map.of()))))) {
            HttpResponse<String> response = Client.post(gateway, "/v1/completions", "{\"prompt\":\"hi\"}");
            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(response.body()).contains("upstream_failed");
            assertThat(Client.post(gateway, "/v1/models", "").statusCode()).isEqualTo(502);
            assertThat(Client.counters(gateway).path("upstream_errors").asInt()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStreamThatDiesDiesForTheClientToo(boolean guarded) throws Exception {
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    response.getHeaders().put("Content-Type", "text/event-stream");
                    TestUpstream.write(out, Client.piece(0, "So far.\n"));
                    throw new IOException("the server dies");
                });
                Gateway gateway = Client.gateway(upstream, guarded ? Client.chain(Map.of()) : onInputAlone())) {
            assertThatThrownBy(() -> stream(gateway, "{\"prompt\":\"hi\",\"stream\":true}"))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aWholeAnswerThatBreaksOffOrCannotBeReadIsAnError() throws Exception {
        assertThat(badAnswer((seen, response, out) -> {
                    TestUpstream.write(out, "{\"choices\":");
                    throw new IOException("the server dies");
                }))
                .contains("did not answer to its end");
        assertThat(badAnswer((seen, response, out) -> TestUpstream.write(out, "<html>")))
                .contains("is not JSON");
        assertThat(badAnswer((seen, response, out) -> TestUpstream.write(out, "{\"text\":\"secret word\"}")))
                .contains("has no choices");
        assertThat(badAnswer((seen, response, out) -> TestUpstream.write(out, "{\"choices\":[\"secret word\"]}")))
                .contains("no object");
        assertThat(badAnswer((seen, response, out) -> {
                    byte[] piece = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
                    while (true) {
                        out.write(piece);
                    }
                }))
                .contains("did not answer to its end");
        assertThat(badAnswer((seen, response, out) -> {
                    response.getHeaders().put("Content-Encoding", "gzip");
                    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
                    try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
                        zip.write(PASSES.getBytes(StandardCharsets.UTF_8));
                    }
                    out.write(zipped.toByteArray());
                }))
                .contains("content coding");
    }

    private static String badAnswer(TestUpstream.Script script) throws Exception {
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    response.getHeaders().put("Content-Type", "application/json");
                    script.answer(seen, response, out);
                });
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            HttpResponse<String> response = Client.post(gateway, "/v1/completions", "{\"prompt\":\"hi\"}");
            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(upstream.seen().get(0).headers().get("Accept-Encoding")).isNull();
            return response.body();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"choices\":[{\"text\":\"secr",
                "data: [1,2",
                "data: {\"choices\":[3]}\n\n",
                "data: nonsense\n\n"
            })
    void anEventThatNeverEndsOrIsNoneBreaksTheStreamOff(String begin) throws Exception {
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> {
                    response.getHeaders().put("Content-Type", "text/event-stream");
                    TestUpstream.write(out, begin);
                    while (true) {
                        TestUpstream.write(out, "x".repeat(1 << 16));
                    }
                });
                Gateway gateway = Client.gateway(upstream, Client.chain(Map.of()))) {
            assertThatThrownBy(() -> stream(gateway, "{\"prompt\":\"hi\",\"stream\":true}"))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aServerThatDoesNotAnswerInTimeIsAnError() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestUpstream upstream = TestUpstream.of((seen, response, out) -> over.await(20, TimeUnit.SECONDS));
                Gateway gateway = Gateway.start(
                        new Gateway.Options(
                                upstream.address(), "127.0.0.1", 0, 8, 1000, 1000, Duration.ofMillis(300), true),
                        List.of())) {
            HttpResponse<String> response = Client.post(gateway, "/v1/completions", "{}");
            over.countDown();
            assertThat(response.statusCode()).isEqualTo(504);
            assertThat(response.body()).contains("upstream_timeout");
        }
    }

    @Test
    void whatCannotBeAnUpstreamOrABoundIsRefused() {
        for (String address : List.of("ftp://x", "http:/x", "http://x?y", "http://x#y", "x")) {
            assertThatThrownBy(() -> Gateway.Options.before(URI.create(address)))
                    .as(address)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(address);
        }
        URI good = URI.create("http://x:1");
        assertThatThrownBy(() -> new Gateway.Options(good, "h", 70_000, 1, 1, 1, Duration.ofSeconds(1), true))
                .hasMessageContaining("70000");
        assertThatThrownBy(() -> new Gateway.Options(good, "h", 0, 0, 1, 1, Duration.ofSeconds(1), true))
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> new Gateway.Options(good, "h", 0, 1, 1, 1, Duration.ZERO, true))
                .hasMessageContaining("longer than 0");
    }

    private static GuardChain onInputAlone() {
        return GuardChain.of(
                Map.of("guards", List.of(Map.of("type", "pii", "sides", "input"))),
                java.nio.file.Path.of("."),
                n -> null);
    }

    private static String stream(Gateway gateway, String body) throws IOException {
        try {
            return Client.post(gateway, "/v1/completions", body).body();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> pieces(String text, int size) {
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); at += size) {
            pieces.add(Client.piece(0, text.substring(at, Math.min(text.length(), at + size))));
        }
        return pieces;
    }

    private static String delta(String delta) {
        return "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":" + delta
                + ",\"finish_reason\":null}]}\n\n";
    }
}
