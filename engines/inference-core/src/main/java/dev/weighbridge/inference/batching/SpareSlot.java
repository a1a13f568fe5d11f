package dev.weighbridge.inference.batching;

import java.util.Arrays;

/**
 * What the last slot of a session holds, which no answering row takes: the tokens of a text that was computed there or copied there,
 * so that a text that begins with the same is not computed from its start. Changed on the scheduler's thread only.
 */
public final class SpareSlot {
    private volatile int[] held = {};

    SpareSlot() {}

    /** How many tokens a text begins with that the slot holds. On another thread than the scheduler's it may change at once. */
    public int common(int[] tokens) {
        int[] own = held;
        int mismatch = Arrays.mismatch(own, tokens);
        return mismatch < 0 ? tokens.length : mismatch;
    }

    /** The slot holds the first tokens of a text now, and nothing else. */
    public void hold(int[] tokens, int length) {
        held = Arrays.copyOf(tokens, length);
    }

    /** The slot holds nothing that is known; to be called before anything is written to it. */
    public void forget() {
        held = new int[0];
    }
}
