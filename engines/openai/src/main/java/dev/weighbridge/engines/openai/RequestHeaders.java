package dev.weighbridge.engines.openai;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.ServerTarget;
import java.util.HashMap;
import java.util.Map;

/** What goes with every request to a server: the headers that it was given, and its key. */
public final class RequestHeaders {
    private RequestHeaders() {}

    /**
     * The headers of a server's requests. A key comes from the environment only.
     *
     * @throws EngineException of category BAD_REQUEST when the variable of the key is not set
     */
    public static Map<String, String> of(ServerTarget target) {
        Map<String, String> headers = new HashMap<>(target.headers());
        String variable = target.keyVariable();
        if (variable != null) {
            String key = System.getenv(variable);
            if (key == null || key.isBlank()) {
                throw new EngineException(
                        Category.BAD_REQUEST,
                        "the server's key is to be in the environment variable " + variable + ", which is not set");
            }
            headers.put("Authorization", "Bearer " + key.strip());
        }
        return headers;
    }
}
