package dev.weighbridge.cli;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.core.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how a server is asked which runs already. */
final class RemoteOptions {
    private static final String ADAPTER = "openai";

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Name under which the model is served. Default: the first one that the server lists.")
    private @Nullable String model;

    @Option(
            names = "--protocol",
            paramLabel = "ID",
            description = {
                "Wire protocol: openai-completions or openai-chat. Default: openai-chat for a judge, openai-completions for load."
            })
    private @Nullable String protocol;

    @Option(
            names = "--key-variable",
            paramLabel = "NAME",
            description = "Environment variable that holds the server's key, sent as a bearer token.")
    private @Nullable String keyVariable;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "Header of every request; may be repeated.")
    private Map<String, String> headers = new LinkedHashMap<>();

    /**
     * Reaches the server.
     *
     * @param usual protocol where none was given
     * @throws ConfigException when the address is none of a server
     */
    EndpointEngine open(String address, String usual) throws IOException {
        Path folder = Files.createTempDirectory("weighbridge-server");
        ServerTarget target = new ServerTarget(
                server(address).toString(),
                Optional.empty(),
                model,
                protocol == null ? usual : protocol,
                keyVariable,
                headers,
                Map.of(),
                null,
                Map.of());
        EngineSpec spec = new EngineSpec(
                folder,
                Precision.FP32,
                Batching.none(),
                DeviceRequest.AUTO,
                1,
                0,
                folder,
                folder.resolve("server.log"),
                Optional.of(target));
        Engine engine = Engines.named(ADAPTER).open(spec);
        if (engine instanceof EndpointEngine reached) {
            return reached;
        }
        engine.close();
        throw new IllegalStateException("engine " + ADAPTER + " has no endpoint");
    }

    /** Reads the address as text, since the URI of {@code localhost:8080} is valid and has the scheme "localhost". */
    private static URI server(String text) {
        String example = text.matches("[A-Za-z0-9._-]+(:\\d+)?(/.*)?") ? "http://" + text : "http://127.0.0.1:8080";
        try {
            URI address = new URI(text);
            boolean web = "http".equalsIgnoreCase(address.getScheme()) || "https".equalsIgnoreCase(address.getScheme());
            if (web && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException e) {
            throw new ConfigException(
                    "URL '" + text + "' is malformed: " + e.getReason() + ". Use one such as " + example);
        }
        throw new ConfigException(
                "URL '" + text + "' is not the http or https address of a server. Use one such as " + example);
    }
}
