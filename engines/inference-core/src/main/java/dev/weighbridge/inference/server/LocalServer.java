package dev.weighbridge.inference.server;

import dev.weighbridge.inference.InferenceService;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAI-compatible HTTP server around one {@link InferenceService}, which it does not close. It can listen before there
 * is a service, so that both start at the same time; until then every request is answered with HTTP 503.
 */
public final class LocalServer implements AutoCloseable {
    private static final long KEEP_ALIVE_MILLIS = TimeUnit.HOURS.toMillis(1);

    private final Server server;
    private final ServerConnector connector;
    private final ExecutorService calls;
    private final ExecutorService responses;
    private final Entrance entrance = new Entrance();
    private final Options options;
    private final Gate gate;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Where a server listens and how much it takes on.
     *
     * @param host address to bind; {@code 127.0.0.1} is reached from this machine only
     * @param port to bind; 0 takes a free one
     * @param maximumRequests running and waiting at once; more are refused with HTTP 429
     * @param maximumBodyBytes of a request; a larger one is refused with HTTP 413
     * @param keys of the clients that are let in; empty to let everybody in
     */
    public record Options(String host, int port, int maximumRequests, int maximumBodyBytes, List<ClientKey> keys) {
        /** Most bytes of a body that can be asked for. */
        public static final int MOST_BODY_BYTES = 64 << 20;

        /** A free port of the loopback address, 512 requests at once of 8 MiB each, no keys. */
        public static final Options LOOPBACK = new Options("127.0.0.1", 0, 512, 8 << 20, List.of());

        public Options {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be between 0 (any) and 65535, got: " + port);
            }
            if (maximumRequests < 1) {
                throw new IllegalArgumentException("maximum of requests must be at least 1, got: " + maximumRequests);
            }
            if (maximumBodyBytes < 1 || maximumBodyBytes > MOST_BODY_BYTES) {
                throw new IllegalArgumentException("maximum of a body must be between 1 and " + MOST_BODY_BYTES
                        + " bytes, got: " + maximumBodyBytes);
            }
            keys = List.copyOf(keys);
        }
    }

    /**
     * Starts a server around a service and returns when it accepts connections.
     *
     * @throws IOException when the address cannot be bound
     */
    public static LocalServer start(InferenceService service, Options options) throws IOException {
        LocalServer local = listen(options);
        local.serve(service);
        return local;
    }

    /**
     * Starts a server that has nothing to serve yet and returns when it accepts connections.
     *
     * @throws IOException when the address cannot be bound
     */
    public static LocalServer listen(Options options) throws IOException {
        LocalServer local = new LocalServer(options);
        try {
            local.server.start();
        } catch (IOException e) {
            local.close();
            throw new IOException(
                    "cannot listen on " + options.host() + ":" + options.port() + ": " + e.getMessage(), e);
        } catch (Exception e) {
            // Jetty declares Exception on its whole life cycle.
            local.close();
            throw new IllegalStateException("the server did not start", e);
        }
        return local;
    }

    /** Serves from now on. */
    public void serve(InferenceService service) {
        entrance.handler = new ApiHandler(service, calls, responses, options, gate);
    }

    private LocalServer(Options options) {
        this.options = options;
        gate = new Gate(options.keys(), System::nanoTime);
        QueuedThreadPool threads = new QueuedThreadPool(16, 3);
        threads.setName("http");
        threads.setDaemon(true);
        server = new Server(threads);
        calls = Executors.newCachedThreadPool(daemons("call"));
        responses = Executors.newSingleThreadExecutor(daemons("responses"));
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setRequestHeaderSize(16 * 1024);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setIdleTimeout(KEEP_ALIVE_MILLIS);
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        server.setHandler(entrance);
        server.setErrorHandler((request, response, callback) -> {
            int status = response.getStatus() >= 400 ? response.getStatus() : 500;
            new Exchange(request, response, callback)
                    .respond(
                            status,
                            ApiException.transport(status, HttpStatus.getMessage(status))
                                    .toJson());
            return true;
        });
    }

    /** Base address without a path, for example {@code http://127.0.0.1:8090}. */
    public URI endpoint() {
        String host = connector.getHost();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + connector.getLocalPort());
    }

    /**
     * Waits until no request is being answered any more.
     *
     * @return whether that came about in time
     */
    public boolean awaitIdle(Duration time) throws InterruptedException {
        ApiHandler routes = entrance.handler;
        return routes == null || routes.awaitIdle(time);
    }

    /** Blocks until the server was closed. */
    public void awaitClosed() throws InterruptedException {
        server.join();
    }

    /** Stops accepting, ends open requests and frees the port. Closing twice has no effect. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            server.stop();
        } catch (Exception e) {
            // Jetty declares Exception on its whole life cycle.
            throw new IllegalStateException("the server did not stop", e);
        } finally {
            calls.shutdownNow();
            responses.shutdownNow();
            server.destroy();
        }
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Sends requests to the routes once there are any. */
    private static final class Entrance extends Handler.Abstract.NonBlocking {
        private volatile @Nullable ApiHandler handler;

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            ApiHandler routes = handler;
            if (routes != null) {
                routes.handle(request, response, callback);
            } else {
                new Exchange(request, response, callback).fail(ApiException.loading());
            }
            return true;
        }
    }
}
