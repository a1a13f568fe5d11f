package dev.weighbridge.inference.batching;

import java.time.Duration;

/**
 * A batch starts when it is full or its oldest row has waited for the delay, and no row joins until all have ended. Rows that
 * end leave the batch (dynamic) or keep their place and are computed along as padding until the last one ends (static).
 */
final class WholeBatchAdmission implements AdmissionPolicy {
    private final int size;
    private final long delayNanos;
    private final boolean endedRowsLeave;

    WholeBatchAdmission(int size, Duration delay, boolean endedRowsLeave) {
        this.size = size;
        this.delayNanos = delay.toNanos();
        this.endedRowsLeave = endedRowsLeave;
    }

    @Override
    public long nanosUntilStart(int waiting, long oldestNanos) {
        return waiting >= size ? 0 : delayNanos - oldestNanos;
    }

    @Override
    public boolean endedRowsLeave() {
        return endedRowsLeave;
    }

    @Override
    public void advance(WaitingRows waiting, RunningBatch batch) {
        if (batch.size() == 0 && waiting.mayStart(this)) {
            for (int admitted = 0; admitted < size; admitted++) {
                BatchRow next = waiting.poll();
                if (next == null) {
                    break;
                }
                batch.admit(next);
            }
        }
        boolean promptsThrough = batch.answering() == batch.size();
        batch.pass(promptsThrough, ContinuousAdmission.IDLE_PROMPT_TOKENS);
    }
}
