package dev.weighbridge.core.run;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.core.study.EngineChoice;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.gateway.GatewayFile;
import dev.weighbridge.gateway.GatewayMain;
import dev.weighbridge.results.InvalidResultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The place of the one engine that is open at a time. Trials of the same process key get the same engine; another key closes it
 * and opens a fresh one.
 */
final class EngineSeat implements AutoCloseable {
    /** The adapter of OpenAI-compatible servers, which a gateway is one of. */
    private static final String REMOTE = "openai";

    private static final Duration GATEWAY_START = Duration.ofMinutes(1);

    private final Map<String, EngineProvider> providers;
    private final Study study;
    private final Path cacheDirectory;
    private final RunListener listener;
    private @Nullable Engine engine;
    private @Nullable String key;
    private @Nullable EngineException refusal;

    EngineSeat(Map<String, EngineProvider> providers, Study study, Path cacheDirectory, RunListener listener) {
        this.providers = providers;
        this.study = study;
        this.cacheDirectory = cacheDirectory;
        this.listener = listener;
    }

    /**
     * The engine for a trial.
     *
     * @param log file that takes what its process prints
     * @throws EngineException when it does not start; with the same key at once again, without another try
     */
    Engine open(PlannedTrial trial, Path log) {
        if (!trial.process().equals(key)) {
            close();
            key = trial.process();
        }
        if (refusal != null) {
            throw refusal;
        }
        Engine current = engine;
        if (current == null) {
            try {
                current = open(trial.variant(), log);
            } catch (EngineException e) {
                refusal = e;
                throw e;
            }
            engine = current;
        }
        return current;
    }

    /** Opens an engine of its own, which the caller closes. */
    Engine open(PlannedVariant variant, Path log) {
        EngineProvider provider = providers.get(variant.engine().adapter());
        if (provider == null) {
            throw new EngineException(
                    EngineException.Category.UNAVAILABLE,
                    "engine '" + variant.engine().adapter() + "' does not exist");
        }
        listener.preparing("starting " + variant.variant().id());
        try {
            Files.createDirectories(cacheDirectory);
            Path logs = log.getParent();
            if (logs != null) {
                Files.createDirectories(logs);
            }
        } catch (IOException e) {
            throw new InvalidResultException("cannot write " + cacheDirectory + " or " + log + ": " + e, e);
        }
        Map<String, String> options = new TreeMap<>(variant.options());
        String gateway = options.remove(EngineChoice.GATEWAY);
        Engine engine =
                provider.open(spec(variant, log, variant.engine().server().map(server -> server.with(options))));
        Path file = gateway == null ? null : study.gateways().get(gateway);
        return file == null ? engine : gated(engine, variant, file, log);
    }

    /** Puts a gateway before an engine that serves: a server like others, which the adapter of servers starts and ends. */
    private Engine gated(Engine engine, PlannedVariant variant, Path file, Path log) {
        boolean open = false;
        try {
            EngineProvider adapter = providers.get(REMOTE);
            if (!(engine instanceof EndpointEngine inner) || adapter == null) {
                throw new EngineException(
                        EngineException.Category.UNAVAILABLE,
                        "no gateway can stand before engine " + variant.engine().name() + ", which has no endpoint");
            }
            Engine front = adapter.open(spec(variant, log, Optional.of(gateway(inner.endpoint(), file))));
            if (!(front instanceof EndpointEngine through)) {
                throw new IllegalStateException("engine " + REMOTE + " has no endpoint");
            }
            open = true;
            return GatedEngine.of(
                    inner, through, GatewayFile.read(file, System::getenv).description());
        } finally {
            if (!open) {
                engine.close();
            }
        }
    }

    private ServerTarget gateway(Endpoint upstream, Path file) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                GatewayMain.class.getName(),
                "{port}",
                upstream.base().toString(),
                file.toAbsolutePath().toString());
        return new ServerTarget(
                "http://127.0.0.1:{port}",
                Optional.of(new ServerTarget.Launch(
                        command, Map.of(), study.folder(), "/weighbridge/gateway", GATEWAY_START)),
                upstream.model(),
                upstream.protocol(),
                null,
                upstream.headers(),
                upstream.body(),
                null,
                Map.of());
    }

    private EngineSpec spec(PlannedVariant variant, Path log, Optional<ServerTarget> server) {
        return new EngineSpec(
                variant.model().path(),
                variant.precision(),
                variant.batching(),
                study.device(),
                study.threads(),
                study.contextLength(),
                cacheDirectory,
                log,
                server);
    }

    /** What the open engine resolved; empty when none is open. */
    Map<String, String> facts() {
        Engine current = engine;
        if (current == null) {
            return Map.of();
        }
        Map<String, String> facts = new TreeMap<>(current.info().details());
        facts.put("version", current.info().version());
        facts.put("device", current.info().device());
        facts.put("context_length", Integer.toString(current.info().contextLength()));
        return facts;
    }

    @Override
    public void close() {
        Engine current = engine;
        engine = null;
        key = null;
        refusal = null;
        if (current != null) {
            current.close();
        }
    }
}
