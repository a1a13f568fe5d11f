package dev.weighbridge.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An HTTP proxy of tests: whatever host it is asked for, it connects to one server on this machine. It opens tunnels (CONNECT) and passes
 * on requests that are handed to it whole, and notes the head of each.
 */
public final class RecordingProxy implements AutoCloseable {
    private static final String HEAD_END = "\r\n\r\n";

    private final ServerSocket listening;
    private final int target;
    private final String authorization;
    private final Queue<String> heads = new ConcurrentLinkedQueue<>();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

    private RecordingProxy(int target, String authorization) throws IOException {
        this.target = target;
        this.authorization = authorization;
        listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    }

    /**
     * Starts one.
     *
     * @param target port of this machine that it connects to
     */
    public static RecordingProxy to(int target) throws IOException {
        return to(target, "");
    }

    /**
     * Starts one that lets nobody through without credentials.
     *
     * @param authorization value of the header that it wants
     */
    public static RecordingProxy to(int target, String authorization) throws IOException {
        RecordingProxy proxy = new RecordingProxy(target, authorization);
        daemon(proxy::accept);
        return proxy;
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** First heads of all connections so far: request line and headers. */
    public List<String> heads() {
        return List.copyOf(heads);
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            open.add(client);
            daemon(() -> serve(client));
        }
    }

    private void serve(Socket client) throws IOException {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(server);
            InputStream in = new BufferedInputStream(client.getInputStream());
            String head = head(in);
            heads.add(head);
            if (!head.contains(authorization)) {
                client.getOutputStream()
                        .write(
                                ("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\n"
                                                + "Content-Length: 0\r\nConnection: close" + HEAD_END)
                                        .getBytes(StandardCharsets.US_ASCII));
                return;
            }
            if (head.startsWith("CONNECT ")) {
                client.getOutputStream()
                        .write(("HTTP/1.1 200 Connection established" + HEAD_END).getBytes(StandardCharsets.US_ASCII));
            } else {
                server.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            }
            daemon(() -> copy(server.getInputStream(), client.getOutputStream()));
            copy(in, server.getOutputStream());
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith(HEAD_END)) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("connection closed");
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[8192];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            to.write(buffer, 0, read);
            to.flush();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // A peer, or the test, closed the connection.
                    }
                },
                "recording-proxy");
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
