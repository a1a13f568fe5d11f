package dev.weighbridge.core.evaluation;

import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.SampleRecord;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks an engine the samples of a task and judges its answers. */
public final class TaskEvaluation {
    /**
     * Time-outs in a row, with no answer of any kind between them, after which an engine counts as hung: each further sample
     * would only wait as long again.
     */
    public static final int MOST_TIMEOUTS_IN_A_ROW = 3;

    private static final int LONGEST_FAILURE = 300;

    private final TaskSet task;
    private final int samples;
    private final long seed;
    private final int concurrency;
    private final AtomicInteger timeoutsInARow = new AtomicInteger();

    /**
     * An evaluation of one task.
     *
     * @param samples most samples to ask; when the task has more, a seeded draw, never the first ones
     * @param concurrency requests at once
     */
    public TaskEvaluation(TaskSet task, int samples, long seed, int concurrency) {
        this.task = task;
        this.samples = samples;
        this.seed = seed;
        this.concurrency = concurrency;
    }

    /**
     * Asks all samples.
     *
     * @return one record a sample, in the order of the task; a sample that failed is wrong and says why
     * @throws EngineException of category CRASHED when the engine is gone, TIMED_OUT when it hangs, which is after
     *     {@link #MOST_TIMEOUTS_IN_A_ROW}
     */
    public List<SampleRecord> run(Engine engine) throws InterruptedException {
        List<SampleRecord> records = new ArrayList<>();
        run(engine, records::add);
        return records;
    }

    /**
     * Asks all samples and hands over each record, in the order of the task. Also those of an evaluation that ends early are
     * handed over.
     *
     * @throws EngineException as {@link #run(Engine)}
     */
    public void run(Engine engine, Consumer<SampleRecord> keep) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(concurrency);
        try {
            List<Future<Optional<SampleRecord>>> answers = new ArrayList<>();
            for (int index : drawn()) {
                answers.add(pool.submit(() -> hung() ? Optional.empty() : Optional.of(ask(engine, index))));
            }
            RuntimeException end = null;
            for (Future<Optional<SampleRecord>> answer : answers) {
                if (end != null && !answer.isDone()) {
                    continue;
                }
                try {
                    answer.get().ifPresent(keep);
                } catch (ExecutionException e) {
                    end = end == null ? failure(e) : end;
                }
            }
            if (end != null || hung()) {
                throw end == null ? hang() : end;
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Whether an engine can be asked a task: one that scores no texts cannot choose between them. */
    public static boolean canAsk(Engine engine, TaskSet task) {
        return task.kind() != TaskSet.Kind.MULTIPLE_CHOICE || engine instanceof ScoringEngine;
    }

    private static ScoringEngine scoring(Engine engine) {
        if (engine instanceof ScoringEngine scoring) {
            return scoring;
        }
        throw new IllegalStateException("engine " + engine.info().engineId() + " scores no texts");
    }

    /** Once the engine counts as hung it stays so, whatever comes late. */
    private void count(boolean timedOut) {
        timeoutsInARow.updateAndGet(before -> timedOut ? before + 1 : before >= MOST_TIMEOUTS_IN_A_ROW ? before : 0);
    }

    private RuntimeException failure(ExecutionException e) {
        return e.getCause() instanceof EngineException failure
                ? failure
                : new IllegalStateException("an answer of " + task.id() + " could not be judged", e.getCause());
    }

    private EngineException hang() {
        return new EngineException(
                EngineException.Category.TIMED_OUT,
                "the engine hangs: " + MOST_TIMEOUTS_IN_A_ROW + " requests of " + task.id()
                        + " in a row got no answer in time, so that no further sample is asked");
    }

    private boolean hung() {
        return timeoutsInARow.get() >= MOST_TIMEOUTS_IN_A_ROW;
    }

    private List<Integer> drawn() {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < task.samples().size(); i++) {
            indices.add(i);
        }
        if (samples < indices.size()) {
            Collections.shuffle(indices, new Random(seed));
            indices = new ArrayList<>(indices.subList(0, samples));
            Collections.sort(indices);
        }
        return indices;
    }

    private SampleRecord ask(Engine engine, int index) {
        TaskSet.Sample sample = task.samples().get(index);
        try {
            SampleRecord answered = switch (task.kind()) {
                case GENERATE -> generated(engine, index, sample);
                case MULTIPLE_CHOICE -> chosen(scoring(engine), index, sample);
            };
            count(false);
            return answered;
        } catch (EngineException e) {
            count(e.category() == EngineException.Category.TIMED_OUT);
            if (e.category() == EngineException.Category.CRASHED) {
                throw e;
            }
            String message = String.valueOf(e.getMessage());
            return record(
                    index,
                    sample,
                    List.of(sample.prompt()),
                    List.of(),
                    "",
                    "none",
                    0,
                    message.length() > LONGEST_FAILURE ? message.substring(0, LONGEST_FAILURE) : message);
        }
    }

    /** Exact match of the greedy answer, white space around both trimmed. */
    private SampleRecord generated(Engine engine, int index, TaskSet.Sample sample) {
        String answer = engine.generate(
                        new GenerationRequest(
                                sample.prompt(), task.maxTokens(), GenerationRequest.Sampling.GREEDY, task.stop()),
                        TokenListener.NONE)
                .text();
        String judged = answer.strip();
        double score = judged.equals(sample.target().strip()) ? 1 : 0;
        return record(index, sample, List.of(sample.prompt()), List.of(answer), judged, "strip", score, null);
    }

    /** The choice with the highest log-likelihood, the first of several, must be the target. */
    private static SampleRecord chosen(ScoringEngine engine, int index, TaskSet.Sample sample) {
        List<String> arguments = new ArrayList<>();
        List<String> likelihoods = new ArrayList<>();
        String best = "";
        double highest = Double.NEGATIVE_INFINITY;
        List<ScoringEngine.Score> scores = engine.score(sample.prompt(), sample.choices());
        for (int i = 0; i < scores.size(); i++) {
            String choice = sample.choices().get(i);
            ScoringEngine.Score score = scores.get(i);
            arguments.add(sample.prompt() + choice);
            likelihoods.add(Double.toString(score.logLikelihood()));
            if (score.logLikelihood() > highest) {
                highest = score.logLikelihood();
                best = choice;
            }
        }
        return record(
                index, sample, arguments, likelihoods, best, "argmax", best.equals(sample.target()) ? 1 : 0, null);
    }

    private static SampleRecord record(
            int index,
            TaskSet.Sample sample,
            List<String> arguments,
            List<String> answers,
            String judged,
            String filter,
            double score,
            @Nullable String failure) {
        Map<String, Object> doc = Map.of(
                "id",
                sample.id(),
                "prompt",
                sample.prompt(),
                "target",
                sample.target(),
                "choices",
                sample.choices(),
                "cluster",
                sample.cluster());
        return new SampleRecord(
                index,
                doc,
                sample.target(),
                arguments,
                answers,
                judged,
                filter,
                List.of(sample.choices().isEmpty() ? "exact_match" : "acc"),
                sha256(sample.id() + "\n" + sample.prompt() + "\n" + sample.target() + "\n" + sample.choices()),
                sha256(sample.prompt()),
                sha256(sample.target()),
                score,
                failure);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
