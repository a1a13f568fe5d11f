package dev.weighbridge.cli;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineProvider;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how a server is asked which runs already. */
final class RemoteOptions {
    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Name under which the model is served. Default: the first one that the server lists.")
    private @Nullable String model;

    @Option(
            names = "--protocol",
            paramLabel = "ID",
            description = {
                "Wire protocol: openai-completions, openai-chat or kserve. Default: openai-chat for a judge, openai-completions for load."
            })
    private @Nullable String protocol;

    @Option(
            names = "--key-variable",
            paramLabel = "NAME",
            description = "Environment variable that holds the server's key, sent as a bearer token.")
    private @Nullable String keyVariable;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "Header of every request; may be repeated.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--option",
            paramLabel = "NAME=VALUE",
            description =
                    "Option of the engine's adapter, as in a study: with kserve what the model calls its tensors, such as"
                            + " text-input=PROMPT; may be repeated.")
    private Map<String, String> options = new LinkedHashMap<>();

    /**
     * Reaches the server.
     *
     * @param usual protocol where none was given
     * @throws ConfigException when the address is none of a server
     */
    EndpointEngine open(String address, String usual) throws IOException {
        String asked = protocol == null ? usual : protocol;
        Path folder = Files.createTempDirectory("weighbridge-server");
        ServerTarget target = new ServerTarget(
                server(address).toString(),
                Optional.empty(),
                model,
                asked,
                keyVariable,
                headers,
                Map.of(),
                null,
                options);
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
        Engine engine = adapter(asked).open(spec);
        if (engine instanceof EndpointEngine reached) {
            return reached;
        }
        engine.close();
        throw new ConfigException(
                "the server cannot be asked over HTTP as it is described: take the options that say otherwise away, got: "
                        + options);
    }

    private static EngineProvider adapter(String protocol) {
        List<EngineProvider> adapters = Engines.all().stream()
                .filter(provider -> provider.servers().isPresent())
                .toList();
        return adapters.stream()
                .filter(provider -> provider.servers().orElseThrow().protocols().contains(protocol))
                .findFirst()
                .orElseThrow(() -> new ConfigException("protocol '" + protocol + "' does not exist. Use one of: "
                        + adapters.stream()
                                .flatMap(provider -> provider.servers().orElseThrow().protocols().stream())
                                .collect(Collectors.joining(", "))));
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
