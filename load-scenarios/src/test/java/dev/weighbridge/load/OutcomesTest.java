package dev.weighbridge.load;

import static dev.weighbridge.load.ScriptedServer.END;
import static dev.weighbridge.load.ScriptedServer.GOOD;
import static dev.weighbridge.load.ScriptedServer.STREAM_HEAD;
import static dev.weighbridge.load.ScriptedServer.TOKEN;
import static dev.weighbridge.load.ScriptedServer.chunk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.RequestTiming;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a request can end, against a real server that behaves that way. */
class OutcomesTest {
    private static final LoadScenario SHORT = LoadRuns.poisson(60, 150);

    @TempDir
    Path folder;

    @Test
    void tooManyRequestsAndUnavailableAreRejections() throws Exception {
        assertThat(run("HTTP/1.1 429 Too Many Requests\r\ncontent-length: 9\r\n\r\nslow\ndown"))
                .allSatisfy(timing -> {
                    assertThat(timing.outcome()).isEqualTo(Outcome.REJECTED);
                    assertThat(timing.httpStatus()).isEqualTo(429);
                    assertThat(timing.detail()).isEqualTo("HTTP 429: slow down");
                });
        assertThat(run("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"))
                .allMatch(timing -> timing.outcome() == Outcome.REJECTED && timing.httpStatus() == 503);
    }

    @Test
    void otherStatusCodesAreFailuresWithABoundedExcerpt() throws Exception {
        String body = "no such model ".repeat(1_000);
        assertThat(run("HTTP/1.1 500 Oops\r\ncontent-length: " + body.length() + "\r\n\r\n" + body))
                .allSatisfy(timing -> {
                    assertThat(timing.outcome()).isEqualTo(Outcome.FAILED_HTTP_STATUS);
                    assertThat(timing.detail())
                            .startsWith("HTTP 500: no such model")
                            .hasSizeLessThanOrEqualTo(200);
                    assertThat(timing.chunkNanos()).isEmpty();
                });
        assertThat(run("HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n"))
                .allMatch(timing -> timing.outcome() == Outcome.FAILED_HTTP_STATUS && timing.httpStatus() == 302);
    }

    @Test
    void aConnectionCutInsideTheStreamIsTruncation() throws Exception {
        List<RequestTiming> timings;
        int requests;
        try (ScriptedServer server = new ScriptedServer(exchange -> {
            exchange.send(STREAM_HEAD + TOKEN);
            exchange.cut();
        })) {
            timings = LoadRuns.run(server.endpoint(), SHORT, folder).timings();
            requests = server.requests();
        }

        assertThat(timings).isNotEmpty().hasSize(requests).allSatisfy(timing -> {
            assertThat(timing.outcome()).isEqualTo(Outcome.FAILED_TRUNCATED);
            assertThat(timing.chunkNanos()).hasSize(1);
            assertThat(timing.httpStatus()).isEqualTo(200);
        });
    }

    @Test
    void aStreamThatEndsWithoutItsMarkIsTruncated() throws Exception {
        assertThat(run(STREAM_HEAD + TOKEN + "0\r\n\r\n"))
                .allMatch(timing -> timing.outcome() == Outcome.FAILED_TRUNCATED);
    }

    @Test
    void aStreamWithoutOutputIsEmpty() throws Exception {
        assertThat(run(STREAM_HEAD + chunk("data: {\"choices\":[{\"text\":\"\"}]}\n\n") + END))
                .allMatch(timing -> timing.outcome() == Outcome.FAILED_EMPTY);
    }

    @Test
    void brokenEventsAreAMalformedStreamAndEndTheRequestAtOnce() throws Exception {
        assertThat(run(STREAM_HEAD + TOKEN + chunk("data: {broken\n\n"))).allSatisfy(timing -> {
            assertThat(timing.outcome()).isEqualTo(Outcome.FAILED_MALFORMED_STREAM);
            assertThat(timing.detail()).contains("{broken");
        });
        assertThat(run("HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"choices\": []}"))
                .allMatch(timing -> timing.outcome() == Outcome.FAILED_MALFORMED_STREAM);
        assertThat(run(STREAM_HEAD + TOKEN + "not a chunk length\r\n"))
                .allMatch(timing -> timing.outcome() == Outcome.FAILED_MALFORMED_STREAM);
    }

    @Test
    void anErrorInsideTheStreamIsTheEnginesFailure() throws Exception {
        assertThat(run(STREAM_HEAD + TOKEN + chunk("data: {\"error\":{\"message\":\"CUDA out of memory\"}}\n\n") + END))
                .allSatisfy(timing -> {
                    assertThat(timing.outcome()).isEqualTo(Outcome.FAILED_ENGINE);
                    assertThat(timing.detail()).isEqualTo("CUDA out of memory");
                });
    }

    @Test
    void aRefusedConnectionIsAConnectFailure() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        List<RequestTiming> timings = LoadRuns.run(URI.create("http://127.0.0.1:" + port), SHORT, folder)
                .timings();

