package dev.weighbridge.engines.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client against gRPC servers that keep the protocol and servers that do not. */
class GrpcTransportTest {
    private static final Transport.Model MODEL = new Transport.Model("m", "");
    private static final Question QUESTION = new Question(Map.of(), List.of(), Map.of());

    private GrpcServer server;

    @BeforeEach
    void start() throws IOException {
        server = new GrpcServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Transport client(Duration patience) {
        return new GrpcTransport(server.address(), false, Map.of("X-Team", "blue"), patience);
    }

    private static byte[] text(String text) {
        byte[] raw = HexFormat.of().parseHex(String.format("%02x000000", text.length()));
        byte[] contents = (new String(raw, java.nio.charset.StandardCharsets.ISO_8859_1) + text)
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        return GrpcServer.message(
                2, GrpcServer.message(5, GrpcServer.message(1, "text_output", 2, "BYTES"), 6, contents));
    }

    private static byte[] last() {
        return GrpcServer.message(
                2,
                GrpcServer.message(4, GrpcServer.message(1, "triton_final_response", 2, GrpcServer.message(1, true))));
    }

    /** Responses with outputs until the end of the answer. */
    private static int read(Responses responses) {
        try (responses) {
            int count = 0;
            for (Response response = responses.next(); response != null; response = responses.next()) {
                count += response.outputs().isEmpty() ? 0 : 1;
            }
            return count;
        }
    }

    private EngineException failure(Duration patience) {
        try (Transport client = client(patience)) {
            return catchThrowableOfType(EngineException.class, () -> read(client.ask(MODEL, QUESTION, true)));
        }
    }

    @Test
    void anAnswerIsWholeWithItsLastResponseThoughTheStreamStaysOpen() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        server.on("ModelStreamInfer", (request, answers) -> {
            answers.send(text("a"));
            answers.send(text("b"));
            answers.send(last());
            over.await();
            return Status.OK;
        });
        try (Transport client = client(Duration.ofSeconds(20))) {
            assertThat(read(client.ask(MODEL, QUESTION, true))).isEqualTo(2);
        } finally {
            over.countDown();
        }
        assertThat(server.header("ModelStreamInfer", "x-team")).isEqualTo("blue");
    }

