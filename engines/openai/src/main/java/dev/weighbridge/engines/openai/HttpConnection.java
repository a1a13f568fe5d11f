package dev.weighbridge.engines.openai;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.ProxySettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one server over HTTP/1.1, each bounded in time. Safe for use by several threads.
 *
 * <p>Every failure is an {@link EngineException}: TIMED_OUT when nothing came for the patience given, FAILED for the rest; a connection
 * that was lost or refused has an {@link IOException} as cause.
 */
public final class HttpConnection {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final Endpoint endpoint;
    private final Duration patience;
    private final HttpClient http;

    /**
     * A server that nothing was sent to yet.
     *
     * @param patience longest time without a byte of a streamed answer, and longest time of any other answer
     */
    public HttpConnection(Endpoint endpoint, Duration patience) {
        this.endpoint = endpoint;
        this.patience = patience;
        this.http = ProxySettings.client()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** A request for one of the server's resources, with the headers that each has. */
    public HttpRequest.Builder request(String path) {
        URI address = URI.create(endpoint.address(path));
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        endpoint.headers().forEach(request::setHeader);
        ProxySettings.current()
                .authorization(address)
                .ifPresent(value -> request.setHeader(ProxySettings.AUTHORIZATION, value));
        return request;
    }

    /** A request that posts JSON. */
    public HttpRequest post(String path, byte[] json) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                .build();
    }

    /** Sends a request and waits for the answer, or for the head of a streamed one. */
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body) {
        CompletableFuture<HttpResponse<T>> exchange = http.sendAsync(request, body);
        try {
            return exchange.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            exchange.cancel(true);
            throw timedOut();
        } catch (InterruptedException e) {
            exchange.cancel(true);
            throw interrupted();
        } catch (ExecutionException e) {
            throw connectionLost(e.getCause());
        }
    }

    /** Data of a streamed answer's next event, or {@code null} at the end of the stream. */
    public @Nullable String next(EventSubscriber events) {
        EventSubscriber.Item item;
        try {
            item = events.next(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted();
        }
        if (item == null) {
            throw timedOut();
        }
        if (item.failure() != null) {
            throw connectionLost(item.failure());
        }
        return item.data();
    }

    /** The failure when an answer is not what the protocol says. */
    public EngineException malformed(String what) {
        return new EngineException(Category.FAILED, "the server at " + endpoint.base() + " sent malformed " + what);
    }

    private EngineException timedOut() {
        return new EngineException(
                Category.TIMED_OUT,
                "the server at " + endpoint.base() + " sent nothing for " + patience.toSeconds() + " s");
    }

    private static EngineException interrupted() {
        Thread.currentThread().interrupt();
        return new EngineException(Category.FAILED, "interrupted while waiting for an answer");
    }

    private EngineException connectionLost(@Nullable Throwable cause) {
        return new EngineException(
                Category.FAILED,
                "the connection to " + endpoint.base() + " was lost: " + PlainText.bounded(String.valueOf(cause), 300),
                cause instanceof IOException ? cause : new IOException(cause));
    }
}
