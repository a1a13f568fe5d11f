package dev.weighbridge.inference.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.api.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One HTTP request and the single answer it gets, whole or as a stream. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile boolean gone;

    Exchange(Request request, Response response, Callback callback) {
        this.request = request;
        this.response = response;
        this.callback = callback;
    }

    Request request() {
        return request;
    }

    Response response() {
        return response;
    }

    void respond(int status, JsonNode body) {
        respond(status, "application/json", ByteBuffer.wrap(body.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Answers with a whole body; does nothing when an answer was given already. */
    void respond(int status, String contentType, ByteBuffer body) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.remaining());
        response.write(true, body, callback);
    }

    /** Answers with an error object; whatever is not an API error or an engine failure is logged and not shown. */
    void fail(Throwable failure) {
        ApiException error;
        if (failure instanceof ApiException known) {
            error = known;
        } else if (failure instanceof EngineException engine) {
            error = ApiException.of(engine);
        } else {
            LOG.error(
                    "request {} {} failed",
                    request.getMethod(),
                    request.getHttpURI().getPath(),
                    failure);
            error = ApiException.internal();
        }
        if (error.status() == 429 || error.status() == 503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, Integer.toString(error.retryAfterSeconds()));
        }
        if (error.status() == 401) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        }
        respond(error.status(), error.toJson());
    }

    /**
     * Whether the client has closed the connection. Nobody else reads from it while a request is answered, so that an end would
     * not be noticed before something is written.
     */
    boolean clientGone() {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        if (!gone && endPoint.getTransport() instanceof SocketChannel channel) {
            try {
                int read = channel.read(ByteBuffer.allocate(1));
                gone = read < 0;
                if (read > 0) {
                    // The next request came before the answer to this one; with a byte missing it can only be sent
                    // again.
                    Request.addCompletionListener(request, failure -> endPoint.close());
                }
            } catch (IOException e) {
                gone = true;
            }
        }
        return gone;
    }

    /** Answers with a stream of events. */
    EventStream stream(Runnable onBroken) {
        if (!answered.compareAndSet(false, true)) {
            throw new IllegalStateException("the request was answered already");
        }
        return new EventStream(request, response, callback, onBroken);
    }
}
