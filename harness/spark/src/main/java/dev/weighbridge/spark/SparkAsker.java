package dev.weighbridge.spark;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.core.evaluation.SampleAsker;
import dev.weighbridge.core.evaluation.TaskEvaluation;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.ResponseRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks samples on the executors of a cluster, slice by slice. Each slice is a Spark job of one partition, so that its answers are
 * kept as soon as they are there and a slice that fails costs no other one. What is missing of a slice that failed is asked again.
 */
final class SparkAsker implements SampleAsker {
    /** How often a slice is asked before it is given up; each time only what is still missing. */
    static final int MOST_ATTEMPTS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(SparkAsker.class);
    private static final long LOOK_MILLIS = 10;

    /** Slices that wait at Spark for each of its cores, so that none has nothing to do while the driver writes. */
    private static final int AHEAD = 2;

    private static final int SLICES_PER_CORE = 4;
    private static final int ROUNDS = 32;
    private static final long LARGEST_SLICE = 8 << 20;

    private final JavaSparkContext spark;
    private final String evaluation;
    private final EngineRecipe recipe;
    private final ExecutorWork.Opened opened;
    private final int slice;
    private final Supplier<Map<String, String>> facts;

    /**
     * @param evaluation id of it, unique among all
     * @param opened what an executor found
     * @param slice samples in one piece of work; 0 for a number that suits the cluster
     * @param facts for the record
     */
    SparkAsker(
            JavaSparkContext spark,
            String evaluation,
            EngineRecipe recipe,
            ExecutorWork.Opened opened,
            int slice,
            Supplier<Map<String, String>> facts) {
        this.spark = spark;
        this.evaluation = evaluation;
        this.recipe = recipe;
        this.opened = opened;
        this.slice = slice;
        this.facts = facts;
    }

    @Override
    public EngineInfo info() {
        return opened.info();
    }

    @Override
    public Optional<String> problem(TaskSet task) {
        if (task.rules().prompting().chat()) {
            return Optional.of("is not asked chats on a cluster, as task " + task.id() + " is");
        }
        return task.rules().asking().output() == TaskSet.Output.GENERATE || opened.scoring()
                ? Optional.empty()
                : Optional.of("does not say how likely it finds a text, which task " + task.id() + " asks");
    }

    @Override
    public Map<String, String> facts() {
        return facts.get();
    }

    @Override
    public void ask(TaskEvaluation asked, TaskEvaluation.Answered answered, Consumer<ResponseRecord> keep)
            throws InterruptedException {
        List<TaskEvaluation.Question> open = asked.open(answered);
        Round round = new Round(asked, open, keep);
        try {
            round.run(slices(asked, open));
        } finally {
            round.cancel();
        }
        round.requireWhole();
    }

    /** At least so many samples that all requests at once are made use of, few enough that all cores have several slices. */
    static int sliceSize(int samples, int cores, int concurrency) {
        int fair = parts(samples, Math.max(1, cores));
        int several = parts(samples, Math.max(1, cores * SLICES_PER_CORE));
        return Math.max(1, Math.min(fair, Math.min(Math.max(several, concurrency), concurrency * ROUNDS)));
    }

    private static int parts(int samples, int by) {
        return (int) (((long) samples + by - 1) / by);
    }

    private Deque<Piece> slices(TaskEvaluation asked, List<TaskEvaluation.Question> open) {
        int most = slice > 0 ? slice : sliceSize(open.size(), spark.defaultParallelism(), asked.concurrency());
        ExecutorWork.Slice empty = new ExecutorWork.Slice(
                evaluation, recipe, Json.line(asked.task().rules()), asked.seed(), asked.concurrency(), List.of());
        Deque<Piece> slices = new ArrayDeque<>();
        List<TaskEvaluation.Question> current = new ArrayList<>();
        long size = 0;
        for (TaskEvaluation.Question question : open) {
            long length = question.sample().prompt().length();
            if (!current.isEmpty() && (current.size() >= most || size + length > LARGEST_SLICE)) {
                slices.add(new Piece(empty, List.copyOf(current), 1));
                current.clear();
                size = 0;
            }
            current.add(question);
            size += length;
        }
        if (!current.isEmpty()) {
            slices.add(new Piece(empty, List.copyOf(current), 1));
        }
        return slices;
    }

    /**
     * Questions of one job; they become text when they are sent and not before.
     *
     * @param attempt number from 1
     */
    private record Piece(ExecutorWork.Slice slice, List<TaskEvaluation.Question> questions, int attempt) {}

