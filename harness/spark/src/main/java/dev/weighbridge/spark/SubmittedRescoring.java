package dev.weighbridge.spark;

import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.core.run.Rescoring;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges the kept answers of a run again, on the cluster that Spark was submitted to. */
@Command(
        name = "rescore",
        description =
                "Judge the kept answers of a run again on the cluster, by the rules they were judged by or by others.")
final class SubmittedRescoring implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "RUN_DIR", description = "Folder of the run on the driver.")
    private Path run = Path.of("");

    @Option(
            names = "--task",
            paramLabel = "T",
            description = "Task whose filters and scorers take the place of those of the run's task of the same name.")
    private List<String> tasks = List.of();

    @Override
    public Integer call() throws InterruptedException {
        Map<String, TaskSet.Rules> rules = new LinkedHashMap<>();
        Tasks.load(tasks, Path.of("")).forEach((id, task) -> rules.put(id, task.rules()));
        RunDirectory directory = RunDirectory.open(run);
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        try (JavaSparkContext spark =
                new JavaSparkContext(new SparkConf().setIfMissing("spark.app.name", "weighbridge"))) {
            for (Rescoring.Rescored rescored : SparkRescoring.of(spark, directory, rules)) {
                out.println(rescored.trial().id());
                ScoreLines.print(out, rescored.trial());
                out.println(
                        rescored.changed() + " of " + rescored.samples() + " samples are judged otherwise than before");
            }
        }
        return 0;
    }
}
