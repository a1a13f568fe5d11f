package dev.weighbridge.cli;

import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.api.ChatTemplateEngine;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.judging.ChattingEngine;
import dev.weighbridge.core.judging.HumanLabels;
import dev.weighbridge.core.judging.JudgeAsking;
import dev.weighbridge.core.judging.JudgeFigures;
import dev.weighbridge.core.judging.JudgePlan;
import dev.weighbridge.core.judging.JudgeQuestion;
import dev.weighbridge.core.judging.Judging;
import dev.weighbridge.core.judging.KeptAnswers;
import dev.weighbridge.core.run.ModelFacts;
import dev.weighbridge.core.study.RandomWeights;
import dev.weighbridge.reports.ReportWriter;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.OpinionFiles;
import dev.weighbridge.results.RunDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a model judge the kept answers of a run. */
@Command(
        name = "judge",
        description = {
            "Have a model judge the kept written answers of a run: each variant's against the baseline's, in both orders, or each alone",
            "with a grade. Every reply is kept as it comes; the same command goes on after an interruption and asks nothing twice."
        },
        footer = {
            "",
            "A judge is a model with biases of its own: the share of pairs whose verdict changes with the order, and how often the answer",
            "shown first is preferred, stand beside its verdicts. --labels holds it against people, a line a verdict:",
            "  {\"id\": SAMPLE, \"variant\": ID, \"verdict\": \"variant\" | \"baseline\" | \"tie\"}",
            "",
            "Exit code 5 when no reply has a verdict or grade.",
            "",
            "Examples:",
            "  weighbridge judge results/quickstart/20261123-101500 --by models/judge --precision int8 --task demo-arithmetic",
            "  weighbridge judge RUN_DIR --by http://127.0.0.1:8000 --task mt-bench --rubric helpful.txt --labels people.jsonl",
            "  weighbridge judge RUN_DIR --by http://127.0.0.1:8000 --task mt-bench --baseline results/evaluate/20261127-101500-000",
            "  weighbridge judge RUN_DIR --from-kept --task mt-bench --json"
        })
final class JudgeCommand implements Callable<Integer> {
    private static final int MOST_SAMPLES = 10_000;
    private static final int MOST_REQUESTS = 1024;
    private static final int MOST_TOKENS = 100_000;

    private final Terminal terminal;

    @Parameters(paramLabel = "RUN_DIR", description = "Folder of the run.")
    private Path run = Path.of("");

    @Option(
            names = "--by",
            paramLabel = "MODEL",
            description = "The judge: folder of a Hugging Face checkpoint, or the address of a server.")
    private @Nullable String by;

    @Option(
            names = "--task",
            required = true,
            paramLabel = "T",
            description = "Id of the task whose answers are judged.")
    private String task = "";

    @Option(
            names = "--baseline",
            paramLabel = "B",
            description = {
                "Variant that the others are held against, or the folder of another run, whose own baseline is taken. Default: the run's"
                        + " baseline."
            })
    private @Nullable String baseline;

    @Option(
            names = "--grade",
            description = "Grade each answer alone from 1 to 10, beside a right answer where there is one.")
    private boolean grade;

