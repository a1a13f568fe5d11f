package dev.weighbridge.spark;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.Json;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.apache.spark.SparkFiles;
import org.jspecify.annotations.Nullable;

/**
 * How an executor opens its engine, in a form that travels to it. Keys do not travel: a server's key is read from an environment
 * variable of the executor.
 *
 * @param engine id of the provider, for example {@code onnxruntime} or {@code openai}
 * @param model folder of the checkpoint on the executor; a relative one is looked for among Spark's files first, which is where
 *     {@code --archives} puts it
 * @param precision to run it at
 * @param policy of batching
 * @param slots most rows in one batch
 * @param delay of batching
 * @param promptTokens of a forward pass while rows are answering; 0 leaves it to the engine
 * @param device as {@link DeviceRequest#parse} takes it
 * @param threads of one forward pass on a CPU
 * @param contextLength in tokens; 0 takes the model's own limit
 * @param server that the engine is; {@code null} for those that run the checkpoint themselves
 */
public record EngineRecipe(
        String engine,
        String model,
        Precision precision,
        Batching.Policy policy,
        int slots,
        Duration delay,
        int promptTokens,
        String device,
        int threads,
        int contextLength,
        @Nullable Server server)
        implements Serializable {

    /**
     * A server that runs already and that every executor reaches.
     *
     * @param address of it
     * @param model name that it serves the model under; {@code null} for the first one that it lists
     * @param protocol id of the wire protocol
     * @param keyVariable environment variable of the executors that holds the key to it; {@code null} for none
     * @param headers sent with every request; they travel as they are, so that a key is better in an environment variable
     * @param body further fields of every request's body, as JSON
     */
    public record Server(
            String address,
            @Nullable String model,
            String protocol,
            @Nullable String keyVariable,
            Map<String, String> headers,
            String body)
            implements Serializable {
        public Server {
            headers = Map.copyOf(headers);
        }

        /** Names of headers without their values: what is printed may end in a log. */
        @Override
        public String toString() {
            return address + " (" + protocol + ", headers " + headers.keySet() + ")";
        }
    }

    /**
     * The recipe of a specification; its cache and log are the executor's own affair.
     *
     * @throws ConfigException when it is of a server that is yet to be started
     */
    public static EngineRecipe of(String engine, EngineSpec spec) {
        return new EngineRecipe(
                engine,
                spec.model().toString(),
                spec.precision(),
                spec.batching().policy(),
                spec.batching().size(),
                spec.batching().delay(),
                spec.batching().promptTokens(),
                spec.device().id(),
                spec.threads(),
                spec.contextLength(),
                spec.server().map(EngineRecipe::server).orElse(null));
    }

    private static Server server(ServerTarget target) {
        if (target.launch().isPresent()) {
            throw new ConfigException("executors start no servers, and " + target.address()
                    + " is one that is to be started. Start it, and give the address by which executors reach it.");
        }
        return new Server(
                target.address(),
                target.model(),
                target.protocol(),
                target.keyVariable(),
                target.headers(),
                Json.line(target.body()));
    }

    /** The specification, with a folder that the engine may write to. */
    EngineSpec spec(Path scratch) {
        return new EngineSpec(
                located(),
                precision,
                new Batching(policy, slots, delay, promptTokens),
                DeviceRequest.parse(device),
                threads,
                contextLength,
                scratch,
                scratch.resolve("engine.log"),
                Optional.ofNullable(server).map(EngineRecipe::target));
    }

    @SuppressWarnings("unchecked")
    private static ServerTarget target(Server server) {
        return new ServerTarget(
                server.address(),
                Optional.empty(),
                server.model(),
                server.protocol(),
                server.keyVariable(),
                server.headers(),
                Json.read(server.body(), Map.class, "the server's request fields"),
                null,
                Map.of());
    }

    private Path located() {
        Path given = Path.of(model);
        if (!given.isAbsolute()) {
            Path sent = Path.of(SparkFiles.getRootDirectory()).resolve(given);
            if (Files.isDirectory(sent)) {
                return sent;
            }
        }
        return given;
    }

    /**
     * Opens the engine in this process.
     *
     * @throws EngineException when it cannot be opened, or there is none of that id on the class path
     */
    Engine open(Path scratch) {
        List<String> known = new ArrayList<>();
        // The loader of the application's own jars, which on an executor is not that of Spark's.
        for (EngineProvider provider : ServiceLoader.load(EngineProvider.class, EngineRecipe.class.getClassLoader())) {
            if (provider.id().equals(engine)) {
                return provider.open(spec(scratch));
            }
            known.add(provider.id());
        }
        throw new EngineException(
                EngineException.Category.UNAVAILABLE,
                "engine '" + engine + "' is not on the class path of the executor, which has " + known
                        + ". Submit its jars with --jars.");
    }
}
