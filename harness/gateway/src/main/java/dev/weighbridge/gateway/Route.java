package dev.weighbridge.gateway;

import java.util.Locale;
import java.util.Optional;

/** The routes on which a model generates text. */
public enum Route {
    COMPLETION("/v1/completions"),
    CHAT("/v1/chat/completions");

    private final String path;

    Route(String path) {
        this.path = path;
    }

    /** The path of the OpenAI API. */
    public String path() {
        return path;
    }

    /** The route that a server may take a path for: capitals, doubled slashes and one at the end make no difference. */
    static Optional<Route> of(String canonicalPath) {
        String plain = canonicalPath.toLowerCase(Locale.ROOT).replaceAll("/{2,}+", "/");
        String ended = plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain;
        for (Route route : values()) {
            if (ended.equals(route.path)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }
}
