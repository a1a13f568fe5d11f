package dev.weighbridge.engines.triton;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineCapabilities;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ServerConventions;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.engines.openai.HttpConnection;
import dev.weighbridge.engines.openai.LimitedBody;
import dev.weighbridge.engines.openai.Placeholders;
import dev.weighbridge.engines.openai.PlainText;
import dev.weighbridge.engines.openai.RequestHeaders;
import dev.weighbridge.engines.openai.ServerProcess;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Opens models of servers that speak KServe's second protocol. */
public final class TritonEngineProvider implements EngineProvider {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration PATIENCE_FOR_HEALTH = Duration.ofSeconds(5);
    private static final int HEALTH_BYTES = 1 << 20;
    private static final String UNKNOWN = "unknown";
    private static final String HEALTH_PATH = "/v2/health/ready";

    /** Where Triton listens for gRPC unless it is told another port. */
    private static final int USUAL_GRPC_PORT = 8001;

    private static final String GRPC_PORT = "grpc-port";

    @Override
    public String id() {
        return "triton";
    }

    /** What precision and batching mean is up to the model's own configuration, so that none is refused. */
    @Override
    public EngineCapabilities capabilities() {
        return new EngineCapabilities(
                EnumSet.allOf(Precision.class),
                EnumSet.allOf(Batching.Policy.class),
                EnumSet.allOf(DeviceRequest.Kind.class),
                false,
                false);
    }

    @Override
    public Optional<ServerConventions> servers() {
        return Optional.of(new ServerConventions(List.of(Endpoint.KSERVE), HEALTH_PATH));
    }

    /** Whether a server is there shows when it is opened. */
    @Override
    public Availability probe() {
        return new Availability.Available("KServe v2");
    }

