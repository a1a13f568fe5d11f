package dev.weighbridge.inference.batching;

import dev.weighbridge.api.EngineException;

/** One sequence on its way through a scheduler. Its methods are called on the scheduler's thread, except the constructor's. */
public interface BatchRow {
    /** Returned by {@link #next} when the sequence has ended. */
    int END = -1;

    /** Tokens to begin with; at least one, fewer than the session's context length. */
    int[] prompt();

    /** Whether what it begins with may be kept for other rows, and taken from them. */
    default boolean keepsPrompt() {
        return false;
    }

    /**
     * Takes the logits after the sequence so far and says which token continues it.
     *
     * @param logits one value for each token of the vocabulary; valid during the call only
     * @return the token to append, or {@link #END}
     */
    int next(float[] logits);

    /** Whether nobody wants the rest any more; the row then leaves without another call. */
    boolean cancelled();

    /** The sequence cannot go on. */
    void fail(EngineException failure);
}