        assertThat(timings).isNotEmpty().allSatisfy(timing -> {
            assertThat(timing.outcome()).isEqualTo(Outcome.FAILED_CONNECT);
            assertThat(timing.sentNanos()).isEqualTo(-1);
            assertThat(timing.httpStatus()).isZero();
            assertThat(timing.endNanos()).isGreaterThanOrEqualTo(timing.intendedNanos());
        });
    }

    @Test
    void aClosedLoopAgainstARefusingServerDoesNotSpin() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        LoadRuns.Result result = LoadRuns.run(URI.create("http://127.0.0.1:" + port), LoadRuns.closed(2, 500), folder);

        // At most one attempt of each user in 50 ms.
        assertThat(result.timings()).hasSizeBetween(2, 20);
        assertThat(result.timings()).allMatch(timing -> timing.outcome() == Outcome.FAILED_CONNECT);
    }

    @Test
    void anUnknownHostIsAConnectFailure() {
        List<RequestTiming> timings = LoadRuns.run(URI.create("http://host.invalid:80"), SHORT, folder)
                .timings();

        assertThat(timings).isNotEmpty().allMatch(timing -> timing.outcome() == Outcome.FAILED_CONNECT);
    }

    @Test
    void aServerThatDoesNotSpeakTlsIsATlsFailure() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> answerInPlainText(server));
            answers.setDaemon(true);
            answers.start();

            List<RequestTiming> timings = LoadRuns.run(
                            URI.create("https://127.0.0.1:" + server.getLocalPort()), SHORT, folder)
                    .timings();

            assertThat(timings).isNotEmpty().allMatch(timing -> timing.outcome() == Outcome.FAILED_TLS);
        }
    }

    private static void answerInPlainText(ServerSocket server) {
        try {
            while (true) {
                var socket = server.accept();
                socket.getInputStream().read(new byte[16]);
                socket.getOutputStream()
                        .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            }
        } catch (java.io.IOException closed) {
            // The test is over.
        }
    }

    @Test
    void anAnswerThatDoesNotComeInTimeIsATimeout() throws Exception {
        LoadScenario scenario = LoadRuns.scenario(new Poisson(60), 150, Duration.ofMillis(200), 10);
        try (ScriptedServer silent = new ScriptedServer(exchange -> {});
                ScriptedServer stuck = new ScriptedServer(exchange -> exchange.send(STREAM_HEAD + TOKEN))) {
            assertThat(LoadRuns.run(silent.endpoint(), scenario, folder).timings())
                    .isNotEmpty()
                    .allSatisfy(timing -> {
                        assertThat(timing.outcome()).isEqualTo(Outcome.TIMED_OUT);
                        assertThat(timing.endNanos() - timing.intendedNanos()).isGreaterThanOrEqualTo(200_000_000);
                    });
            assertThat(LoadRuns.run(stuck.endpoint(), scenario, folder).timings())
                    .isNotEmpty()
                    .allSatisfy(timing -> {
                        assertThat(timing.outcome()).isEqualTo(Outcome.TIMED_OUT);
                        assertThat(timing.chunkNanos()).hasSize(1);
                    });
        }
    }

    @Test
    void anAnswerWithItsEndMarkCountsAlthoughTheConnectionIsCutAfterIt() throws Exception {
        try (ScriptedServer server = new ScriptedServer(exchange -> {
            exchange.send(STREAM_HEAD + TOKEN + chunk("data: [DONE]\n\n"));
            exchange.cut();
        })) {
            assertThat(LoadRuns.run(server.endpoint(), SHORT, folder).timings())
                    .isNotEmpty()
                    .allMatch(timing -> timing.outcome() == Outcome.COMPLETED);
        }
    }

    @Test
    void aRequestRepeatedOnADeadPooledConnectionKeepsItsFirstSendTimeAndSaysSo() throws Exception {
        try (ScriptedServer server = new ScriptedServer(exchange -> {
            if (exchange.onConnection() == 0) {
                exchange.send(GOOD);
            } else {
                exchange.cut();
            }
        })) {
            List<RequestTiming> timings = LoadRuns.run(server.endpoint(), LoadRuns.closed(1, 1_000), folder)
                    .timings();

            assertThat(timings).hasSizeGreaterThan(1).allMatch(timing -> timing.outcome() == Outcome.COMPLETED);
            assertThat(timings.get(0).detail()).isNull();
            assertThat(timings.get(1).detail()).startsWith("sent 2 times");
            assertThat(timings).extracting(RequestTiming::attempts).startsWith(null, 2);
            assertThat(server.requests()).isGreaterThan(timings.size());
        }
    }

    private List<RequestTiming> run(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(answer))) {
            List<RequestTiming> timings =
                    LoadRuns.run(server.endpoint(), SHORT, folder).timings();
            assertThat(timings).isNotEmpty();
            return timings;
        }
    }

    @Test
    void recordsAreHandedOverOffTheThreadsThatMeasure() throws IOException {
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(GOOD))) {
            Set<Thread> threads = new HashSet<>();
            new GatlingLoadGenerator()
                    .run(
                            Endpoint.of(server.endpoint(), "demo"),
                            LoadRuns.closed(2, 300),
                            null,
                            timing -> threads.add(Thread.currentThread()));
            assertThat(threads).as("the one that waits for the run's end").containsExactly(Thread.currentThread());
        }
    }
}
