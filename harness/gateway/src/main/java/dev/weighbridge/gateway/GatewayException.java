package dev.weighbridge.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An answer that a gateway gives by itself because something is wrong, as an error of the OpenAI API. */
final class GatewayException extends RuntimeException {
    private final int status;
    private final String code;

    private GatewayException(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /** HTTP 400. */
    static GatewayException badRequest(String code, String message) {
        return new GatewayException(400, code, message);
    }

    /** An error of that status. */
    static GatewayException of(int status, String code, String message) {
        return new GatewayException(status, code, message);
    }

    /** HTTP 502: the server behind did not answer as it should. */
    static GatewayException upstream(String message) {
        return new GatewayException(502, "upstream_failed", message);
    }

    int status() {
        return status;
    }

    ObjectNode body() {
        return error(status, code, String.valueOf(getMessage()));
    }

    static ObjectNode error(int status, String code, String message) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error")
                .put("message", message)
                .put("type", status < 500 ? "invalid_request_error" : "server_error")
                .putNull("param")
                .put("code", code);
        return body;
    }
}
