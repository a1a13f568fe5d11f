package dev.weighbridge.core.evaluation;

import dev.weighbridge.results.ResponseRecord;
import dev.weighbridge.results.SampleRecord;
import java.util.function.Consumer;

/** Whoever judges responses: this machine, or many. */
@FunctionalInterface
public interface SampleJudge {
    /** On several threads of this machine. */
    SampleJudge HERE = TaskScoring::judge;

    /**
     * Judges responses.
     *
     * @param scoring of the task; {@link TaskScoring#judge(ResponseRecord)} is how each is judged
     * @param responses gives each response to its argument, one after the other
     * @param sink gets the samples in the order of the responses
     */
    void judge(TaskScoring scoring, Consumer<Consumer<ResponseRecord>> responses, Consumer<SampleRecord> sink)
            throws InterruptedException;
}
