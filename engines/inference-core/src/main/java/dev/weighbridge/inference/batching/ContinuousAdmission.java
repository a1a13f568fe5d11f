package dev.weighbridge.inference.batching;

/**
 * Rows join and leave between any two steps (iteration-level scheduling: Yu et al., Orca, OSDI 2022). Prompts are prefilled
 * in chunks between decode steps, so that a long prompt does not stall the rows that are answering (Agrawal et al.,
 * Sarathi-Serve, arXiv 2403.02310). With one row and no chunking this is no batching at all.
 */
final class ContinuousAdmission implements AdmissionPolicy {
    /** Most prompt tokens between two decode steps. */
    static final int PREFILL_CHUNK = 64;

    private final int mostRows;
    private final int chunk;

    ContinuousAdmission(int mostRows, int chunk) {
        this.mostRows = mostRows;
        this.chunk = chunk;
    }

    @Override
    public long nanosUntilStart(int waiting, long oldestNanos) {
        return 0;
    }

    @Override
    public void advance(WaitingRows waiting, RunningBatch batch) {
        int budget = chunk;
        while (budget > 0) {
            if (!batch.prefilling()) {
                BatchRow next = batch.size() < mostRows ? waiting.poll() : null;
                if (next == null) {
                    break;
                }
                batch.beginPrefill(next);
            }
            budget -= batch.prefill(budget);
        }
        batch.step(true);
    }
}
