package dev.weighbridge.spark;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.core.run.RecordedEvaluation;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scores one model on tasks, on the cluster that Spark was submitted to. */
@Command(
        name = "evaluate",
        description = {
            "Score one model on tasks on the cluster. The driver reads the tasks and keeps the run; executors ask and judge."
        },
        footer = {
            "",
            "Examples, after 'spark-submit … --class dev.weighbridge.spark.SparkSubmitMain weighbridge-spark.jar':",
            "  evaluate --server http://models:8000 --task gsm8k@test.jsonl --results runs",
            "  evaluate /models/my-model --engine onnxruntime --precision int8 --task my-task.yaml --results runs"
        })
final class SubmittedEvaluation implements Callable<Integer> {
    private static final int MOST_SAMPLES = 5_000_000;
    private static final int MOST_REQUESTS = 1024;
    private static final int MOST_THREADS = 1024;
    private static final int LONGEST_CONTEXT = 1 << 24;
    private static final int MOST_SLOTS = 1024;
    private static final String SERVERS = "openai";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            description = "Folder of a Hugging Face checkpoint on every executor; not needed with --server.")
    private @Nullable Path model;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "Address of an OpenAI-compatible server that every executor reaches.")
    private @Nullable String server;

    @Option(
            names = "--served-as",
            paramLabel = "NAME",
            description = "Name under which the server serves the model. Default: the first one that it lists.")
    private @Nullable String servedAs;

    @Option(
            names = "--protocol",
            paramLabel = "ID",
            description = "Wire protocol: openai-completions or openai-chat. Default: ${DEFAULT-VALUE}.")
    private String protocol = Endpoint.COMPLETIONS;

    @Option(
            names = "--key-variable",
            paramLabel = "NAME",
            description = "Environment variable of the executors that holds the server's key.")
    private @Nullable String keyVariable;

    @Option(
            names = "--engine",
            paramLabel = "E",
            description = "Engine that executors open where there is no server. Default: ${DEFAULT-VALUE}.")
    private String engine = "onnxruntime";

    @Option(
            names = "--precision",
            paramLabel = "P",
            description = "For example fp32, int8, int4, w8a8. Default: ${DEFAULT-VALUE}.")
    private String precision = "fp32";

    @Option(
            names = "--slots",
            paramLabel = "N",
            description = "Rows of continuous batching in each executor. Default: ${DEFAULT-VALUE}.")
    private int slots = 8;

    @Option(names = "--device", paramLabel = "D", description = "auto, cpu or cuda:N. Default: ${DEFAULT-VALUE}.")
    private String device = "auto";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads of one forward pass. Default: ${DEFAULT-VALUE}.")
    private int threads = 1;

    @Option(names = "--context", paramLabel = "N", description = "Context length in tokens; 0 takes the model's own.")
    private int context;

    @Option(
            names = "--task",
            paramLabel = "T",
            description = "Task, read by the driver; may be given several times. Default: the tasks of the demo model.")
    private List<String> tasks = TaskSets.ids();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Most samples of each task; a seeded draw. Default: ${DEFAULT-VALUE}.")
    private int samples = 200;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draw. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Requests at once of each Spark task. Default: ${DEFAULT-VALUE}.")
    private int concurrency = 8;

    @Option(
            names = "--slice",
            paramLabel = "N",
            description = "Samples in one Spark task; 0 for a number that suits the cluster.")
    private int slice;

    @Option(
            names = "--executor-price",
            paramLabel = "USD",
            description = "US dollars that one executor costs an hour, for the cost of the evaluation.")
    private double executorPrice;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "Folder of all runs on the driver. Default: ${DEFAULT-VALUE}.")
    private Path results = Path.of("results");

    @Option(
            names = "--resume",
            paramLabel = "RUN_DIR",
            description = "Go on with an interrupted evaluation of the same model, variant and tasks.")
    private @Nullable Path resume;

    @Override
    public Integer call() throws InterruptedException {
        SparkEvaluation.Settings settings = new SparkEvaluation.Settings(slice, executorPrice);
        EngineRecipe recipe = recipe();
        Map<String, TaskSet> sets = Tasks.load(tasks.stream().distinct().toList(), Path.of(""));
        RecordedEvaluation.Asked asked = new RecordedEvaluation.Asked(
                sets,
                within("--samples", samples, 1, MOST_SAMPLES),
                seed,
                within("--concurrency", concurrency, 1, MOST_REQUESTS));
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        sets.values().forEach(set -> warn(out, set));
        long total = sets.values().stream()
                .mapToLong(set -> Math.min(samples, set.samples().size()))
                .sum();
        ProgressLines progress = new ProgressLines(total, out::println);
        try (JavaSparkContext spark =
                new JavaSparkContext(new SparkConf().setIfMissing("spark.app.name", "weighbridge"))) {
            SparkEvaluation evaluation = new SparkEvaluation(spark, recipe, settings);
            Path folder = resume;
            RunDirectory run = folder == null
                    ? evaluation.run(
                            results,
                            asked,
                            begun -> out.println(
                                    "asking " + total + " samples; after an interruption go on with --resume " + begun),
                            task -> progress.heard())
                    : evaluation.resume(RunDirectory.open(folder), asked, task -> progress.heard());
            Trial trial = run.trials().get(0);
            ScoreLines.print(out, trial);
            out.println("executor-seconds  " + trial.engine().get(SparkEvaluation.EXECUTOR_SECONDS));
            Optional.ofNullable(trial.engine().get(SparkEvaluation.COST))
                    .ifPresent(cost -> out.println("cost              " + cost + " USD"));
            out.println("run               " + run.path());
        }
        return 0;
    }

    private static void warn(PrintWriter out, TaskSet set) {
        if (!set.broken().isEmpty()) {
            out.println(set.id() + ": " + set.broken().size() + " rows are broken and left out; the first: "
                    + set.broken().get(0));
        }
        set.notes().forEach(note -> out.println(set.id() + ": " + note));
    }

    private EngineRecipe recipe() {
        if (server == null && model == null) {
            throw new ConfigException("name what is to be evaluated: the folder of a checkpoint, or --server URL");
        }
        Path folder = model == null ? Path.of("") : model;
        int rows = within("--slots", slots, 1, MOST_SLOTS);
        try {
            return EngineRecipe.of(
                    server == null ? engine : SERVERS,
                    new EngineSpec(
                            folder,
                            Precision.of(precision),
                            rows == 1 ? Batching.none() : Batching.continuous(rows),
                            DeviceRequest.parse(device),
                            within("--threads", threads, 1, MOST_THREADS),
                            within("--context", context, 0, LONGEST_CONTEXT),
                            folder,
                            folder,
                            Optional.ofNullable(server).map(this::target)));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    private ServerTarget target(String address) {
        return new ServerTarget(
                address, Optional.empty(), servedAs, protocol, keyVariable, Map.of(), Map.of(), null, Map.of());
    }

    private static int within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ConfigException(option + " must be between " + least + " and " + most + ", got: " + value);
        }
        return value;
    }
}
