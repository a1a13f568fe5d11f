package dev.weighbridge.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A model server as an engine: one that runs already, or one that is started.
 *
 * <p>Command, environment, address, model and metrics' address may hold placeholders: {@code {port}} (a free one), {@code {model}} (the checkpoint's folder),
 * {@code {threads}}, {@code {context-length}}, {@code {precision}}, {@code {batch-size}}, and {@code {options}}, which is all options
 * as {@code --name value}, or {@code {name}} for one of them.
 *
 * @param address of the server, for example {@code http://127.0.0.1:{port}}; a path of its own is kept
 * @param launch how it is started; empty for one that runs already
 * @param model name that it serves the model under; {@code null} for the first one that it lists
 * @param protocol id of the wire protocol of loads and questions
 * @param keyVariable environment variable that holds the key to it, sent as a bearer token; {@code null} for none
 * @param headers sent with every request
 * @param body further fields of every request's body
 * @param metricsPath of its Prometheus metrics, or their whole address; {@code null} where it has none
 * @param options by name, such as {@code tensor-parallel-size}
 */
public record ServerTarget(
        String address,
        Optional<Launch> launch,
        @Nullable String model,
        String protocol,
        @Nullable String keyVariable,
        Map<String, String> headers,
        Map<String, Object> body,
        @Nullable String metricsPath,
        Map<String, String> options) {
    /**
     * How a server is started.
     *
     * @param command program and arguments; no shell is between
     * @param environment variables in addition to this process's own
     * @param folder in which it runs
     * @param healthPath answers HTTP 200 once the server can be asked
     * @param timeout until then
     */
    public record Launch(
            List<String> command, Map<String, String> environment, Path folder, String healthPath, Duration timeout) {
        public Launch {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
            if (command.isEmpty()) {
                throw new IllegalArgumentException("a server needs a command with a program in it");
            }
        }
    }

    public ServerTarget {
        headers = Map.copyOf(headers);
        body = Map.copyOf(body);
        options = Collections.unmodifiableMap(new TreeMap<>(options));
    }

    /** A server of OpenAI's text completions that runs already. */
    public static ServerTarget running(String address, @Nullable String model) {
        return new ServerTarget(
                address, Optional.empty(), model, Endpoint.COMPLETIONS, null, Map.of(), Map.of(), null, Map.of());
    }

    /** The same with other options. */
    public ServerTarget with(Map<String, String> others) {
        return new ServerTarget(address, launch, model, protocol, keyVariable, headers, body, metricsPath, others);
    }

    /** Names of headers without their values: what is printed may end in a log. */
    @Override
    public String toString() {
        return address + " (" + protocol + ", headers " + headers.keySet() + ", options " + options + ")";
    }
}
