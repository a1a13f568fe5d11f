package dev.weighbridge.core.run;

import dev.weighbridge.analysis.accuracy.AnswersUnderLoad;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.core.evaluation.MaskedResponses;
import dev.weighbridge.core.evaluation.SampleAsker;
import dev.weighbridge.core.evaluation.SampleJudge;
import dev.weighbridge.core.evaluation.TaskEvaluation;
import dev.weighbridge.core.evaluation.TaskTrial;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial.Status;
import dev.weighbridge.results.TrialFolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Questions of the evaluation that are asked while a load runs, one after the other so that they add little to it, and held to the
 * answers that the same variant gave alone.
 *
 * @param tasks that the engine can be asked
 * @param samples of each
 * @param seed of the draw, the same as that of the answers alone
 * @param mask whether personal data is masked in what is kept
 */
record QuestionsUnderLoad(List<TaskSet> tasks, int samples, long seed, boolean mask) {
    private static final double SLOWER_UNDER_LOAD = 3;
    private static final double LEAST_SECONDS = 8;
    private static final double MOST_SECONDS = 900;

    /**
     * How long the load has to last: as long as the questions took alone, one after the other, and longer as they wait. Those that it
     * does not last for are left out.
     *
     * @param alone seconds in which the variant was asked all samples, {@link Study.Evaluation#concurrency} at once
     */
    static Duration lasting(double alone, Study.Evaluation asked) {
        double share = Math.min(1, (double) asked.subset() / asked.samples());
        double seconds = alone * asked.concurrency() * share * SLOWER_UNDER_LOAD;
        return Duration.ofMillis((long) (1000 * Math.max(LEAST_SECONDS, Math.min(MOST_SECONDS, seconds))));
    }

    /**
     * Offers the load and asks.
     *
     * @param load offers it, and lets its argument hear of it
     * @param alone answers of the same variant without a load, by task
     * @throws EngineException when the engine is gone or hangs
     */
    TrialOutcome ask(
            Engine engine,
            Function<JudgedLoad.Progress, JudgedLoad> load,
            TrialFolder folder,
            Map<String, List<SampleRecord>> alone)
            throws InterruptedException {
        Lasting lasting = new Lasting();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            CompletableFuture<JudgedLoad> loaded = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return load.apply(lasting);
                        } finally {
                            lasting.loadEnded();
                        }
                    },
                    thread);
            lasting.begun.await();
            Map<String, List<SampleRecord>> answers = answers(engine, folder, () -> !lasting.ended);
            return outcome(loaded.get(), answers, alone);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EngineException failure
                    ? failure
                    : new IllegalStateException("the load beside the questions failed", e.getCause());
        } finally {
            thread.shutdownNow();
        }
    }

    /** Whether requests have begun to end, and whether all have. */
    private static final class Lasting implements JudgedLoad.Progress {
        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile boolean ended;

        @Override
        public void requestEnded() {
            begun.countDown();
        }

        @Override
        public void loadEnded() {
            ended = true;
            begun.countDown();
        }
    }

    private Map<String, List<SampleRecord>> answers(Engine engine, TrialFolder folder, BooleanSupplier loaded)
            throws InterruptedException {
        SampleAsker asker = whileLoaded(engine, loaded);
        Map<String, List<SampleRecord>> answers = new LinkedHashMap<>();
        for (TaskSet task : tasks) {
            answers.put(
                    task.id(),
                    new TaskTrial(task, samples, seed, 1)
                            .run(mask ? MaskedResponses.of(asker) : asker, SampleJudge.HERE, folder, heard -> {})
                            .samples());
        }
        return answers;
    }

    private static TrialOutcome outcome(
            JudgedLoad load, Map<String, List<SampleRecord>> answers, Map<String, List<SampleRecord>> alone) {
        List<Measurement> figures = new ArrayList<>(AnswersUnderLoad.of(answers, alone));
        if (figures.isEmpty()) {
            return TrialOutcome.skipped(Reason.of(Code.NO_ANSWERS_UNDER_LOAD));
        }
        figures.addAll(load.measurements());
        return new TrialOutcome(Status.COMPLETED, List.of(), load.judgement().flags(), figures, load.circumstances());
    }

    /** Asks one sample after the other as long as the load lasts. */
    private static SampleAsker whileLoaded(Engine engine, BooleanSupplier loaded) {
        return SampleAsker.of(engine, (evaluation, answered, keep) -> {
            for (TaskEvaluation.Question question : evaluation.open(answered)) {
                if (!loaded.getAsBoolean()) {
                    return;
                }
                TaskEvaluation.ask(
                        evaluation.task().rules(), evaluation.seed(), 1, engine, List.of(question), response -> {
                            // An answer that ended after the load was not given under it.
                            if (loaded.getAsBoolean()) {
                                keep.accept(response);
                            }
                        });
            }
        });
    }
}
