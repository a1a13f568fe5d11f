package dev.weighbridge.spark;

import dev.weighbridge.core.evaluation.InOrder;
import dev.weighbridge.core.evaluation.SampleJudge;
import dev.weighbridge.core.evaluation.TaskScoring;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.ResponseRecord;
import dev.weighbridge.results.SampleRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Judges responses on the executors of a cluster, so many at a time, and hands over the samples in their order. Scorers that run
 * programs run them in the executor's sandbox.
 */
final class SparkJudge implements SampleJudge {
    private static final int MOST_RESPONSES = 256;
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int JOBS_PER_CORE = 2;
    private static final int MOST_JOBS = 256;

    private final JavaSparkContext spark;

    SparkJudge(JavaSparkContext spark) {
        this.spark = spark;
    }

    @Override
    public void judge(TaskScoring scoring, Consumer<Consumer<ResponseRecord>> responses, Consumer<SampleRecord> sink)
            throws InterruptedException {
        String rules = Json.line(scoring.rules());
        int jobs = Math.min(MOST_JOBS, JOBS_PER_CORE * Math.max(1, spark.defaultParallelism()));
        try (InOrder<String> work = new InOrder<>(
                jobs,
                judged -> judged.lines()
                        .forEach(
                                line -> sink.accept(Json.read(line, SampleRecord.class, "what an executor judged"))))) {
            Batch batch = new Batch();
            responses.accept(response -> {
                batch.add(Json.line(response));
                if (batch.full()) {
                    send(work, rules, batch.take());
                }
            });
            send(work, rules, batch.take());
            work.finish();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "responses to " + scoring.rules().id() + " could not be judged on the cluster", e.getCause());
        }
    }

    private void send(InOrder<String> work, String rules, List<String> lines) {
        if (!lines.isEmpty()) {
            work.add(() -> spark.parallelize(List.of(0), 1)
                    .map(nothing -> ExecutorWork.judge(rules, lines))
                    .first());
        }
    }

    /** Responses that are judged together. */
    private static final class Batch {
        private final List<String> lines = new ArrayList<>();
        private long characters;

        void add(String line) {
            lines.add(line);
            characters += line.length();
        }

        boolean full() {
            return lines.size() >= MOST_RESPONSES || characters >= MOST_CHARACTERS;
        }

        List<String> take() {
            List<String> taken = List.copyOf(lines);
            lines.clear();
            characters = 0;
            return taken;
        }
    }
}
