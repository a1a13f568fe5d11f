package dev.weighbridge.inference.batching;

/**
 * Rows join and leave between any two steps (iteration-level scheduling: Yu et al., Orca, OSDI 2022). Prompts are computed
 * in chunks within the same passes, so that a long prompt does not stall the rows that are answering (Agrawal et al.,
 * Sarathi-Serve, arXiv 2403.02310). With one row this is no batching at all.
 */
final class ContinuousAdmission implements AdmissionPolicy {
    /** Most prompt tokens of a pass while no row is answering: nothing is stalled, but a close or a cancellation is heard. */
    static final int IDLE_PROMPT_TOKENS = 512;

    private final int mostRows;
    private final int promptTokens;

    /**
     * @param promptTokens most of a pass in which rows are answering
     */
    ContinuousAdmission(int mostRows, int promptTokens) {
        if (promptTokens < 1) {
            throw new IllegalArgumentException(
                    "prompts would never be computed with " + promptTokens + " tokens a pass");
        }
        this.mostRows = mostRows;
        this.promptTokens = promptTokens;
    }

    @Override
    public long nanosUntilStart(int waiting, long oldestNanos) {
        return 0;
    }

    @Override
    public boolean endedRowsLeave() {
        return true;
    }

    @Override
    public void advance(WaitingRows waiting, RunningBatch batch) {
        while (batch.size() < mostRows) {
            BatchRow next = waiting.poll();
            if (next == null) {
                break;
            }
            batch.admit(next);
        }
        batch.pass(true, batch.answering() == 0 ? IDLE_PROMPT_TOKENS : promptTokens);
    }
}
