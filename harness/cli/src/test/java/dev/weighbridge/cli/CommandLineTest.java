package dev.weighbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.weighbridge.api.TokenCounter;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandLineTest {
    private static final Path MODEL = Path.of("..", "..", "datasets", "models", "weighbridge-demo");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int run(String... arguments) {
        return Weighbridge.commandLine(terminal()).execute(arguments);
    }

    private Terminal terminal() {
        return new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), false, 150);
    }

    private void assertOneClearError(String... parts) {
        assertThat(err.toString()).contains(parts).doesNotContain("\tat ", "Exception");
        assertThat(out.toString()).isEmpty();
    }

    private Path study(String engines, String model) throws IOException {
        Files.writeString(
                folder.resolve("prices.yaml"), "name: list\ndate: 2026-11-01\nsource: us\nusd-per-hour:\n  box: 1.0\n");
        Path study = folder.resolve("study.yaml");
        Files.writeString(
                study,
                "study: small\nmodels: [" + model + "]\nengines: [" + engines
                        + "]\nhardware: box\nprices: prices.yaml\n");
        return study;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "plan",
                "resume",
                "evaluate",
                "rescore",
                "judge",
                "feedback",
                "datasets",
                "make-checkpoint",
                "load",
                "serve",
                "report",
                "decide",
                "publish",
                "import",
                "export",
                "merge-histograms",
                "merge-loads",
                "engines",
                "doctor"
            })
    void everyCommandHasHelpWithAnExample(String command) {
        assertThat(run(command, "--help")).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString())
                .contains(
                        "Usage: weighbridge " + command,
                        "weighbridge " + command + (command.equals("doctor") ? "" : " "));
    }

    @Test
    void noCommandIsAUsageError() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no command given");
    }

    @Test
    void bothEnginesAreListedAsJson() {
        assertThat(run("engines", "--json")).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).contains("\"onnxruntime\"", "\"pytorch\"", "\"int4\"", "\"continuous\"");
    }

    @Test
    void aPlanNamesEveryVariantAndTrial() throws IOException {
        Path study = study("onnxruntime, pytorch", MODEL.toAbsolutePath().toString());
        assertThat(run("plan", study.toString())).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString())
                .contains(
                        "2 variants, about 2 trials before screening, baseline weighbridge-demo~onnxruntime~fp32~none");
    }

    @Test
    void anUnknownKeyEndsWithTwoAndItsLine() throws IOException {
        Path study = study("onnxruntime", "m");
        Files.writeString(study, Files.readString(study) + "preciSions: [fp32]\n");
        assertThat(run("plan", study.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("study.yaml:6: preciSions: unknown key. Did you mean 'precisions'?");
    }

    @Test
    void theShapesAreListedWithParametersAndBytes() {
        assertThat(run("make-checkpoint", "--list", "--dtype", "bf16")).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString())
                .contains("llama-tiny", "pythia-160m    gpt_neox    162.3 M   324.6 MB as bf16", "2.20 GB as bf16");
        out.getBuffer().setLength(0);
        assertThat(run("make-checkpoint", "--list", "--json")).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).contains("\"parameters\" : 134515008", "\"bytes\" : 538060032", "\"source\"");
    }

    @Test
    void randomWeightsAreWeighedForSpeedButNeverForAccuracy() throws IOException {
        Path model = folder.resolve("gpt2-tiny");
        assertThat(run("make-checkpoint", "--shape", "gpt2-tiny", "--seed", "9", model.toString()))
                .isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).contains("gpt2-tiny, 0.8 M parameters", "random weights of seed 9: speed only");
        out.getBuffer().setLength(0);
        assertThat(run("evaluate", model.toString(), "--task", "demo-sorting")).isEqualTo(ExitCode.USAGE);
        assertOneClearError("gpt2-tiny has random weights (shape gpt2-tiny, seed 9): accuracy means nothing");
        Path study = study("onnxruntime", "gpt2-tiny");
        assertThat(run("plan", study.toString())).isEqualTo(ExitCode.GOOD);
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Files.writeString(study, Files.readString(study) + "evaluation: {tasks: [demo-sorting]}\n");
        for (String command : new String[] {"plan", "run"}) {
            assertThat(run(command, study.toString())).isEqualTo(ExitCode.USAGE);
            assertOneClearError(
                    "study.yaml:6: evaluation.tasks cannot be asked: gpt2-tiny has random weights: accuracy means nothing;"
                            + " remove evaluation.tasks");
        }
    }

    @Test
    void aCheckpointThatCannotBeMadeIsOneClearError() throws IOException {
        String target = folder.resolve("made").toString();
        assertThat(run("make-checkpoint", "--shape", "gpt5", target)).isEqualTo(ExitCode.USAGE);
        assertOneClearError("--shape: shape 'gpt5' does not exist. Use one of: llama-110m, ", "pythia-tiny");
        assertThat(run("make-checkpoint", "--shape", "gpt2-tiny", "--dtype", "int8", target))
                .isEqualTo(ExitCode.USAGE);
        assertOneClearError("--dtype: type 'int8' does not exist. Use one of: f32, bf16, f16");
        assertThat(run("make-checkpoint", target)).isEqualTo(ExitCode.USAGE);
        assertOneClearError("give a shape and a folder, or --list");
        assertThat(Path.of(target)).doesNotExist();
        Files.writeString(folder.resolve("notes.txt"), "mine");
        assertThat(run("make-checkpoint", "--shape", "gpt2-tiny", folder.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertOneClearError("folder " + folder + " is not empty");
    }

    @Test
    void aMissingEngineEndsWithThreeAndThoseThatExist() throws IOException {
        assertThat(run("plan", study("vllm", "m").toString())).isEqualTo(ExitCode.ENGINE_UNAVAILABLE);
        assertThat(err.toString()).contains("engine 'vllm'", "onnxruntime");
    }

    @Test
    void aCorruptCheckpointEndsWithTwoBeforeAnythingIsMeasured() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        for (String name :
                new String[] {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(MODEL.resolve(name), model.resolve(name));
        }
        byte[] weights = Files.readAllBytes(MODEL.resolve("model.safetensors"));
        Files.write(model.resolve("model.safetensors"), java.util.Arrays.copyOf(weights, weights.length / 2));
        Path results = folder.resolve("results");
        assertThat(run("run", study("onnxruntime", "model").toString(), "--results", results.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("model.safetensors");
        assertThat(results).doesNotExist();
    }

    @Test
    void aFolderThatIsNoRunEndsWithTwo() {
        for (String command : new String[] {"resume", "report", "decide"}) {
            assertThat(run(command, folder.toString())).as(command).isEqualTo(ExitCode.USAGE);
        }
        assertThat(err.toString()).contains("is not a run folder");
    }

    @Test
    void aMissingModelIsAUsageErrorOfServe() {
        assertThat(run("serve", folder.resolve("none").toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("does not exist");
    }

    @Test
    void outOfMemoryEndsWithOneAndNotWithTheCodeOfAMissingEngine() {
        CommandLine commandLine = Weighbridge.commandLine(terminal())
                .addSubcommand("hungry", new Failing(new OutOfMemoryError("Java heap space")))
                .addSubcommand("pool", new Failing(new ExecutionException(new OutOfMemoryError("Java heap space"))));
        for (String command : new String[] {"hungry", "pool"}) {
            assertThat(Weighbridge.execute(commandLine, terminal(), command))
                    .as(command)
                    .isEqualTo(ExitCode.TRIAL_FAILED);
            assertOneClearError("weighbridge: out of memory", "WEIGHBRIDGE_JAVA_OPTS=-Xmx2g");
            err.getBuffer().setLength(0);
        }
    }

    @Test
    void anUnknownPromptPoolIsToldBeforeAnythingIsMeasured() throws IOException {
        Path results = folder.resolve("results");
        Path study = study("onnxruntime", MODEL.toAbsolutePath().toString());
        Files.writeString(
                study,
                Files.readString(study)
                        + "load: {scenarios: [{name: chat, closed: {users: 1}, prompts: demo-mixd}]}\n");
        assertThat(run("run", study.toString(), "--results", results.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertOneClearError("study.yaml:6: load.scenarios[0].prompts names the pool 'demo-mixd', which does not exist");
        assertThat(results).doesNotExist();
    }

    @Test
    void anUnknownTaskIsToldBeforeTheModelIsOpened() {
        String missing = folder.resolve("none").toString();
        assertThat(run("evaluate", missing, "--task", "demo-arithmetic", "--task", "mmlu"))
                .isEqualTo(ExitCode.USAGE);
        assertOneClearError("weighbridge: task 'mmlu' does not exist. Use one of: demo-arithmetic");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --precision | fp33     | precision 'fp33' does not exist. Use one of: fp32
            --batching  | sometime | batching
            --device    | tpu      | tpu
            --threads   | 0        | must be between 1 and
            --context   | -1       | must be between 0 and
            """)
    void anOptionOfTheEngineThatIsWrongIsNamed(String option, String value, String message) {
        for (String command : new String[] {"evaluate", "serve"}) {
            assertThat(run(command, MODEL.toString(), option, value))
                    .as(command)
                    .isEqualTo(ExitCode.USAGE);
            assertOneClearError("weighbridge: " + option, message);
            err.getBuffer().setLength(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8080, http://127.0.0.1:8080",
        "localhost:8080, http://localhost:8080",
        "//localhost, http://",
        "ftp://localhost, http://",
        "http:///v1, http://",
        "http://a b, http://"
    })
    void anAddressThatIsNoneOfAServerIsToldBeforeLoadIsOffered(String address, String advice) {
        assertThat(run("load", address, "--model", "m", "--users", "1")).isEqualTo(ExitCode.USAGE);
        assertOneClearError("URL", "'" + address + "'", advice);
    }

    @ParameterizedTest
    @CsvSource({
        "--duration, 0, --users",
        "--warm-up, -1, --users",
        "--max-tokens, 0, --users",
        "--users, 0, --users",
        "--rate, 0, --rate",
        "--rate, NaN, --rate"
    })
    void aLoadThatOffersNothingIsRefused(String option, String value, String arrivals) {
        String[] rest = option.equals(arrivals) ? new String[0] : new String[] {arrivals, "1"};
        String[] first = {"load", "http://127.0.0.1:9", "--model", "m", option, value};
        assertThat(run(Stream.of(first, rest).flatMap(Stream::of).toArray(String[]::new)))
                .isEqualTo(ExitCode.USAGE);
        assertOneClearError("weighbridge: " + option + " must be", value);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 'tokens must be between 1 and 100000, got: 0'",
        "many, 'output length ''many'' is not known. Use N, uniform:LEAST:MOST or log-normal:MEDIAN:SIGMA:MOST'",
        "uniform:16, output length 'uniform:16' is not known",
        "uniform:48:16, 'least must not be above most, got: least 48, most 16'",
        "log-normal:32:9:128, 'sigma must be between 0 and 5.0, got: 9.0'"
    })
    void anOutputLengthThatCannotBeAskedIsRefusedBeforeLoadIsOffered(String length, String message) {
        assertThat(run("load", "http://127.0.0.1:9", "--model", "m", "--users", "1", "--output-tokens", length))
                .isEqualTo(ExitCode.USAGE);
        assertOneClearError("weighbridge: --output-tokens: " + message);
    }

    @Test
    void everyShippedScenarioShowsItsScheduleWithoutSendingIt() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "..", "load-scenarios", "scenarios"))) {
            List<Path> scenarios = files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
            assertThat(scenarios).hasSizeGreaterThan(8);
            for (Path scenario : scenarios) {
                out.getBuffer().setLength(0);
                assertThat(run("load", "--plan", "--scenario", scenario.toString()))
                        .as(scenario + ": " + err)
                        .isEqualTo(ExitCode.GOOD);
                assertThat(out.toString())
                        .startsWith(String.valueOf(scenario.getFileName()).replace(".yaml", ": "))
                        .contains("/s")
                        .contains(" output tokens");
                assertThat(Files.readString(scenario)).startsWith("# ").contains("Use it");
            }
        }
    }

    @Test
    void aScheduleIsTheSameForAScriptAndArrivalsOfEveryKindCanBeGivenInline() {
        assertThat(run(
                        "load",
                        "--plan",
                        "--json",
                        "--arrivals",
                        "burst: {base-rate: 1, burst-rate: 40, every: 5s, length: 1s}",
                        "--duration",
                        "10",
                        "--warm-up",
                        "0"))
                .isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).contains("\"sessions_by_row\" : [ ", "\"open_loop\" : true");
        assertThat(run("load", "--plan", "--arrivals", "telepathy: {}")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("needs one kind of arrivals, none is named");
    }

    @Test
    void aLoadWithoutAServerSaysWhatItNeeds() {
        assertThat(run("load", "--users", "1")).isEqualTo(ExitCode.USAGE);
        assertOneClearError("give the address of a server", "--plan");
    }

    private TokenLength askedBy(String... options) {
        LoadCommand load = new LoadCommand(terminal());
        String[] target = {"http://127.0.0.1:9", "--model", "m", "--users", "1"};
        new CommandLine(load)
                .parseArgs(Stream.of(target, options).flatMap(Stream::of).toArray(String[]::new));
        return load.outputLength();
    }

    @Test
    void aLoadAsksForThirtyTwoTokensUnlessItIsToldOtherwise() {
        assertThat(askedBy()).isEqualTo(new TokenLength.Exactly(32));
        assertThat(askedBy("--output-tokens", "8")).isEqualTo(new TokenLength.Exactly(8));
        assertThat(askedBy("--output-tokens", "uniform:16:48")).isEqualTo(new TokenLength.Uniform(16, 48));
        assertThat(askedBy("--max-tokens", "9")).isEqualTo(new TokenLength.AtMost(9));
    }

    @Test
    void aLoadOfWhichNothingCompletesSaysWhyAndSettlesNothing() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] answer = "{\"error\":{\"message\":\"no <b>such</b> model\"}}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort();
            int code = run(
                    "load",
                    address,
                    "--model",
                    "m",
                    "--rate",
                    "20",
                    "--max-tokens",
                    "4",
                    "--warm-up",
                    "0",
                    "--duration",
                    "1");
            assertThat(code).isEqualTo(ExitCode.INCONCLUSIVE);
            assertThat(out.toString())
                    .containsPattern("(\\d+) of \\1 requests failed http status: HTTP 404: .*no <b>such</b> model");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerThatCountsNothingIsCountedByTheTokenizer(@TempDir Path folder) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] answer = """
                    data: {"choices":[{"text":" 12 + 30"}]}

                    data: {"choices":[{"text":" = 42"}]}

                    data: [DONE]

                    """.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, answer.length);
            try (exchange) {
                exchange.getResponseBody().write(answer);
            }
        });
        server.start();
        try {
            int code = run(
                    "load",
                    "http://127.0.0.1:" + server.getAddress().getPort(),
                    "--model",
                    "m",
                    "--rate",
                    "20",
                    "--max-tokens",
                    "8",
                    "--warm-up",
                    "0",
                    "--duration",
                    "1",
                    "--tokenizer",
                    MODEL.toString(),
                    "--record",
                    folder.toString());
            assertThat(code).as(out + " " + err).isIn(ExitCode.GOOD, ExitCode.INCONCLUSIVE);
        } finally {
            server.stop(0);
        }
        int tokens;
        try (TokenCounter counter = TokenCounter.read(MODEL)) {
            tokens = counter.count(" 12 + 30 = 42");
        }
        assertThat(tokens).as("more than the two chunks").isGreaterThan(2);
        assertThat(out.toString()).containsPattern("output_tokens_mean +" + tokens + "\\.0+ tokens");
        Path run;
        try (Stream<Path> runs = Files.list(folder.resolve("load"))) {
            run = runs.findFirst().orElseThrow();
        }
        RunDirectory kept = RunDirectory.open(run);
        Trial trial = kept.trials().get(0);
        assertThat(trial.engine().get("tokenizer")).startsWith("sha256 ");
        kept.forEachRequest(trial.id(), request -> {
            assertThat(request.countedTokens()).isEqualTo(tokens);
            assertThat(request.outputTokens()).isEqualTo(-1);
            assertThat(request.text()).isNull();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--users 1 --shard 0/2 | --shard needs --record",
                "--users 1 --shard 2/2 --record x | a shard is",
                "--sweep 1,2 --start-at 2026-11-26T21:30:00Z | --start-at is the start of one load"
            })
    void aShardThatCannotBeMergedIsRefused(String options, String message) {
        String[] first = {"load", "http://127.0.0.1:9", "--model", "m"};
        String[] all = Stream.concat(Stream.of(first), Stream.of(options.split(" ", -1)))
                .toArray(String[]::new);
        assertThat(run(all)).isEqualTo(ExitCode.USAGE);
        assertOneClearError(message);
    }

    @Test
    void aLengthIsEitherEnforcedOrBounded() {
        assertThat(run(
                        "load",
                        "http://127.0.0.1:9",
                        "--model",
                        "m",
                        "--users",
                        "1",
                        "--output-tokens",
                        "8",
                        "--max-tokens",
                        "8"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--output-tokens", "--max-tokens", "mutually exclusive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--samples", "--concurrency"})
    void anEvaluationOfNothingIsRefused(String option) {
        assertThat(run("evaluate", MODEL.toString(), option, "0")).isEqualTo(ExitCode.USAGE);
        assertOneClearError("weighbridge: " + option + " must be");
    }

    /** A command that fails. */
    @Command(name = "failing")
    private record Failing(Throwable failure) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        }
    }
}
