package dev.weighbridge.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request to the gateway and the single answer it gets. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Passage passage;
    private final AtomicBoolean answered = new AtomicBoolean();

    Exchange(Request request, Response response, Callback callback) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        String key = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        this.passage = new Passage(key == null ? "" : key);
        Request.addCompletionListener(request, failure -> passage.done());
    }

    Request request() {
        return request;
    }

    Response response() {
        return response;
    }

    Callback callback() {
        return callback;
    }

    Passage passage() {
        return passage;
    }

    /** Takes the right to answer, which there is once. */
    boolean claim() {
        return answered.compareAndSet(false, true);
    }

    /** Sets what the stages have to say as headers. */
    void stageHeaders() {
        passage.headers().forEach((name, value) -> {
            if (name.equals("server-timing")) {
                // The server behind may have timings of its own.
                response.getHeaders().add(name, value);
            } else {
                response.getHeaders().put(name, value);
            }
        });
    }

    /** Answers with a whole body; does nothing when an answer was given already. */
    void respond(int status, String contentType, byte[] body) {
        if (claim()) {
            response.setStatus(status);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
            response.write(true, ByteBuffer.wrap(body), callback);
        }
    }

    void respond(int status, JsonNode body) {
        respond(status, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Answers with an error; what is no error of the gateway's is logged and not shown. */
    void fail(Throwable failure) {
        if (failure instanceof GatewayException known) {
            if (known.status() == 429 || known.status() == 503) {
                response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
            }
            respond(known.status(), known.body());
            return;
        }
        LOG.error(
                "request {} {} failed",
                request.getMethod(),
                request.getHttpURI().getPath(),
                failure);
        respond(
                500,
                GatewayException.error(500, "internal_error", "the gateway failed on this request; its log says why"));
    }
}
