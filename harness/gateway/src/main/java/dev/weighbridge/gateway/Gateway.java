package dev.weighbridge.gateway;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An HTTP server that stands between clients and an OpenAI-compatible server. POSTs to the two {@link Route}s go through the stages;
 * {@code /weighbridge/gateway} shows the gateway's counters as JSON; everything else, {@code /v1/models}, {@code /health} and
 * {@code /weighbridge/*} among it, goes through as it is.
 *
 * <p>Answers on the two routes carry the headers of {@link Passage}. A streamed answer that is filtered is not decided when its
 * headers go, so that they tell of the prompt alone; the same facts about all of it come as a comment of the event stream before
 * its end mark. A stream that is filtered to its end before the server's is closed towards the server.
 *
 * <p>Other routes on which a server may generate, such as {@code /v1/responses}, are not guarded: {@link Options#passOthers()} keeps
 * them closed. That a client is gone is noticed when something is written to it, so that a server may work on a whole answer for
 * nobody.
 */
public final class Gateway implements AutoCloseable {
    private final Server server;
    private final ServerConnector connector;
    private final ExecutorService calls;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * What a gateway stands before, and how much it takes on.
     *
     * @param upstream base address of the server, without {@code /v1}
     * @param host address to bind; {@code 127.0.0.1} is reached from this machine only
     * @param port to bind; 0 takes a free one
     * @param maximumRequests on their way at once; more are refused with HTTP 429
     * @param maximumBodyBytes of a request; a larger one is refused with HTTP 413
     * @param maximumAnswerBytes of a whole answer that stages look at; a larger one is answered with HTTP 502
     * @param timeout until the head of an answer has come; a body that makes no progress for ten seconds longer is given up
     * @param passOthers whether routes other than the two that generate, {@code /v1/models}, {@code /health} and
     *     {@code /metrics} go through; refused with HTTP 404 otherwise
     */
    public record Options(
            URI upstream,
            String host,
            int port,
            int maximumRequests,
            int maximumBodyBytes,
            int maximumAnswerBytes,
            Duration timeout,
            boolean passOthers) {
        private static final Duration GRACE = Duration.ofSeconds(10);

        /** A free port of the loopback address, 1024 requests at once of 8 MiB each, answers of 32 MiB, ten minutes. */
        public static Options before(URI upstream) {
            return new Options(upstream, "127.0.0.1", 0, 1024, 8 << 20, 32 << 20, Duration.ofMinutes(10), true);
        }

        /** The same on another port. */
        public Options at(int other) {
            return new Options(
                    upstream, host, other, maximumRequests, maximumBodyBytes, maximumAnswerBytes, timeout, passOthers);
        }

        public Options {
            boolean web = "http".equals(upstream.getScheme()) || "https".equals(upstream.getScheme());
            if (!web || upstream.getHost() == null || upstream.getQuery() != null || upstream.getFragment() != null) {
                throw new IllegalArgumentException(
                        "the server before which a gateway stands must be http://host:port, got: " + upstream);
            }
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be between 0 (any) and 65535, got: " + port);
            }
            if (maximumRequests < 1 || maximumBodyBytes < 1 || maximumAnswerBytes < 1) {
                throw new IllegalArgumentException("maxima must be at least 1, got: " + maximumRequests + " requests, "
                        + maximumBodyBytes + " bytes of a body, " + maximumAnswerBytes + " bytes of an answer");
            }
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("timeout must be longer than 0, got: " + timeout);
            }
        }

        /** Longer than the time-out of the server, so that a client hears of that. */
        Duration idleTimeout() {
            return timeout.plus(GRACE);
        }
    }

    private Gateway(Options options, List<Stage> stages) {
        calls = Executors.newCachedThreadPool(daemons());
        QueuedThreadPool threads = new QueuedThreadPool(16, 3);
        threads.setName("gateway-http");
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(false);
        configuration.setRequestHeaderSize(16 * 1024);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setIdleTimeout(options.idleTimeout().toMillis());
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        server.setHandler(new Proxy(options, stages, calls));
        server.setErrorHandler((request, response, callback) -> {
            int status = response.getStatus() >= 400 ? response.getStatus() : 500;
            new Exchange(request, response, callback)
                    .respond(status, GatewayException.error(status, "http_" + status, HttpStatus.getMessage(status)));
            return true;
        });
    }

    /**
     * Starts a gateway and returns when it accepts connections.
     *
     * @param stages in the order in which they are asked; none to hand everything through
     * @throws IOException when the address cannot be bound
     */
    public static Gateway start(Options options, List<Stage> stages) throws IOException {
        Gateway gateway = new Gateway(options, stages);
        try {
            gateway.server.start();
        } catch (IOException e) {
            gateway.close();
            throw new IOException(
                    "cannot listen on " + options.host() + ":" + options.port() + ": " + e.getMessage(), e);
        } catch (Exception e) {
            // Jetty declares Exception on its whole life cycle.
            gateway.close();
            throw new IllegalStateException("the gateway did not start", e);
        }
        return gateway;
    }

    /** Base address without a path, for example {@code http://127.0.0.1:8090}. */
    public URI endpoint() {
        String host = connector.getHost();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + connector.getLocalPort());
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
            throw new IllegalStateException("the gateway did not stop", e);
        } finally {
            calls.shutdownNow();
            server.destroy();
        }
    }

    private static ThreadFactory daemons() {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "gateway-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