    @Override
    public Engine open(EngineSpec spec) {
        ServerTarget target = spec.server()
                .orElseThrow(() -> new EngineException(
                        Category.BAD_REQUEST,
                        "engine triton needs a server: in a study give an engine the adapter triton and a url, and a command"
                                + " where it is to be started"));
        if (!target.protocol().equals(Endpoint.KSERVE)) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "engine triton does not speak protocol '" + target.protocol() + "'. Use " + Endpoint.KSERVE);
        }
        TritonOptions options = TritonOptions.of(target.options());
        Placeholders placeholders =
                new Placeholders(spec, options.others(), Placeholders.freePorts("port", GRPC_PORT, "metrics-port"));
        Endpoint unnamed = new Endpoint(
                URI.create(placeholders.fill(target.address())),
                "",
                Endpoint.KSERVE,
                RequestHeaders.of(target),
                Map.of());
        ServerProcess process = target.launch()
                .map(launch -> start(launch, target, options, placeholders, spec, unnamed))
                .orElse(null);
        Transport transport = null;
        try {
            transport = options.grpc()
                    ? grpc(target, options, placeholders, unnamed, PATIENCE)
                    : new HttpTransport(unnamed, PATIENCE, HttpTransport.ANSWER_BYTES);
            return opened(spec, target, options, placeholders, unnamed, transport, process);
        } catch (RuntimeException e) {
            if (transport != null) {
                transport.close();
            }
            if (process != null) {
                process.close();
            }
            throw e;
        }
    }

    private static ServerProcess start(
            ServerTarget.Launch launch,
            ServerTarget target,
            TritonOptions options,
            Placeholders placeholders,
            EngineSpec spec,
            Endpoint endpoint) {
        HttpConnection http = new HttpConnection(endpoint, PATIENCE_FOR_HEALTH);
        // A server need not open its two ports at once.
        try (Transport asked = options.grpc()
                ? grpc(target, options, placeholders, endpoint, PATIENCE_FOR_HEALTH)
                : new HttpTransport(endpoint, PATIENCE_FOR_HEALTH, HEALTH_BYTES)) {
            return ServerProcess.start(launch, placeholders, spec.logFile(), () -> {
                try {
                    return healthy(http, launch.healthPath()) && asked.serverReady();
                } catch (EngineException e) {
                    return false;
                }
            });
        }
    }

    private static boolean healthy(HttpConnection http, String path) {
        return http.send(http.request(path).GET().build(), LimitedBody.ofAtMost(HEALTH_BYTES))
                        .statusCode()
                == 200;
    }

    private static Transport grpc(
            ServerTarget target,
            TritonOptions options,
            Placeholders placeholders,
            Endpoint endpoint,
            Duration patience) {
        URI base = endpoint.base();
        // A name with an underscore, for one, is a host to HTTP but none to a URI.
        String host = base.getHost() == null ? "" : base.getHost();
        String usual =
                host + ":" + (target.launch().isPresent() ? "{" + GRPC_PORT + "}" : String.valueOf(USUAL_GRPC_PORT));
        String address = placeholders.fill(options.grpcAddress().isEmpty() ? usual : options.grpcAddress());
        if (!address.matches("[A-Za-z0-9._\\-\\[\\]:]{1,260}:\\d{1,5}")) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "option " + TritonOptions.GRPC_ADDRESS + " must be a host and a port such as 127.0.0.1:8001, got: "
                            + PlainText.bounded(address, 300));
        }
        return new GrpcTransport(address, "https".equals(base.getScheme()), endpoint.headers(), patience);
    }

    private Engine opened(
            EngineSpec spec,
            ServerTarget target,
            TritonOptions options,
            Placeholders placeholders,
            Endpoint unnamed,
            Transport transport,
            @Nullable ServerProcess process) {
        ServerDescription server = transport.server();
        if (!transport.serverReady()) {
            throw new EngineException(
                    Category.UNAVAILABLE, "the server at " + unnamed.base() + " says that it is not ready");
        }
        String named = target.model();
        String name = named == null ? onlyModel(transport) : placeholders.fill(named);
        Transport.Model model = new Transport.Model(name, options.version());
        Tensors tensors = Tensors.of(described(transport, model), options.names());
        if (!transport.modelReady(model)) {
            throw new EngineException(
                    Category.UNAVAILABLE,
                    "the server says that model '" + name + "' is not ready: its log says why it was not loaded");
        }
        boolean streamed = options.streamed().orElse(server.isTriton());
        Questions questions = new Questions(tensors, target.body(), streamed);
        TritonEngine.Conversation conversation =
                new TritonEngine.Conversation(transport, model, tensors, questions, streamed);
        EngineInfo info = new EngineInfo(
                id(),
                PlainText.bounded(server.version().isEmpty() ? UNKNOWN : server.version(), 100),
                UNKNOWN,
                spec.precision(),
                name,
                spec.contextLength(),
                details(target, options, server, tensors, questions, streamed));
        if (options.grpc() || !streamed) {
            return new TritonEngine(info, conversation, process);
        }
        String path = model.name() + (model.version().isEmpty() ? "" : "/versions/" + model.version());
        Endpoint endpoint = new Endpoint(
                unnamed.base(), path, Endpoint.KSERVE, unnamed.headers(), questions.endpointBody(), tensors.unusual());
        String metrics = target.metricsPath();
        return new TritonEngine.Served(
                info, conversation, process, endpoint, metrics == null ? null : placeholders.fill(metrics));
    }

    private static String onlyModel(Transport transport) {
        List<String> models = transport.models();
        if (models.size() == 1) {
            return models.get(0);
        }
        throw new EngineException(
                Category.BAD_REQUEST,
                models.isEmpty()
                        ? "the server lists no model that is ready. Give the name of one under model"
                        : "the server has several models. Give one of them under model: " + listed(models));
    }

    private static ModelDescription described(Transport transport, Transport.Model model) {
        try {
            return transport.model(model);
        } catch (EngineException e) {
            if (e.category() != Category.BAD_REQUEST) {
                throw e;
            }
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "the server does not serve model '" + model.name() + "'"
                            + (model.version().isEmpty() ? "" : " in version " + model.version())
                            + ". Models that are ready: " + listed(transport.models()) + ". " + e.getMessage(),
                    e);
        }
    }

    private static String listed(List<String> models) {
        return models.isEmpty() ? "none that it lists" : PlainText.bounded(String.join(", ", models), 1_000);
    }

    private static Map<String, String> details(
            ServerTarget target,
            TritonOptions options,
            ServerDescription server,
            Tensors tensors,
            Questions questions,
            boolean streamed) {
        Map<String, String> details = new TreeMap<>();
        details.put("server", PlainText.bounded(server.name(), 100));
        details.put("protocol", Endpoint.KSERVE + (options.grpc() ? " over gRPC" : " over HTTP"));
        details.put("call", streamed ? "stream" : "infer");
        details.put("platform", PlainText.bounded(tensors.model().platform(), 100));
        details.put(
                "model_versions",
                PlainText.bounded(String.join(" ", tensors.model().versions()), 100));
        details.put("scoring", "none: the protocol has no call for the likelihood of a given text");
        details.put(
                "load",
                options.grpc()
                        ? "none: loads go over HTTP, this engine is asked over gRPC"
                        : streamed ? "generate_stream" : "none: answers are asked for whole");
        details.put(
                "token_counts",
                tensors.has(Field.OUTPUT_TOKENS) ? "the model's" : "none: the model has no such output");
        String unheard = questions.unheard();
        if (!unheard.isEmpty()) {
            details.put("no_input_for", unheard);
        }
        target.options().forEach((name, value) -> details.put("option " + name, value));
        return details;
    }
}
