package dev.weighbridge.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A real HTTP/1.1 server on the loopback address whose answers are written byte by byte by the test. */
final class ScriptedServer implements AutoCloseable {
    static final String STREAM_HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    static final String TOKEN = chunk("data: {\"choices\":[{\"index\":0,\"text\":\" tok\"}]}\n\n");
    static final String END =
            chunk("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n")
                    + chunk("data: [DONE]\n\n") + "0\r\n\r\n";
    static final String GOOD = STREAM_HEAD + TOKEN + TOKEN + END;

    /** Answers one request; the connection stays open until the script closes it. */
    @FunctionalInterface
    interface Script {
        void answer(Exchange exchange) throws Exception;
    }

    /**
     * One request.
     *
     * @param number of the request at this server, from 0
     * @param onConnection number of the request on its connection, from 0
     */
    record Exchange(int number, int onConnection, String head, String body, Socket socket) {
        void send(String text) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        void cut() throws IOException {
            socket.close();
        }
    }

    private final ServerSocket listening;
    private final Script script;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private final Queue<Exchange> exchanges = new ConcurrentLinkedQueue<>();

    ScriptedServer(Script script) throws IOException {
        this.script = script;
        listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    /** The given events as one HTTP chunk each. */
    static String chunk(String event) {
        int length = event.getBytes(StandardCharsets.UTF_8).length;
        return Integer.toHexString(length) + "\r\n" + event + "\r\n";
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    int requests() {
        return requests.get();
    }

    int connections() {
        return connections.get();
    }

    Queue<Exchange> exchanges() {
        return exchanges;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                connections.incrementAndGet();
                open.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int onConnection = 0; ; onConnection++) {
                String head = head(in);
                int at = head.toLowerCase(Locale.ROOT).indexOf("content-length:");
                int length = Integer.parseInt(
                        head.substring(at + 15, head.indexOf('\r', at)).strip());
                String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                Exchange exchange = new Exchange(requests.getAndIncrement(), onConnection, head, body, socket);
                exchanges.add(exchange);
                script.answer(exchange);
            }
        } catch (Exception closed) {
            // The peer or the script closed the connection.
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("connection closed");
            }
            head.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.UTF_8);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
