package dev.weighbridge.engines.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.TokenListener;
import dev.weighbridge.engines.triton.ModelDescription.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client against a server whose every byte the test writes. */
class HttpTransportTest {
    private static final Transport.Model MODEL = new Transport.Model("m", "");
    private static final int MOST = 1 << 16;
    private static final String STREAM =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String END = "0\r\n\r\n";
    private static final Tensors TENSORS = Tensors.of(
            new ModelDescription(
                    "m",
                    List.of(),
                    "",
                    List.of(
                            new Tensor("text_input", "BYTES", List.of(1L)),
                            new Tensor("max_tokens", "INT32", List.of(1L))),
                    List.of(new Tensor("text_output", "BYTES", List.of(1L)))),
            Map.of());

    private ServerSocket listening;
    private volatile byte[] answer = {};
    private volatile boolean hangs;
    private volatile String received = "";

    @BeforeEach
    void start() throws IOException {
        listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread serving = new Thread(this::serve, "raw-server");
        serving.setDaemon(true);
        serving.start();
    }

    @AfterEach
    void stop() throws IOException {
        listening.close();
    }

    private void serve() {
        try {
            while (true) {
                Socket socket = listening.accept();
                InputStream in = socket.getInputStream();
                byte[] request = new byte[1 << 16];
                received = new String(request, 0, Math.max(0, in.read(request)), StandardCharsets.UTF_8);
                OutputStream out = socket.getOutputStream();
                out.write(answer);
                out.flush();
                if (!hangs) {
                    socket.close();
                }
            }
        } catch (IOException closed) {
            return;
        }
    }

    private Transport client() {
        URI base = URI.create("http://127.0.0.1:" + listening.getLocalPort());
        return new HttpTransport(
                new Endpoint(base, "", Endpoint.KSERVE, Map.of(), Map.of()),
                hangs ? Duration.ofMillis(300) : Duration.ofSeconds(20),
                MOST);
    }

    private void answers(String text) {
        answer = text.getBytes(StandardCharsets.UTF_8);
    }

    private static String event(String json) {
        return chunk("data: " + json + "\n\n");
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    private static String status(int status, String body) {
        return "HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private Completion generate(boolean streamed) {
        GenerationRequest request = new GenerationRequest("Once", 4, GenerationRequest.Sampling.GREEDY, List.of());
        Questions questions = new Questions(TENSORS, Map.of(), streamed);
        try (Transport client = client()) {
            return new Reading(TENSORS, request, TokenListener.NONE)
                    .read(client.ask(MODEL, questions.question(request), streamed));
        }
    }

    private EngineException failure(boolean streamed) {
        return catchThrowableOfType(EngineException.class, () -> generate(streamed));
    }

    @Test
    void anAnswerIsWholeWhenItsBodyEndsAsHttpSays() {
        answers(STREAM
                + event("{\"text_output\":\"a\",\"num_output_tokens\":1}")
                + event("{\"text_output\":[\"b\",\"x\"]}")
                + event("{\"model_name\":\"m\"}")
                + END);

        assertThat(generate(true)).isEqualTo(new Completion("ab", -1, 1, Completion.FinishReason.STOP));
        assertThat(received).startsWith("POST /v2/models/m/generate_stream HTTP/1.1\r\n");
    }

    @Test
    void anAnswerThatIsCutIsALostConnection() {
        answers(STREAM + event("{\"text_output\":\"a\"}"));

        assertThat(failure(true).category()).isEqualTo(Category.FAILED);
        assertThat(failure(true)).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void silenceEndsWithThePatience() {
        hangs = true;
        answers(STREAM + event("{\"text_output\":\"a\"}"));

        assertThat(failure(true).category()).isEqualTo(Category.TIMED_OUT);
        assertThat(failure(false).category()).isEqualTo(Category.TIMED_OUT);
    }

    @Test
    void anAnswerWithoutAResponseIsAFailure() {
        answers(STREAM + END);

        assertThat(failure(true)).hasMessageContaining("gave no response");
    }

    @ParameterizedTest
    @CsvSource({"400,BAD_REQUEST", "404,BAD_REQUEST", "501,BAD_REQUEST", "500,FAILED", "503,FAILED"})
    void aRefusalHasTheServersReason(int status, Category category) {
        for (String body : List.of("{\"error\":\"no such thing\"}", "data: {\"error\":\"no such thing\"}\n\n")) {
            answers(status(status, body));
            for (boolean streamed : new boolean[] {true, false}) {
                assertThat(failure(streamed).category()).isEqualTo(category);
                assertThat(failure(streamed)).hasMessageEndingWith("answered HTTP " + status + ": no such thing");
            }
        }
        answers(status(status, "plain\u0007 text"));
        assertThat(failure(true)).hasMessageEndingWith("plain  text");
    }

    @Test
    void anErrorInTheStreamIsAFailureWithItsReason() {
        answers(STREAM + event("{\"text_output\":\"a\"}") + event("{\"error\":\"out of\\u001b memory\"}") + END);

        assertThat(failure(true)).hasMessageContaining("failed while it answered: out of  memory");
        answers(status(200, "{\"error\":\"exactly 1 response\"}"));
        assertThat(failure(false)).hasMessageContaining("exactly 1 response");
    }

    @Test
    void whatIsNoJsonIsMalformed() {
        for (String event : List.of("{\"text_output\":", "[DONE]", "[]", "{} {}", "\"a\"")) {
            answers(STREAM + event(event) + END);
            assertThat(failure(true)).as(event).hasMessageContaining("malformed event");
        }
        for (String body : List.of("{\"outputs\":", "{\"outputs\":[]}", "{}")) {
            answers(status(200, body));
            assertThat(failure(false)).as(body).hasMessageContaining("malformed");
        }
    }

    @Test
    void halfACharacterIsReplacedAndEndsNothing() {
        byte[] stream = (STREAM + event("{\"text_output\":\"?\"}") + event("{\"text_output\":\"b\"}") + END)
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < stream.length; i++) {
            // As Triton 2.51 sends bytes that its model cut in the middle of a character.
            stream[i] = stream[i] == '?' ? (byte) 0xC3 : stream[i];
        }
        answer = stream;

        assertThat(generate(true).text()).isEqualTo("\uFFFDb");
    }

    @Test
    void anEventOrAnAnswerBeyondTheBoundIsRefused() {
        answers(STREAM + chunk("data: " + "x".repeat(MOST)) + chunk("x") + END);
        assertThat(failure(true)).hasMessageContaining("of more than " + MOST + " bytes");

        answers(status(200, "x".repeat(MOST + 1)));
        assertThat(failure(false)).hasMessageContaining("longer than " + MOST + " bytes");
    }

    @Test
    void aModelsNameCannotLeadToAnotherResource() {
        answers(status(404, "{\"error\":\"unknown\"}"));
        try (Transport client = client()) {
            assertThat(catchThrowableOfType(
                            EngineException.class, () -> client.model(new Transport.Model("../repository?x", "7"))))
                    .hasMessageContaining("unknown");
        }
        assertThat(received).startsWith("GET /v2/models/..%2Frepository%3Fx/versions/7 HTTP/1.1\r\n");
    }

    @Test
    void nobodyListeningIsALostConnection() throws IOException {
        listening.close();

        assertThat(failure(true)).hasCauseInstanceOf(IOException.class);
    }
}
