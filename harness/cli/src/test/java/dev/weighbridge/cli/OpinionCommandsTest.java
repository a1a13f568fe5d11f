package dev.weighbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.ResponseRecord;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.UserFeedback;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that ask a judge and read what users said, with the demo model and with servers of this test. */
class OpinionCommandsTest {
    private static final Path MODEL = Path.of("..", "..", "datasets", "models", "weighbridge-demo");
    private static final Variant BASELINE = Variant.outsideStudy("demo", "onnxruntime", "fp32", "none", "cpu");
    private static final Variant INT4 = Variant.outsideStudy("demo", "onnxruntime", "int4", "none", "cpu");
    private static final Pattern SIDES = Pattern.compile(
            "ANSWER A BEGINS\n(.*?)\n#\\d+# ANSWER A ENDS.*ANSWER B BEGINS\n(.*?)\n#\\d+# ANSWER B ENDS",
            Pattern.DOTALL);
    private static final int SAMPLES = 12;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final AtomicInteger asked = new AtomicInteger();
    private final List<HttpServer> servers = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), false, 150);
        return Weighbridge.commandLine(terminal).execute(arguments);
    }

    private int judge(RunDirectory run, String... more) {
        Stream<String> first = Stream.of("judge", run.path().toString(), "--task", "talk");
        return run(Stream.concat(first, Stream.of(more)).toArray(String[]::new));
    }

    private JudgedTask judged() {
        return Json.read(out.toString(), JudgedTask.class, "output");
    }

    private JudgedTask.Standing standing() {
        return judged().judges().get(0).standings().get(0);
    }

    /** A run of two variants whose answers are there, without having been measured. */
    private RunDirectory kept() {
        Manifest manifest = new Manifest(
                Manifest.SCHEMA_VERSION,
                "study",
                "run",
                "",
                "",
                "2026-11-27T10:00:00Z",
                null,
                Map.of(),
                Map.of(),
                Map.of(),
                List.of(new Manifest.Model("demo", "ab".repeat(32), "Apache-2.0", 1)),
                List.of(),
                new Manifest.Prices("none", "", "", Map.of()),
                BASELINE.id(),
                new Manifest.Objectives(null, null, null, 0, 0.02),
                List.of(BASELINE, INT4),
                new Manifest.Plan(List.of("talk"), List.of(), null, 1, null, Map.of()));
        RunDirectory run = RunDirectory.create(folder, manifest);
        answers(run, BASELINE, "plain");
        answers(run, INT4, "rather long");
        return run;
    }

    private static void answers(RunDirectory run, Variant variant, String words) {
        String id = variant.id() + "~evaluation";
        try (TrialFolder trial = run.begin(id)) {
            for (int i = 0; i < SAMPLES; i++) {
                String text = i < 2 ? "the same" : words + " " + i;
                trial.response(
                        "talk",
                        new ResponseRecord(
                                i,
                                "s" + i,
                                "question " + i,
                                List.of("right"),
                                List.of(),
                                "s" + i,
                                Map.of(),
                                "hash " + i,
                                List.of(new ResponseRecord.Reply(text, null, null, 3, 4, "stop", 5)),
                                null,
                                null));
            }
            trial.commit(new Trial(
                    Trial.SCHEMA_VERSION,
                    id,
                    variant,
                    new Workload(Workload.Kind.EVALUATION, "evaluation"),
                    1,
                    1,
                    1,
                    Trial.Status.COMPLETED,
                    List.<Reason>of(),
                    List.of(),
                    List.of(),
                    null,
                    Map.of(),
                    "2026-11-27T10:00:00Z",
                    1));
        }
    }

    /** A server of chat completions that judges by a function of the prompt. */
    private String server(UnaryOperator<String> replies) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        servers.add(server);
        server.createContext("/v1/models", exchange -> send(exchange, 200, "{\"data\":[{\"id\":\"judge\"}]}"));
        server.createContext("/v1/chat/completions", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.incrementAndGet();
            String reply = replies.apply(prompt(body));
            send(
                    exchange,
                    200,
                    "data: {\"choices\":[{\"delta\":{\"content\":" + Json.line(reply)
                            + "},\"finish_reason\":\"stop\"}]}\n\n"
                            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}\n\n"
                            + "data: [DONE]\n\n");
        });
        server.createContext("/", exchange -> send(exchange, 404, "{\"error\":{\"message\":\"chat alone\"}}"));
        server.start();
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static String prompt(String body) {
        Map<?, ?> request = Json.read(body, Map.class, "request");
        return ((List<?>) request.get("messages"))
                .stream()
                        .map(message -> String.valueOf(((Map<?, ?>) message).get("content")))
                        .collect(Collectors.joining());
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders()
                .set("Content-Type", text.startsWith("data:") ? "text/event-stream" : "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String preferLonger(String prompt) {
        Matcher sides = SIDES.matcher(prompt);
        assertThat(sides.find()).as(prompt).isTrue();
        return sides.group(1).length() > sides.group(2).length() ? "[[A]]" : "[[B]]";
    }

    private static double figure(JudgedTask.Standing standing, String name) {
        Measurement figure = standing.figure(name);
        assertThat(figure).as(name + " in " + standing).isNotNull();
        return figure == null ? Double.NaN : figure.value();
    }

    @Test
    void theDemoModelIsAskedForRealAndItsRefusalsAreKept() throws IOException {
        String results = folder.toString();
        String model = MODEL.toString();
        assertThat(run("evaluate", model, "--task", "demo-sorting", "--samples", "3", "--results", results))
                .as(err.toString())
                .isEqualTo(ExitCode.GOOD);
        Matcher path = Pattern.compile("run {5}(.*)").matcher(out.toString());
        assertThat(path.find()).isTrue();
        String run = path.group(1);
        assertThat(run("judge", run, "--by", model, "--task", "demo-sorting"))
                .as("one variant alone")
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--grade");
        assertThat(run("judge", run, "--by", model, "--task", "demo-sorting", "--grade", "--max-tokens", "16"))
                .as(err.toString())
                .isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(err.toString())
                .contains("asking 3 questions, 0 more are kept already")
                .contains("the first question that got no reply:", "context length is 256");
        assertThat(out.toString())
                .contains("judged by weighbridge-demo on onnxruntime, fp32", "3 questions got no reply");
        Path judgements = Path.of(run, "judgements_demo-sorting.jsonl");
        List<String> lines = Files.readAllLines(judgements);
        assertThat(lines).hasSize(3).allMatch(line -> line.contains("\"model_sha256\":\""));
        assertThat(run("judge", run, "--task", "demo-sorting", "--from-kept")).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(Files.readAllLines(judgements)).isEqualTo(lines);
        assertThat(Files.readString(Path.of(run, "report", "index.html"))).contains("Judged by a model");
    }

    @Test
    void aServerThatPrefersTheFirstPlaceIsFoundOut() throws IOException {
        RunDirectory run = kept();
        String judge = server(prompt -> "I see. [[A]]");
        assertThat(judge(run, "--by", judge)).as(err.toString()).isEqualTo(ExitCode.GOOD);
        assertThat(err.toString()).contains("asking 20 questions");
        assertThat(out.toString())
                .contains("judged by judge on openai, " + judge + " openai-chat")
                .contains("verdict changed with the order              100.0 %")
                .contains("preferred what was shown first              100.0 %")
                .contains("0 won, 12 tied, 0 lost; 2 of the ties are the same answers");
        assertThat(Files.readString(run.path().resolve("report/index.html"))).contains("Judged by a model");
        assertThat(run.path().resolve("report/judgements_talk.html")).exists();
    }

    @Test
    void nothingIsAskedTwiceAndAnotherServerIsAnotherJudge() throws IOException {
        RunDirectory run = kept();
        String judge = server(OpinionCommandsTest::preferLonger);
        assertThat(judge(run, "--by", judge, "--limit", "4", "--json")).isEqualTo(ExitCode.GOOD);
        int few = asked.get();
        assertThat(few).isBetween(4, 8);
        assertThat(judge(run, "--by", judge, "--json")).isEqualTo(ExitCode.GOOD);
        assertThat(asked.get()).isEqualTo(20);
        JudgedTask.Standing standing = standing();
        assertThat(standing.variant()).isEqualTo(INT4.id());
        assertThat(figure(standing, JudgedTask.WIN_RATE)).isCloseTo(11 / 12.0, within(1e-12));
        assertThat(judge(run, "--by", judge, "--json")).isEqualTo(ExitCode.GOOD);
        assertThat(asked.get()).as("all is kept").isEqualTo(20);
        assertThat(judge(run, "--from-kept", "--json")).isEqualTo(ExitCode.GOOD);
        assertThat(standing()).isEqualTo(standing);
        assertThat(judge(run, "--by", server(prompt -> "No idea."))).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(asked.get()).isEqualTo(40);
        assertThat(out.toString())
                .contains("replies without a verdict", "100.0 %")
                .doesNotContain("won, a tie as half");
        assertThat(judge(run, "--from-kept", "--json")).isEqualTo(ExitCode.GOOD);
        assertThat(judged().judges()).hasSize(2);
    }

    @Test
    void aRubricAndLabelsOfPeopleAreTakenFromFiles() throws IOException {
        RunDirectory run = kept();
        Path rubric = Files.writeString(folder.resolve("rubric.txt"), "Whether it rhymes.");
        Path labels = Files.writeString(folder.resolve("labels.jsonl"), """
                {"id": "s0", "variant": "%1$s", "verdict": "tie"}
                {"id": "s5", "variant": "%1$s", "verdict": "baseline"}
                """.formatted(INT4.id()));
        String judge = server(prompt -> {
            assertThat(prompt).contains("What counts:\nWhether it rhymes.\n");
            return preferLonger(prompt);
        });
        assertThat(judge(run, "--by", judge, "--rubric", rubric.toString(), "--labels", labels.toString(), "--json"))
                .as(err.toString())
                .isEqualTo(ExitCode.GOOD);
        assertThat(figure(standing(), JudgedTask.AGREEMENT)).isEqualTo(0.5);
        String sha256 = judged().judges().get(0).judge().promptsSha256();
        assertThat(run.path().resolve("judge_prompt_" + sha256 + ".txt"))
                .content()
                .contains("Whether it rhymes.");
        Files.delete(labels);
        assertThat(judge(run, "--from-kept", "--json")).as(err.toString()).isEqualTo(ExitCode.GOOD);
        assertThat(figure(standing(), JudgedTask.AGREEMENT))
                .as("the run remembers the labels")
                .isEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--task talk | give either a judge with --by, or --from-kept",
                "--task talk --by m --from-kept | give either a judge with --by, or --from-kept",
                "--task other --from-kept | keeps no answers to task 'other'; it keeps those to talk",
                "--task talk --from-kept | keeps no judgements of task talk",
                "--task talk --by m --limit 0 | --limit must be between 1 and",
                "--task talk --by m --rubric none.txt | rubric none.txt is not a file",
                "--task talk --by m --labels none.jsonl | labels none.jsonl are not a file",
                "--task talk --by m --baseline nobody | baseline nobody has no answers to talk",
                "--task talk --by missing-model | missing-model does not exist",
                "--task talk --by ftp://host | is not the http or https address of a server",
            })
    void whatCannotBeJudgedIsOneClearError(String options, String message) {
        RunDirectory run = kept();
        String[] arguments = Stream.concat(Stream.of("judge", run.path().toString()), Stream.of(options.split(" ", -1)))
                .toArray(String[]::new);
        assertThat(run(arguments)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("weighbridge: ", message).doesNotContain("\tat ", "Exception");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatUsersSaidIsShownAndKeptWithTheRun() throws IOException {
        RunDirectory run = kept();
        StringBuilder log = new StringBuilder("not json\n");
        for (int i = 0; i < 40; i++) {
            log.append("{\"request\": \"" + i + "\", \"variant\": \"" + BASELINE.id() + "\"")
                    .append(i < 10 ? ", \"thumbs\": \"up\"}\n" : i < 20 ? ", \"thumbs\": \"down\"}\n" : "}\n");
            log.append("{\"request\": \"" + i + "\", \"variant\": \"" + INT4.id() + "\"")
                    .append(
                            i < 5
                                    ? ", \"thumbs\": \"up\", \"rating\": 4}\n"
                                    : i < 20 ? ", \"thumbs\": \"down\"}\n" : "}\n");
        }
        log.append("{\"request\": \"1\", \"variant\": \"stranger\", \"rating\": 2}\n");
        Path file = Files.writeString(folder.resolve("log.jsonl"), log);
        assertThat(run(
                        "feedback",
                        file.toString(),
                        "--baseline",
                        BASELINE.id(),
                        "--run",
                        run.path().toString()))
                .as(err.toString())
                .isEqualTo(ExitCode.GOOD);
        assertThat(out.toString())
                .contains("requests with feedback                      50.00 %")
                .contains("thumbs that are up                          25.00 %")
                .contains("whatever the silent think: between 12.50 % and 62.50 %")
                .contains("less the baseline's, same requests         -25.00 pp")
                .contains("Who speaks up is not drawn at random");
        assertThat(err.toString())
                .contains("the run has no variant stranger")
                .contains("1 of 82 rows are broken and left out: no JSON");
        assertThat(run.path().resolve("feedback.json")).exists();
        assertThat(Files.readString(run.path().resolve("report/index.html"))).contains("What users said");
        assertThat(run("feedback", file.toString(), "--json")).isEqualTo(ExitCode.GOOD);
        assertThat(Json.read(out.toString(), UserFeedback.class, "output").variants())
                .hasSize(3);
        assertThat(run("feedback", file.toString(), "--baseline", "nobody")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no variant 'nobody'");
    }
}
