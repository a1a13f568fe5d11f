package dev.weighbridge.api;

import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a served model is reached, and how it wants to be asked.
 *
 * @param base address without the path of a resource, for example {@code http://127.0.0.1:8090}; a path of its own is kept
 *     before the resource's
 * @param model name under which it is served
 * @param protocol id of the wire protocol, for example {@link #COMPLETIONS}
 * @param headers sent with every request beside the protocol's own; their values may be secret and are never printed
 * @param body further fields of every request's JSON body, as values that JSON knows; they replace a field of the protocol's own,
 *     and {@link #OMITTED} takes one away
 * @param names what the server calls those of the protocol's fields that it calls otherwise, by the protocol's own name
 */
public record Endpoint(
        URI base,
        String model,
        String protocol,
        Map<String, String> headers,
        Map<String, Object> body,
        Map<String, String> names) {
    /** OpenAI's text completions, streamed as server-sent events. */
    public static final String COMPLETIONS = "openai-completions";

    /** OpenAI's chat completions, streamed as server-sent events. */
    public static final String CHAT = "openai-chat";

    /** The generate extension of KServe's second protocol, as Triton has it, streamed as server-sent events. */
    public static final String KSERVE = "kserve";

    /** Value of a body field that a server does not take at all. */
    public static final String OMITTED = "<omitted>";

    public Endpoint {
        headers = Map.copyOf(headers);
        // Ordered, so that equal endpoints send equal bytes.
        body = Collections.unmodifiableMap(new TreeMap<>(body));
        names = Map.copyOf(names);
    }

    /** A server that calls every field as the protocol does. */
    public Endpoint(URI base, String model, String protocol, Map<String, String> headers, Map<String, Object> body) {
        this(base, model, protocol, headers, body, Map.of());
    }

    /** What the server calls a field of the protocol. */
    public String named(String field) {
        return names.getOrDefault(field, field);
    }

    /**
     * The address of one of its resources. A query of the base is left out.
     *
     * @param path that begins with a slash
     */
    public String address(String path) {
        return base.toString().replaceAll("\\?.*$", "").replaceAll("/+$", "") + path;
    }

    /** A server of text completions that wants nothing special. */
    public static Endpoint of(URI base, String model) {
        return new Endpoint(base, model, COMPLETIONS, Map.of(), Map.of());
    }

    /** Names of headers without their values: what is printed may end in a log. */
    @Override
    public String toString() {
        return base + " (" + protocol + ", model " + model + ", headers " + headers.keySet() + ")";
    }
}
