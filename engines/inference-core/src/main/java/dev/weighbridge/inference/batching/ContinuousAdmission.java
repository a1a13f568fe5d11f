package dev.weighbridge.inference.batching;

/**
 * Rows join and leave between any two steps (iteration-level scheduling: Yu et al., Orca, OSDI 2022). Prompts are prefilled
 * in chunks between decode steps, so that a long prompt does not stall the rows that are answering (Agrawal et al.,
 * Sarathi-Serve, arXiv 2403.02310). With one row this is no batching at all.
 */
final class ContinuousAdmission implements AdmissionPolicy {
    /** Most prompt tokens between two decode steps. */
    static final int PREFILL_CHUNK = 64;

    /** Most prompt tokens at once while no row is answering: nothing is stalled, but a close or a cancellation is heard. */
    static final int IDLE_PREFILL_CHUNK = 512;

    private final int mostRows;

    ContinuousAdmission(int mostRows) {
        this.mostRows = mostRows;
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
        int budget = batch.decoding() == 0 ? IDLE_PREFILL_CHUNK : PREFILL_CHUNK;
        while (budget > 0) {
            if (!batch.prefilling()) {
                BatchRow next = batch.size() < mostRows ? waiting.poll() : null;
                if (next == null) {
                    break;
                }
                batch.beginPrefill(next);
            }
            // As soon as one row answers, the others' prompts must not hold it up for longer than a chunk.
            int most = batch.decoding() == 0 ? budget : Math.min(budget, PREFILL_CHUNK);
            budget = Math.min(budget, most) - batch.prefill(most);
        }
        batch.step();
    }
}
