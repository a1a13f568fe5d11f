package dev.weighbridge.spark;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.run.Rescoring;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.RunDirectory;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;

/** Judges the kept responses of a run again on the executors of a cluster; the figures are made on the driver. */
public final class SparkRescoring {
    private SparkRescoring() {}

    /**
     * Judges every evaluation of a run again, as {@link Rescoring#of(RunDirectory, Map)} does.
     *
     * @param run in a folder of the driver
     * @param others rules by task id, which take the place of those that were kept with the responses
     * @throws ConfigException as there
     */
    public static List<Rescoring.Rescored> of(
            JavaSparkContext spark, RunDirectory run, Map<String, TaskSet.Rules> others) throws InterruptedException {
        return Rescoring.of(run, others, new SparkJudge(spark));
    }
}