    /** One task on its way through the cluster. */
    private final class Round {
        private final TaskEvaluation asked;
        private final Map<Integer, TaskEvaluation.Question> missing = new HashMap<>();
        private final Consumer<ResponseRecord> keep;
        private final Map<JavaFutureAction<List<String>>, Piece> running = new HashMap<>();
        private @Nullable EngineException failure;

        Round(TaskEvaluation asked, List<TaskEvaluation.Question> open, Consumer<ResponseRecord> keep) {
            this.asked = asked;
            this.keep = keep;
            open.forEach(question -> missing.put(question.position(), question));
        }

        void run(Deque<Piece> waiting) throws InterruptedException {
            while (!waiting.isEmpty() || !running.isEmpty()) {
                while (!waiting.isEmpty() && running.size() < AHEAD * Math.max(1, spark.defaultParallelism())) {
                    send(waiting.remove());
                }
                boolean idle = true;
                for (Iterator<Map.Entry<JavaFutureAction<List<String>>, Piece>> jobs =
                                running.entrySet().iterator();
                        jobs.hasNext(); ) {
                    Map.Entry<JavaFutureAction<List<String>>, Piece> job = jobs.next();
                    if (job.getKey().isDone()) {
                        jobs.remove();
                        take(job.getKey(), job.getValue(), waiting);
                        idle = false;
                    }
                }
                if (idle) {
                    Thread.sleep(LOOK_MILLIS);
                }
            }
        }

        private void send(Piece piece) {
            ExecutorWork.Slice slice = piece.slice()
                    .with(piece.questions().stream().map(ExecutorWork::line).toList());
            running.put(
                    spark.parallelize(List.of(0), 1)
                            .map(nothing -> ExecutorWork.ask(slice))
                            .collectAsync(),
                    piece);
        }

        /** Keeps what came and has the rest asked again where that can be of use. */
        private void take(JavaFutureAction<List<String>> job, Piece piece, Deque<Piece> waiting)
                throws InterruptedException {
            EngineException.Category category;
            String reason;
            try {
                ExecutorWork.Answers answers =
                        Json.read(job.get().get(0), ExecutorWork.Answers.class, "what an executor answered");
                answers.replied().forEach(this::keep);
                if (answers.category() == null) {
                    return;
                }
                category = answers.category();
                reason = String.valueOf(answers.failure());
            } catch (ExecutionException | CancellationException e) {
                category = EngineException.Category.FAILED;
                reason = "Spark gave up a slice: " + firstLine(e.getCause() == null ? e : e.getCause());
            }
            List<TaskEvaluation.Question> rest = piece.questions().stream()
                    .filter(question -> missing.containsKey(question.position()))
                    .toList();
            boolean again = piece.attempt() < MOST_ATTEMPTS && mayHelp(category);
            LOG.warn(
                    "{} of {} samples of a slice of {} have no answer after attempt {}{}: {}",
                    rest.size(),
                    piece.questions().size(),
                    asked.task().id(),
                    piece.attempt(),
                    again ? ", they are asked again" : "",
                    reason);
            if (again) {
                waiting.add(new Piece(piece.slice(), rest, piece.attempt() + 1));
                return;
            }
            failure = failure == null ? new EngineException(category, reason) : failure;
            if (!mayHelp(category)) {
                waiting.clear();
            }
        }

        /** A position that is not missing was kept before: whatever brings an answer twice, one is written. */
        private void keep(ResponseRecord reply) {
            TaskEvaluation.Question question = missing.remove(reply.docId());
            if (question != null) {
                keep.accept(question.with(reply.replies(), reply.failure()));
            }
        }

        void cancel() {
            running.keySet().forEach(job -> job.cancel(true));
        }

        void requireWhole() {
            EngineException first = failure;
            if (first != null) {
                throw new EngineException(
                        first.category(),
                        missing.size() + " samples of " + asked.task().id() + " have no answer; the rest is kept: "
                                + first.getMessage(),
                        first);
            }
            if (!missing.isEmpty()) {
                throw new IllegalStateException("executors gave no answer to " + missing.size() + " samples of "
                        + asked.task().id());
            }
        }
    }

    /** Whether another engine may do better: not where the model or the engine's library is what is wrong. */
    private static boolean mayHelp(EngineException.Category category) {
        return switch (category) {
            case CRASHED, TIMED_OUT, FAILED -> true;
            case UNAVAILABLE, BAD_MODEL, BAD_REQUEST -> false;
        };
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
    }
}
