package dev.weighbridge.inference.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EventStreamTest {
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final CountDownLatch broken = new CountDownLatch(1);
    private volatile Consumer<EventStream> sender = events -> events.end(true);

    @BeforeEach
    void startServer() throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                EventStream events = new EventStream(request, response, callback, broken::countDown);
                new Thread(() -> sender.accept(events), "sender").start();
                return true;
            }
        });
        server.start();
    }

    @AfterEach
    void stopServer() throws Exception {
        server.stop();
    }

    @Test
    void eventsArriveInOrderAndEndWithTheEndMark() throws IOException, InterruptedException {
        List<String> expected = new ArrayList<>();
        sender = events -> {
            for (int i = 0; i < 2000; i++) {
                events.send(Integer.toString(i).getBytes(StandardCharsets.UTF_8));
            }
            events.end(true);
            events.send("late".getBytes(StandardCharsets.UTF_8));
        };
        for (int i = 0; i < 2000; i++) {
            expected.add("data: " + i);
            expected.add("");
        }
        expected.add("data: [DONE]");
        expected.add("");
        HttpResponse<List<String>> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/"))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        head -> HttpResponse.BodySubscribers.mapping(
                                HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8),
                                text -> text.lines().toList()));
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(response.body()).isEqualTo(expected);
        assertThat(broken.getCount()).isEqualTo(1);
    }

    @Test
    void anEventLargerThanTheBoundReachesAClientThatReads() throws Exception {
        int size = 3 * EventStream.MAXIMUM_WAITING_BYTES;
        sender = events -> {
            events.send("first".getBytes(StandardCharsets.UTF_8));
            events.send("x".repeat(size).getBytes(StandardCharsets.UTF_8));
            events.end(true);
        };
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/"))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo("data: first\n\ndata: " + "x".repeat(size) + "\n\ndata: [DONE]\n\n");
        assertThat(broken.getCount()).isEqualTo(1);
    }

    @Test
    void clientThatDoesNotReadBreaksTheStreamAndNeverBlocksTheSender() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        sender = events -> {
            byte[] large = "x".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 1000 && broken.getCount() > 0; i++) {
                events.send(large);
            }
            sent.countDown();
        };
        try (Socket client = request()) {
            assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(broken.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.isClosed()).isFalse();
        }
    }

    @Test
    void clientThatIsGoneBreaksTheStream() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        sender = events -> {
            events.send("first".getBytes(StandardCharsets.UTF_8));
            awaitQuietly(gone);
            while (broken.getCount() > 0 && !Thread.currentThread().isInterrupted()) {
                events.send("next".getBytes(StandardCharsets.UTF_8));
            }
        };
        try (Socket client = request()) {
            assertThat(client.getInputStream().read()).isEqualTo('H');
            client.setSoLinger(true, 0);
        }
        gone.countDown();
        assertThat(broken.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private Socket request() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
