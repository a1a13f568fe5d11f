package dev.weighbridge.engines.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.EngineCapabilities;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ProxySettings;
import dev.weighbridge.api.ServerConventions;
import dev.weighbridge.api.ServerTarget;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens servers that speak OpenAI's interface. */
public final class OpenAiEngineProvider implements EngineProvider {
    private static final Duration PATIENCE_FOR_HEALTH = Duration.ofSeconds(5);
    private static final String UNKNOWN = "unknown";

    @Override
    public String id() {
        return "openai";
    }

    @Override
    public Optional<ServerConventions> servers() {
        return Optional.of(new ServerConventions(List.of(Endpoint.COMPLETIONS, Endpoint.CHAT), "/v1/models"));
    }

    /** What precision and batching mean is up to the server's own options, so that none is refused. */
    @Override
    public EngineCapabilities capabilities() {
        return new EngineCapabilities(
                EnumSet.allOf(Precision.class),
                EnumSet.allOf(Batching.Policy.class),
                EnumSet.allOf(DeviceRequest.Kind.class),
                true,
                false);
    }

    /** Whether a server is there shows when it is opened. */
    @Override
    public Availability probe() {
        return new Availability.Available("HTTP");
    }

    @Override
    public EndpointEngine open(EngineSpec spec) {
        ServerTarget target = spec.server()
                .orElseThrow(() -> new EngineException(
                        Category.BAD_REQUEST,
                        "engine openai needs a server: in a study give the engine a url, and a command where it is to be"
                                + " started"));
        if (!target.protocol().equals(Endpoint.COMPLETIONS)
                && !target.protocol().equals(Endpoint.CHAT)) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "engine openai does not speak protocol '" + target.protocol() + "'. Use " + Endpoint.COMPLETIONS
                            + " or " + Endpoint.CHAT);
        }
        Placeholders placeholders = new Placeholders(spec, target.options(), Placeholders.freePorts("port"));
        URI base = URI.create(placeholders.fill(target.address()));
        Map<String, String> headers = RequestHeaders.of(target);
        ServerProcess process = target.launch()
                .map(launch ->
                        start(launch, placeholders, spec, new Endpoint(base, "", target.protocol(), headers, Map.of())))
                .orElse(null);
        try {
            String named = target.model();
            String model = named == null ? null : placeholders.fill(named);
            String metrics = target.metricsPath() == null ? null : placeholders.fill(target.metricsPath());
            return probed(spec, target, model, metrics, base, headers, process);
        } catch (RuntimeException e) {
            if (process != null) {
                process.close();
            }
            throw e;
        }
    }

    private static ServerProcess start(
            ServerTarget.Launch launch, Placeholders placeholders, EngineSpec spec, Endpoint endpoint) {
        OpenAiClient client = new OpenAiClient(endpoint, PATIENCE_FOR_HEALTH);
        return ServerProcess.start(launch, placeholders, spec.logFile(), () -> {
            try {
                client.text(launch.healthPath());
                return true;
            } catch (EngineException e) {
                return false;
            }
        });
    }

    private EndpointEngine probed(
            EngineSpec spec,
            ServerTarget target,
            @Nullable String asked,
            @Nullable String metrics,
            URI base,
            Map<String, String> headers,
            @Nullable ServerProcess process) {
        Endpoint unnamed = new Endpoint(base, "", target.protocol(), headers, Map.of());
        String model = model(new OpenAiClient(unnamed, OpenAiEngine.PATIENCE), asked);
        Endpoint endpoint = new Endpoint(base, model, target.protocol(), headers, target.body());
        OpenAiClient client = new OpenAiClient(endpoint, OpenAiEngine.PATIENCE);
        PromptScores.Probed scores = PromptScores.probe(client);
        Map<String, String> details = new TreeMap<>();
        details.put("protocol", target.protocol());
        details.put("scoring", PlainText.bounded(scores.finding(), 300));
        target.options().forEach((name, value) -> details.put("option " + name, value));
        ProxySettings.current().of(base).ifPresent(proxy -> details.put(EngineInfo.PROXY, proxy.toString()));
        EngineInfo info =
                new EngineInfo(id(), version(client), UNKNOWN, spec.precision(), model, spec.contextLength(), details);
        PromptScores way = scores.scores();
        return way == null
                ? new OpenAiEngine(endpoint, info, client, process, metrics)
                : new OpenAiEngine.Scoring(endpoint, info, client, process, metrics, way);
    }

    /** The name to send: the one that was given, which the server must list where it lists any, or the first one listed. */
    private static String model(OpenAiClient client, @Nullable String asked) {
        List<String> served = new ArrayList<>();
        try {
            for (JsonNode model : client.get("/v1/models").path("data")) {
                served.add(PlainText.bounded(model.path("id").asText(""), 300));
            }
        } catch (EngineException e) {
            if (asked == null || e.getCause() instanceof IOException) {
                throw e;
            }
        }
        if (asked != null && !served.isEmpty() && !served.contains(asked)) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "the server does not serve model '" + asked + "'. It serves: "
                            + PlainText.bounded(String.join(", ", served), 1_000));
        }
        if (asked == null && served.isEmpty()) {
            throw new EngineException(
                    Category.BAD_REQUEST, "the server lists no model. Give the name that it serves its model under");
        }
        return asked == null ? served.get(0) : asked;
    }

    /** As servers say it who say it: vLLM and Weighbridge under {@code /version}, TGI under {@code /info}. */
    private static String version(OpenAiClient client) {
        return Stream.of("/version", "/info")
                .map(path -> version(client, path))
                .filter(version -> !version.equals(UNKNOWN))
                .findFirst()
                .orElse(UNKNOWN);
    }

    private static String version(OpenAiClient client, String path) {
        try {
            return PlainText.bounded(client.get(path).path("version").asText(UNKNOWN), 100);
        } catch (EngineException e) {
            // Not every server has the route, and there is no other way to ask.
            return UNKNOWN;
        }
    }
}
