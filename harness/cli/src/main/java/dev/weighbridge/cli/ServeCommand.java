package dev.weighbridge.cli;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.inference.InferenceService;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.server.LocalServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Serves a model over an OpenAI-compatible interface until it is interrupted. */
@Command(
        name = "serve",
        description = "Serve a model over an OpenAI-compatible interface until interrupted.",
        footer = {
            "",
            "Routes: /health, /v1/models, /v1/completions, /v1/chat/completions, /weighbridge/logits,",
            "/weighbridge/vocabulary, /weighbridge/score.",
            "",
            "A model with a tensor of over half a gigabyte, as bloom-560m's embedding, needs more memory than",
            "Java has by default here: set WEIGHBRIDGE_JAVA_OPTS=-Xmx4g. Studies size each engine's by its weights.",
            "",
            "Example:",
            "  weighbridge serve datasets/models/weighbridge-demo --engine onnxruntime --precision int8 --port 8080",
            "  weighbridge serve MODEL --key team-a=TEAM_A_KEY,rate=5,burst=10 --key team-b=TEAM_B_KEY,concurrent=4",
            "  curl -s localhost:8080/v1/completions -d '{\"prompt\":\"Sort: kiwi fig apple ->\",\"temperature\":0}'"
        })
final class ServeCommand implements Callable<Integer> {
    /** How long the last answers of a failed engine may take. */
    private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(2);

    private static final int MOST_REQUESTS = 100_000;

    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", description = "Folder of a Hugging Face checkpoint.")
    private Path model = Path.of("");

    @Mixin
    private EngineOptions options = new EngineOptions();

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port on 127.0.0.1; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    private int port = 8080;

    @Option(
            names = "--key",
            paramLabel = "CLIENT",
            description =
                    "Let in who sends this key alone: NAME=VARIABLE, the environment variable that holds it, then as wanted"
                            + " ,rate=R (requests a second), ,burst=N (at once after a rest) and ,concurrent=N (running or waiting)."
                            + " May be repeated.")
    private List<String> keys = List.of();

    @Option(
            names = "--most-requests",
            paramLabel = "N",
            description = "Running and waiting at once; more are refused with HTTP 429. Default: ${DEFAULT-VALUE}.")
    private int mostRequests = LocalServer.Options.LOOPBACK.maximumRequests();

    @Option(
            names = "--most-body",
            paramLabel = "BYTES",
            description = "Of a request; larger ones are refused with HTTP 413. Default: ${DEFAULT-VALUE}.")
    private int mostBody = LocalServer.Options.LOOPBACK.maximumBodyBytes();

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        EngineSpec spec = options.spec(model, Path.of("weighbridge-serve.log"));
        CountDownLatch interrupted = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(interrupted::countDown, "weighbridge-stop"));
        LocalServer.Options where = new LocalServer.Options(
                LocalServer.Options.LOOPBACK.host(),
                port,
                OptionValue.within("--most-requests", mostRequests, 1, MOST_REQUESTS),
                OptionValue.within("--most-body", mostBody, 1, LocalServer.Options.MOST_BODY_BYTES),
                ClientKeyOption.read(keys, System::getenv));
        try (InferenceService service = InferenceService.open(backend(), spec);
                LocalServer server = LocalServer.start(service, where)) {
            terminal.line("serving " + service.info().modelName() + " on " + server.endpoint() + " ("
                    + service.info().engineId() + " "
                    + service.info().version() + ", " + service.info().precision() + ", "
                    + spec.batching().id() + ", device "
                    + service.info().device() + "); Ctrl-C ends");
            service.onFailure(interrupted::countDown);
            interrupted.await();
            EngineException failure = service.failure().orElse(null);
            if (failure != null) {
                server.awaitIdle(TIME_TO_ANSWER);
                throw failure;
            }
        }
        return ExitCode.GOOD;
    }

    private Backend backend() {
        return ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.id().equals(options.engine()))
                .findFirst()
                .orElseThrow(() -> new EngineException(
                        EngineException.Category.UNAVAILABLE,
                        "engine '" + options.engine()
                                + "' does not exist or does not run inside this program. See 'weighbridge engines'."));
    }
}
