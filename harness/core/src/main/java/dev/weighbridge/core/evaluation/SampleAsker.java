package dev.weighbridge.core.evaluation;

import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.ResponseRecord;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Whoever asks the samples of tasks: an engine on this machine, or many machines with an engine each. */
public interface SampleAsker {
    /** What is asked. */
    EngineInfo info();

    /** Why it cannot be asked a task, as {@link TaskEvaluation#problem}. */
    Optional<String> problem(TaskSet task);

    /**
     * Asks what was not answered yet.
     *
     * @param keep gets the new responses, in any order and from one thread at a time; also those of an evaluation that ends early
     * @throws EngineException when samples are left that could not be asked
     */
    void ask(TaskEvaluation evaluation, TaskEvaluation.Answered answered, Consumer<ResponseRecord> keep)
            throws InterruptedException;

    /** Further facts for the record of the trial, read at its end; keys carry their unit. */
    default Map<String, String> facts() {
        return Map.of();
    }

    /** How an engine is asked what was not answered yet, as {@link SampleAsker#ask}. */
    @FunctionalInterface
    interface Way {
        void ask(TaskEvaluation evaluation, TaskEvaluation.Answered answered, Consumer<ResponseRecord> keep)
                throws InterruptedException;
    }

    /** An engine on this machine. */
    static SampleAsker of(Engine engine) {
        return of(engine, (evaluation, answered, keep) -> evaluation.run(engine, answered, keep));
    }

    /** An engine on this machine that is asked in a way of its own. */
    static SampleAsker of(Engine engine, Way way) {
        return new SampleAsker() {
            @Override
            public EngineInfo info() {
                return engine.info();
            }

            @Override
            public Optional<String> problem(TaskSet task) {
                return TaskEvaluation.problem(engine, task);
            }

            @Override
            public void ask(TaskEvaluation evaluation, TaskEvaluation.Answered answered, Consumer<ResponseRecord> keep)
                    throws InterruptedException {
                way.ask(evaluation, answered, keep);
            }
        };
    }
}
