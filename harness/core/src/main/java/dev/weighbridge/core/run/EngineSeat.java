package dev.weighbridge.core.run;

import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.results.InvalidResultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The place of the one engine that is open at a time. Trials of the same process key get the same engine; another key closes it
 * and opens a fresh one.
 */
final class EngineSeat implements AutoCloseable {
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
        return provider.open(new EngineSpec(
                variant.model().path(),
                variant.precision(),
                variant.batching(),
                study.device(),
                study.threads(),
                study.contextLength(),
                cacheDirectory,
                log,
                variant.engine().server().map(server -> server.with(variant.options()))));
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
