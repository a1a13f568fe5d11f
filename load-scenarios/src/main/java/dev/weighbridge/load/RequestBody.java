package dev.weighbridge.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.Endpoint;

/** A request's JSON body as it goes out. */
public final class RequestBody {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RequestBody() {}

    /** UTF-8, with the endpoint's own fields, which replace the protocol's or take them away. */
    public static byte[] bytes(Endpoint endpoint, ObjectNode body) {
        endpoint.body().forEach((key, value) -> {
            if (Endpoint.OMITTED.equals(value)) {
                body.remove(key);
            } else {
                body.set(key, JSON.valueToTree(value));
            }
        });
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a request cannot be written as JSON", e);
        }
    }
}
