package dev.weighbridge.load;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.load.RequestClass;
import dev.weighbridge.api.load.Workload;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The keys of those classes of a load that have their own. They are sent, and written nowhere. */
final class ClassKeys {
    private static final String ONLY = "";

    /** What goes into the header by class; an empty text takes the header away. */
    private final Map<String, String> authorizations;

    private ClassKeys(Map<String, String> authorizations) {
        this.authorizations = authorizations;
    }

    /**
     * Looks the keys up.
     *
     * @param environment value of a variable by its name, {@code null} for one that is not set
     * @throws EngineException when a variable is not set
     */
    static ClassKeys of(Workload workload, UnaryOperator<@Nullable String> environment) {
        Map<String, String> authorizations = new HashMap<>();
        for (RequestClass kind : workload.classes()) {
            String variable = kind.keyVariable();
            if (variable != null) {
                // Requests of a load of one class do not name it.
                String name = workload.classes().size() == 1 ? ONLY : kind.name();
                authorizations.put(name, authorization(kind.name(), variable, environment));
            }
        }
        return new ClassKeys(authorizations);
    }

    private static String authorization(String name, String variable, UnaryOperator<@Nullable String> environment) {
        if (variable.equals(RequestClass.NO_KEY)) {
            return "";
        }
        String key = environment.apply(variable);
        if (key == null || key.isBlank()) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "the key of class " + name + " is to be in the environment variable " + variable
                            + ", which is not set");
        }
        return "Bearer " + key.strip();
    }

    /** Replaces the key of a request where its class has its own. */
    void apply(@Nullable String requestClass, HttpHeaders headers) {
        String authorization = authorizations.get(requestClass == null ? ONLY : requestClass);
        if (authorization == null) {
            return;
        }
        if (authorization.isEmpty()) {
            headers.remove(HttpHeaderNames.AUTHORIZATION);
        } else {
            headers.set(HttpHeaderNames.AUTHORIZATION, authorization);
        }
    }
}
