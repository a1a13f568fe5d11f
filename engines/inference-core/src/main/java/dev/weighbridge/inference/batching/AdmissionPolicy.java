package dev.weighbridge.inference.batching;

import dev.weighbridge.api.Batching;

/** Decides when waiting rows start, join and leave; one implementation for each {@link Batching.Policy} that differs. */
interface AdmissionPolicy {
    /**
     * How long to wait before the waiting rows may start a batch, when none runs.
     *
     * @param waiting rows that wait; at least 1
     * @param oldestNanos how long the oldest has waited
     * @return 0 or less to start now
     */
    long nanosUntilStart(int waiting, long oldestNanos);

    /** Whether rows leave when they end, or are computed along as padding until the whole batch has ended. */
    boolean endedRowsLeave();

    /** Admits what may be admitted and runs one step. */
    void advance(WaitingRows waiting, RunningBatch batch);

    static AdmissionPolicy of(Batching batching) {
        return switch (batching.policy()) {
            case NONE -> new ContinuousAdmission(1, ContinuousAdmission.IDLE_PROMPT_TOKENS);
            case CONTINUOUS -> new ContinuousAdmission(batching.size(), batching.promptTokens());
            case DYNAMIC -> new WholeBatchAdmission(batching.size(), batching.delay(), true);
            case STATIC -> new WholeBatchAdmission(batching.size(), batching.delay(), false);
        };
    }
}