    @Option(
            names = "--rubric",
            paramLabel = "FILE",
            description = "What the judge is to look at. Default: a general one.")
    private @Nullable Path rubric;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "Verdicts of people to hold the judge against. The run keeps them for the next time.")
    private @Nullable Path labels;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Most samples; a seeded draw, of which a smaller one is a part. Default: ${DEFAULT-VALUE}.")
    private int limit = 200;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draw. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Most tokens of a reply. Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 512;

    @Option(names = "--concurrency", paramLabel = "N", description = "Requests at once. Default: ${DEFAULT-VALUE}.")
    private int concurrency = 8;

    @Option(names = "--retry-failed", description = "Ask questions again that got no reply.")
    private boolean retryFailed;

    @Option(names = "--from-kept", description = "Ask nothing: compute the figures again from the kept replies.")
    private boolean fromKept;

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    @Mixin
    private EngineOptions options = new EngineOptions();

    @Mixin
    private RemoteOptions remote = new RemoteOptions();

    JudgeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionValue.within("--limit", limit, 1, MOST_SAMPLES);
        OptionValue.within("--max-tokens", maxTokens, 1, MOST_TOKENS);
        OptionValue.within("--concurrency", concurrency, 1, MOST_REQUESTS);
        if (fromKept == (by != null)) {
            throw new ConfigException("give either a judge with --by, or --from-kept");
        }
        HumanLabels given = labels == null ? null : HumanLabels.read(labels);
        RunDirectory directory = RunDirectory.open(run);
        OpinionFiles files = new OpinionFiles(directory.path());
        Map<String, KeptAnswers> answers = KeptAnswers.of(directory, task);
        KeptAnswers against = KeptAnswers.baseline(directory, task, answers, baseline);
        JudgedTask judged;
        Judge asked;
        Closeable lock = directory.lock();
        try {
            asked = by == null ? null : ask(files, by, answers, against);
            judged = figures(files, against, given == null ? HumanLabels.kept(files, task) : given);
            if (given != null) {
                given.keep(files, task);
            }
        } finally {
            lock.close();
        }
        Path report = ReportWriter.write(directory);
        if (json) {
            terminal.line(Json.pretty(judged).stripTrailing());
        } else {
            JudgeTable.print(terminal, judged, asked);
            terminal.line("kept    " + files.judgements(task));
            terminal.line("report  " + report);
        }
        return JudgeTable.readable(judged, asked) ? ExitCode.GOOD : ExitCode.INCONCLUSIVE;
    }

    private JudgedTask figures(OpinionFiles files, KeptAnswers against, @Nullable HumanLabels people) {
        files.mend(task);
        JudgedTask judged = JudgeFigures.of(files, task, against.name(), people);
        if (judged.judges().isEmpty()) {
            throw new ConfigException(
                    "run " + run + " keeps no judgements of task " + task + ". Name a judge with --by.");
        }
        files.write(judged);
        return judged;
    }

    private Judge ask(OpinionFiles files, String model, Map<String, KeptAnswers> answers, KeptAnswers against)
            throws IOException, InterruptedException {
        String looked = rubric == null ? JudgeAsking.DEFAULT_RUBRIC : JudgeAsking.rubric(rubric);
        Path log = Files.createTempFile("weighbridge-judge", ".log");
        boolean server = model.contains("://");
        String sha256 = server ? null : trained(Path.of(model));
        try (Engine opened = server ? remote.open(model, Endpoint.CHAT) : opened(Path.of(model), log)) {
            boolean chat = !server && ChattingEngine.possible(opened);
            Engine engine =
                    chat && opened instanceof ChatTemplateEngine template ? new ChattingEngine(template) : opened;
            JudgeAsking asking = new JudgeAsking(grade ? Judge.Kind.GRADES : Judge.Kind.PAIRS, looked, maxTokens, chat);
            List<JudgeQuestion> questions = JudgePlan.of(asking, answers.values(), against, limit, seed);
            Judge judge = judge(asking, engine, sha256);
            files.prompt(asking.wordingSha256(), asking.wording());
            Judging judging = new Judging(files, task, judge, retryFailed);
            List<JudgeQuestion> open = judging.open(questions);
            long asked = open.stream()
                    .map(question -> question.about().promptHash())
                    .filter(Objects::nonNull)
                    .distinct()
                    .count();
            if (!json) {
                terminal.note("asking " + asked + " questions, " + (questions.size() - open.size())
                        + " more are kept already; after an interruption the same command goes on");
            }
            AtomicReference<@Nullable String> failure = new AtomicReference<>();
            Progress progress = new Progress(terminal, open.size(), 0);
            judging.ask(engine, open, concurrency, row -> {
                if (row.about().promptHash() != null) {
                    failure.compareAndSet(null, row.failure());
                }
                if (terminal.interactive() && !json) {
                    progress.finished(task, false);
                }
            });
            progress.end();
            String first = failure.get();
            if (first != null) {
                terminal.note("the first question that got no reply: " + SafeText.clean(first));
            }
            Files.deleteIfExists(log);
            return judge;
        }
    }

    private static Judge judge(JudgeAsking asking, Engine engine, @Nullable String sha256) {
        if (sha256 != null) {
            return asking.judge(engine.info(), sha256);
        }
        if (engine instanceof EndpointEngine server) {
            return asking.judge(engine.info(), server.endpoint());
        }
        throw new IllegalStateException("a server without an endpoint");
    }

    private Engine opened(Path model, Path log) {
        EngineSpec spec = options.spec(model, log);
        return Engines.named(options.engine()).open(spec);
    }

    /** SHA-256 of a checkpoint that was trained: one of random weights judges nothing. */
    private static String trained(Path model) {
        RandomWeights.of(model).ifPresent(weights -> {
            throw new ConfigException(model + " has random weights (shape " + weights.shape() + ", seed "
                    + weights.seed() + "): its verdicts mean nothing. Judge by trained weights.");
        });
        return ModelFacts.of(model, "unknown").sha256();
    }
}
