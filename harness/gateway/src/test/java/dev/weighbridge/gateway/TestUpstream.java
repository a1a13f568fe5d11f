package dev.weighbridge.gateway;

import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A real HTTP server whose answers a test writes. */
public final class TestUpstream implements AutoCloseable {
    /** A request as it arrived. */
    public record Seen(String method, String pathQuery, HttpFields headers, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** Writes the answer to a request; what it throws breaks the connection off. */
    public interface Script {
        void answer(Seen seen, Response response, OutputStream out) throws Exception;
    }

    private final Server server;
    private final ServerConnector connector;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final Set<SocketAddress> connections = ConcurrentHashMap.newKeySet();

    private TestUpstream(Script script) {
        QueuedThreadPool threads = new QueuedThreadPool(200, 3);
        threads.setDaemon(true);
        threads.setStopTimeout(0);
        server = new Server(threads);
        server.setStopTimeout(0);
        connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                byte[] body;
                try (var in = Content.Source.asInputStream(request)) {
                    body = in.readAllBytes();
                }
                Seen one = new Seen(
                        request.getMethod(),
                        request.getHttpURI().getPathQuery(),
                        request.getHeaders().asImmutable(),
                        body);
                seen.add(one);
                connections.add(request.getConnectionMetaData().getRemoteSocketAddress());
                response.setStatus(200);
                OutputStream out = Content.Sink.asOutputStream(response);
                try {
                    script.answer(one, response, out);
                } catch (Exception e) {
                    request.getConnectionMetaData()
                            .getConnection()
                            .getEndPoint()
                            .close();
                    callback.failed(e);
                    return true;
                }
                out.close();
                callback.succeeded();
                return true;
            }
        });
    }

    public static TestUpstream of(Script script) {
        TestUpstream upstream = new TestUpstream(script);
        try {
            upstream.server.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return upstream;
    }

    /** Answers with this body as JSON. */
    public static TestUpstream json(String body) {
        return of((seen, response, out) -> {
            response.getHeaders().put("Content-Type", "application/json");
            out.write(body.getBytes(StandardCharsets.UTF_8));
        });
    }

    /** Answers with these bytes as a stream of events, each text in a chunk of its own. */
    public static TestUpstream events(List<String> pieces) {
        return of((seen, response, out) -> {
            response.getHeaders().put("Content-Type", "text/event-stream");
            pieces.forEach(piece -> write(out, piece));
        });
    }

    static void write(OutputStream out, String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (java.io.IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    public List<Seen> seen() {
        return seen;
    }

    int connections() {
        return connections.size();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