    @Test
    void anAnswerWithoutALastResponseIsWholeWhereTheServerEndsTheCallWell() {
        server.answering("ModelStreamInfer", text("a"), text(""), text("b"));
        try (Transport client = client(Duration.ofSeconds(20))) {
            assertThat(read(client.ask(MODEL, QUESTION, true))).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT,BAD_REQUEST",
        "NOT_FOUND,BAD_REQUEST",
        "UNIMPLEMENTED,BAD_REQUEST",
        "DEADLINE_EXCEEDED,TIMED_OUT",
        "UNAVAILABLE,FAILED",
        "INTERNAL,FAILED",
        "RESOURCE_EXHAUSTED,FAILED",
        "CANCELLED,FAILED",
        "UNKNOWN,FAILED"
    })
    void eachStatusIsOneKindOfFailureInAStreamAndInACall(Status.Code code, Category category) {
        server.on("ModelStreamInfer", (request, answers) -> {
            answers.send(text("a"));
            return code.toStatus().withDescription("so\u001b it is");
        });
        server.on("ModelInfer", (request, answers) -> code.toStatus().withDescription("so it is"));

        assertThat(failure(Duration.ofSeconds(20)).category()).isEqualTo(category);
        try (Transport client = client(Duration.ofSeconds(20))) {
            EngineException call =
                    catchThrowableOfType(EngineException.class, () -> client.ask(MODEL, QUESTION, false));
            assertThat(call.category()).isEqualTo(category);
            assertThat(call.getCause() instanceof IOException).as("lost").isEqualTo(code == Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void anErrorInTheStreamIsAFailureWithItsReason() {
        server.answering("ModelStreamInfer", text("a"), GrpcServer.message(1, "out of\u001b memory"));

        assertThat(failure(Duration.ofSeconds(20)))
                .hasMessageContaining("the model failed while it answered: out of  memory")
                .extracting(EngineException::category)
                .isEqualTo(Category.FAILED);
    }

    @Test
    void bytesThatAreNoMessageAreMalformedAndNoLostConnection() {
        server.answering("ModelStreamInfer", new byte[] {0x12, 0x70, 0x01});

        assertThat(failure(Duration.ofSeconds(20)))
                .hasMessageContaining("malformed response")
                .hasNoCause();
    }

    @Test
    void aMessageBeyondTheBoundIsRefusedUnread() {
        server.answering("ModelStreamInfer", new byte[GrpcTransport.MESSAGE_BYTES + 1]);

        assertThat(failure(Duration.ofSeconds(20))).hasMessageContaining("RESOURCE_EXHAUSTED");
    }

    @Test
    void silenceEndsWithThePatienceAndTheCallIsGivenUp() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        server.on("ModelStreamInfer", (request, answers) -> {
            answers.send(text("a"));
            over.await();
            return Status.OK;
        });

        assertThat(failure(Duration.ofMillis(300)).category()).isEqualTo(Category.TIMED_OUT);
        assertThat(server.cancelled().await(20, TimeUnit.SECONDS)).isTrue();
        over.countDown();
        server.on("ModelInfer", (request, answers) -> null);
        try (Transport client = client(Duration.ofMillis(300))) {
            assertThat(catchThrowableOfType(EngineException.class, () -> client.ask(MODEL, QUESTION, false))
                            .category())
                    .isEqualTo(Category.TIMED_OUT);
        }
    }

    @Test
    void anAnswerThatIsNotWantedToItsEndIsGivenUp() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        server.on("ModelStreamInfer", (request, answers) -> {
            answers.send(text("a"));
            over.await();
            return Status.OK;
        });
        try (Transport client = client(Duration.ofSeconds(20));
                Responses responses = client.ask(MODEL, QUESTION, true)) {
            assertThat(responses.next()).isNotNull();
        }
        assertThat(server.cancelled().await(20, TimeUnit.SECONDS)).isTrue();
        over.countDown();
    }

    @Test
    void aConnectionThatIsResetOrRefusedIsLost() throws IOException {
        try (ServerSocket resetting = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread closing = new Thread(() -> {
                try {
                    while (true) {
                        Socket socket = resetting.accept();
                        socket.setSoLinger(true, 0);
                        socket.close();
                    }
                } catch (IOException closed) {
                    return;
                }
            });
            closing.setDaemon(true);
            closing.start();
            assertLost("127.0.0.1:" + resetting.getLocalPort());
        }
        assertLost("127.0.0.1:1");
    }

    private static void assertLost(String address) {
        try (Transport client = new GrpcTransport(address, false, Map.of(), Duration.ofSeconds(20))) {
            EngineException lost = catchThrowableOfType(EngineException.class, client::serverReady);
            assertThat(lost.category()).isEqualTo(Category.FAILED);
            assertThat(lost).hasCauseInstanceOf(IOException.class).hasMessageContaining(address);
            assertThat(catchThrowableOfType(EngineException.class, () -> read(client.ask(MODEL, QUESTION, true))))
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void anInterruptedCallerIsToldAndStaysInterrupted() {
        server.on("ModelStreamInfer", (request, answers) -> null);
        try (Transport client = client(Duration.ofSeconds(20))) {
            Responses responses = client.ask(MODEL, QUESTION, true);
            Thread.currentThread().interrupt();
            EngineException interrupted = catchThrowableOfType(EngineException.class, () -> read(responses));
            assertThat(interrupted).hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aServerWithoutAnIndexListsNoModels() {
        try (Transport client = client(Duration.ofSeconds(20))) {
            assertThat(client.models()).isEmpty();
        }
    }
}
