package dev.weighbridge.engines.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.TokenListener;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against servers that keep the protocol and servers that do not. */
class OpenAiClientTest {
    private static final GenerationRequest REQUEST =
            new GenerationRequest("Once", 4, new GenerationRequest.Sampling(0.5, 3, 0.9, 7L), List.of("\n", "END"));

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch testOver = new CountDownLatch(1);
    private HttpServer server;
    private volatile String received = "";
    private volatile int status = 200;
    private volatile byte[] answer = {};
    private volatile boolean hangs;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            received = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(answer);
                body.flush();
                if (hangs) {
                    testOver.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        testOver.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void answerIsStreamedWithItsCounts() throws IOException {
        stream(chunk(" there", null), chunk(" was", null), chunk("", "length"), usage(3, 2), "[DONE]");
        List<String> pieces = new ArrayList<>();
        Completion completion = client().generate(REQUEST, pieces::add);
        assertThat(completion).isEqualTo(new Completion(" there was", 3, 2, Completion.FinishReason.LENGTH));
        assertThat(pieces).containsExactly(" there", " was");
        JsonNode sent = new ObjectMapper().readTree(received);
        assertThat(sent).isEqualTo(new ObjectMapper().readTree("""
                                {"model":"tiny","prompt":"Once","max_tokens":4,"temperature":0.5,"top_p":0.9,"top_k":3,
                                "seed":7,"stop":["\\n","END"],"stream":true,"stream_options":{"include_usage":true}}"""));
    }

    @Test
    void streamThatEndsEarlyIsAFailure() {
        stream(chunk(" there", null));
        assertThat(failure()).satisfies(e -> assertThat(e.category()).isEqualTo(Category.FAILED));
        assertThat(failure()).hasMessageContaining("ended its stream without a finish_reason");
    }

    @Test
    void endMarkMayBeMissingAfterAFinishReason() {
        stream(chunk(" there", null), chunk("", "stop"));
        assertThat(client().generate(REQUEST, TokenListener.NONE).text()).isEqualTo(" there");
    }

    @Test
    void endMarkWithoutAFinishReasonIsAFailure() {
        stream(chunk(" there", null), "[DONE]");
        assertThat(failure()).hasMessageContaining("ended its stream without a finish_reason");
    }

    @Test
    void errorInTheStreamIsAFailureWithItsReason() {
        stream(chunk(" there", null), "{\"error\":{\"message\":\"out of\\u001b memory\"}}");
        assertThat(failure().category()).isEqualTo(Category.FAILED);
        assertThat(failure()).hasMessageContaining("out of  memory");
    }

    @Test
    void eventThatIsNotJsonIsAFailure() {
        stream("{\"choices\":");
        assertThat(failure()).hasMessageContaining("malformed event");
    }

    @Test
    void endlessEventIsCutOff() {
        answer = ("data: " + "x".repeat(OpenAiClient.ANSWER_BYTES)).getBytes(StandardCharsets.UTF_8);
        assertThat(failure()).hasMessageContaining("sent a line of more than " + OpenAiClient.ANSWER_BYTES + " bytes");
    }

    @Test
    void endlessTextIsCutOff() {
        String[] events = new String[9];
        Arrays.fill(events, chunk("x".repeat(OpenAiClient.ANSWER_BYTES / 8), null));
        stream(events);
        assertThat(failure()).hasMessageContaining("more than " + OpenAiClient.ANSWER_BYTES + " characters");
    }

    @Test
    void largeEventIsReadWhole() {
        String text = "\u20acx".repeat(5 << 20);
        stream(chunk(text, null), chunk("", "length"), usage(3, 2), "[DONE]");
        assertThat(client().generate(REQUEST, TokenListener.NONE).text()).isEqualTo(text);
    }

    @Test
    void refusalHasItsCategoryAndMessage() {
        answer = "{\"error\":{\"message\":\"prompt is too long\"}}".getBytes(StandardCharsets.UTF_8);
        for (int refused : new int[] {400, 404, 413, 422}) {
            status = refused;
            assertThat(failure().category()).isEqualTo(Category.BAD_REQUEST);
            assertThat(failure()).hasMessageContaining("HTTP " + refused + ": prompt is too long");
        }
        for (int failed : new int[] {429, 500, 503}) {
            status = failed;
            assertThat(failure().category()).isEqualTo(Category.FAILED);
        }
    }

    @Test
    void refusalThatIsNotJsonIsShownBounded() {
        status = 500;
        answer = ("<html>\u0007" + "x".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
        assertThat(failure().getMessage())
                .contains("HTTP 500: <html> xxx")
                .doesNotContain("\u0007")
                .hasSizeLessThan(700);
    }

    @Test
    void silentServerTimesOut() {
        stream(chunk(" there", null));
        hangs = true;
        EngineException failure = catchThrowableOfType(
                EngineException.class,
                () -> new OpenAiClient(Endpoint.of(endpoint(), "tiny"), Duration.ofMillis(300))
                        .generate(REQUEST, TokenListener.NONE));
        assertThat(failure.category()).isEqualTo(Category.TIMED_OUT);
    }

    @Test
    void refusedConnectionHasAnIoExceptionAsCause() {
        server.stop(0);
        assertThat(failure()).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void logitsAreReadLittleEndian() {
        ByteBuffer bytes = ByteBuffer.allocate(4 * 10).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(2).putInt(3).putInt(7).putInt(8);
        for (int i = 0; i < 6; i++) {
            bytes.putFloat(i + 0.5f);
        }
        answer = bytes.array();
        assertThat(client().logits("x").tokens()).containsExactly(7, 8);
        assertThat(client().logits("x").vocabularySize()).isEqualTo(3);
        assertThat(client().logits("x").values()).containsExactly(0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f);
    }

    @Test
    void logitsOfAnotherSizeThanTheySayAreMalformed() {
        for (int rows : new int[] {-1, 1, 3, Integer.MAX_VALUE}) {
            answer = ByteBuffer.allocate(4 * 10)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(rows)
                    .putInt(3)
                    .array();
            EngineException failure = catchThrowableOfType(EngineException.class, () -> client().logits("x"));
            assertThat(failure).as("rows " + rows).hasMessageContaining("malformed logits");
        }
    }

    private EngineException failure() {
        return catchThrowableOfType(EngineException.class, () -> client().generate(REQUEST, TokenListener.NONE));
    }

    private OpenAiClient client() {
        return new OpenAiClient(Endpoint.of(endpoint(), "tiny"), Duration.ofSeconds(20));
    }

    private URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void stream(String... events) {
        StringBuilder text = new StringBuilder();
        for (String event : events) {
            text.append("data: ").append(event).append("\n\n");
        }
        answer = text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String chunk(String text, String finish) {
        return "{\"choices\":[{\"index\":0,\"text\":\"" + text + "\",\"finish_reason\":"
                + (finish == null ? "null" : "\"" + finish + "\"") + "}],\"usage\":null}";
    }

    private static String usage(int prompt, int output) {
        return "{\"choices\":[],\"usage\":{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":" + output + "}}";
    }
}
