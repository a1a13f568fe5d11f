package dev.weighbridge.spark;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.run.RecordedEvaluation;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.RunDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Tasks asked of one model on the executors of a cluster. The run is the driver's: it lies in a folder of the driver, is laid out
 * as one of a single machine, and holds the same rows in the same order but for durations.
 */
public final class SparkEvaluation {
    /** Fact of a trial: how long executors were held, in executor-seconds. */
    public static final String EXECUTOR_SECONDS = "spark_executor_seconds";

    /** Fact of a trial: what they cost, in US dollars; there only where a price was given. */
    public static final String COST = "spark_cost_usd";

    private static final double SECONDS_PER_HOUR = 3600;

    private final JavaSparkContext spark;
    private final EngineRecipe recipe;
    private final Settings settings;

    /** An evaluation on the cluster of a context. */
    public SparkEvaluation(JavaSparkContext spark, EngineRecipe recipe, Settings settings) {
        this.spark = spark;
        this.recipe = recipe;
        this.settings = settings;
    }

    /**
     * How the work is cut and what it costs.
     *
     * @param slice samples in one piece of work; 0 for a number that suits the cluster
     * @param pricePerExecutorHour in US dollars; 0 where it is not known
     */
    public record Settings(int slice, double pricePerExecutorHour) {
        public Settings {
            if (slice < 0) {
                throw new ConfigException(
                        "samples in a slice must be at least 1, or 0 to leave it open, got: " + slice);
            }
            if (!(pricePerExecutorHour >= 0) || Double.isInfinite(pricePerExecutorHour)) {
                throw new ConfigException(
                        "the price of an executor must be US dollars an hour from 0, got: " + pricePerExecutorHour);
            }
        }

        /** Slices that suit the cluster, of unknown price. */
        public static Settings ofCluster() {
            return new Settings(0, 0);
        }
    }

    /**
     * Begins a run and ends it.
     *
     * @param results folder of all runs
     * @param begun gets the folder of the run, with which {@link #resume} goes on after an interruption
     * @param heard is told of each response that is kept
     * @throws EngineException when samples are left that could not be asked; what was answered stays for {@link #resume}
     * @throws ConfigException when the engine cannot be asked one of the tasks, or the model has random weights
     */
    public RunDirectory run(Path results, RecordedEvaluation.Asked asked, Consumer<Path> begun, Consumer<TaskSet> heard)
            throws InterruptedException {
        return run(
                (opened, spec) -> {
                    RecordedEvaluation evaluation =
                            RecordedEvaluation.begin(results, opened.info(), spec, opened.model(), asked);
                    begun.accept(evaluation.path());
                    return evaluation;
                },
                heard);
    }

    /**
     * Goes on with a run that was interrupted, also with one of a single machine.
     *
     * @throws EngineException as {@link #run}
     * @throws ConfigException as {@link #run}, and as {@link RecordedEvaluation#resume}
     */
    public RunDirectory resume(RunDirectory run, RecordedEvaluation.Asked asked, Consumer<TaskSet> heard)
            throws InterruptedException {
        return run((opened, spec) -> RecordedEvaluation.resume(run, opened.info(), spec, opened.model(), asked), heard);
    }

    @FunctionalInterface
    private interface Opening {
        RecordedEvaluation open(ExecutorWork.Opened opened, EngineSpec spec);
    }

    private RunDirectory run(Opening opening, Consumer<TaskSet> heard) throws InterruptedException {
        String id = UUID.randomUUID().toString();
        ExecutorTime time = new ExecutorTime();
        long begin = System.currentTimeMillis();
        spark.sc().addSparkListener(time);
        if (spark.isLocal()) {
            time.added("driver", begin);
        }
        CollectionConverters.asJava(spark.sc().getExecutorIds()).forEach(executor -> time.added(executor, begin));
        try {
            ExecutorWork.Opened opened = opened(id);
            if (opened.model().randomWeights() != null) {
                throw new ConfigException("model " + recipe.model() + " has random weights: accuracy means nothing."
                        + " Evaluate trained weights.");
            }
            RecordedEvaluation evaluation = opening.open(opened, recipe.spec(Path.of("")));
            SparkAsker asker = new SparkAsker(spark, id, recipe, opened, settings.slice(), () -> facts(time));
            return evaluation.run(asker, new SparkJudge(spark), heard);
        } finally {
            spark.sc().removeSparkListener(time);
            // In local mode executors are threads of this process, which goes on.
            ExecutorEngines.close(id);
        }
    }

    /** Opens the engine on one executor before anything is written. */
    private ExecutorWork.Opened opened(String id) {
        EngineRecipe travelling = recipe;
        String found = spark.parallelize(List.of(0), 1)
                .map(nothing -> ExecutorWork.open(id, travelling))
                .first();
        return Json.read(found, ExecutorWork.Found.class, "what an executor opened")
                .orThrow();
    }

    private Map<String, String> facts(ExecutorTime time) {
        Map<String, String> facts = new TreeMap<>();
        double seconds = time.seconds(System.currentTimeMillis());
        facts.put("spark_version", spark.version());
        facts.put(EXECUTOR_SECONDS, String.format(Locale.ROOT, "%.3f", seconds));
        if (settings.pricePerExecutorHour() > 0) {
            facts.put(
                    COST,
                    String.format(Locale.ROOT, "%.6f", seconds / SECONDS_PER_HOUR * settings.pricePerExecutorHour()));
        }
        return facts;
    }
}
