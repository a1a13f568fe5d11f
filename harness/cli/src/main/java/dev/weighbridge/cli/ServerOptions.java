package dev.weighbridge.cli;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Endpoint;
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
import picocli.CommandLine.Parameters;

/** Options that name a server which runs already. */
final class ServerOptions {
    @Parameters(paramLabel = "URL", arity = "0..1", description = "Base address of the server.")
    private @Nullable String address;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Name under which the model is served. Default: the first one that the server lists.")
    private @Nullable String model;

    @Option(
            names = "--protocol",
            paramLabel = "ID",
            description = "Wire protocol: openai-completions, openai-chat or kserve. Default: ${DEFAULT-VALUE}.")
    private String protocol = Endpoint.COMPLETIONS;

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
     * @throws ConfigException when no address was given, or none of a server, or no adapter speaks the protocol
     */
    EndpointEngine open() throws IOException {
        if (address == null) {
            throw new ConfigException(
                    "give the address of a server, such as http://127.0.0.1:8080; --plan and --calibrate"
                            + " need none");
        }
        Path folder = Files.createTempDirectory("weighbridge-load");
        ServerTarget target = new ServerTarget(
                server(address).toString(),
                Optional.empty(),
                model,
                protocol,
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
        Engine engine = adapter().open(spec);
        if (engine instanceof EndpointEngine reached) {
            return reached;
        }
        engine.close();
        throw new ConfigException(
                "the server cannot take a load over HTTP as it is asked: take the options that say otherwise away, got: "
                        + options);
    }

    private EngineProvider adapter() {
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
