package dev.weighbridge.inference.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.batching.QueueFullException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request that ends with an error object, in the form of the OpenAI API. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MAXIMUM_MESSAGE = 1000;

    private final int status;
    private final String type;
    private final @Nullable String parameter;
    private final @Nullable String code;

    private final int retryAfterSeconds;

    private ApiException(int status, String type, @Nullable String parameter, @Nullable String code, String message) {
        this(status, type, parameter, code, message, 1);
    }

    private ApiException(
            int status,
            String type,
            @Nullable String parameter,
            @Nullable String code,
            String message,
            int retryAfterSeconds) {
        super(message.length() > MAXIMUM_MESSAGE ? message.substring(0, MAXIMUM_MESSAGE) + "…" : message);
        this.status = status;
        this.type = type;
        this.parameter = parameter;
        this.code = code;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** HTTP 400 because of one field. */
    static ApiException invalid(String parameter, String message) {
        return new ApiException(400, "invalid_request_error", parameter, "invalid_value", parameter + ": " + message);
    }

    /** HTTP 400 because of the body as a whole. */
    static ApiException malformed(String message) {
        return new ApiException(400, "invalid_request_error", null, "invalid_json", message);
    }

    static ApiException notFound(@Nullable String parameter, String code, String message) {
        return new ApiException(404, "invalid_request_error", parameter, code, message);
    }

    static ApiException methodNotAllowed(String message) {
        return new ApiException(405, "invalid_request_error", null, "method_not_allowed", message);
    }

    static ApiException tooLarge(String message) {
        return new ApiException(413, "invalid_request_error", null, "request_too_large", message);
    }

    /** HTTP 401. */
    static ApiException unauthorized(String message) {
        return new ApiException(401, "invalid_request_error", null, "invalid_api_key", message);
    }

    /** HTTP 429 because of what one client asks. */
    static ApiException limited(String message, String code, long retryAfterSeconds) {
        return new ApiException(429, "rate_limit_error", null, code, message, (int) retryAfterSeconds);
    }

    static ApiException busy(String message) {
        return new ApiException(429, "rate_limit_error", null, "queue_full", message);
    }

    /** An error the HTTP layer found before any route was reached. */
    static ApiException transport(int status, String message) {
        return new ApiException(
                status, status < 500 ? "invalid_request_error" : "server_error", null, "http_" + status, message);
    }

    /** HTTP 503 while there is no model to serve yet. */
    static ApiException loading() {
        return new ApiException(503, "server_error", null, "model_loading", "the model is loading. Try again later");
    }

    /** The status and error object for a failure of the engine. */
    static ApiException of(EngineException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof QueueFullException) {
            return busy(message);
        }
        return switch (failure.category()) {
            case BAD_REQUEST -> new ApiException(400, "invalid_request_error", null, "bad_request", message);
            case TIMED_OUT, UNAVAILABLE, BAD_MODEL, CRASHED, FAILED ->
                new ApiException(
                        500, "server_error", null, failure.category().name().toLowerCase(Locale.ROOT), message);
        };
    }

    /** HTTP 500 for a defect of the server itself, whose details stay in its log. */
    static ApiException internal() {
        return new ApiException(
                500, "server_error", null, "internal_error", "the server failed on this request; its log says why");
    }

    /** When to come again, where the status is 429 or 503. */
    int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    int status() {
        return status;
    }

    ObjectNode toJson() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error")
                .put("message", getMessage())
                .put("type", type)
                .put("param", parameter)
                .put("code", code);
        return body;
    }
}
