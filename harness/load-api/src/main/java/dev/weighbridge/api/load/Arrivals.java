package dev.weighbridge.api.load;

import java.util.Arrays;
import java.util.Optional;

/**
 * When the sessions of one run begin.
 *
 * @param startNanos after the start of the run, ascending; session k, from 0, begins at the k-th of them. Owned by this record
 * @param repeating whether each of them is a user who goes on with another session when one has ended, until the horizon
 * @param pauseNanos that such a user thinks between two sessions
 * @param lengths of prompts and answers where the pattern knows them, as a recorded trace does; else empty
 */
@SuppressWarnings("ArrayRecordComponent") // Millions of them; compared by content below.
public record Arrivals(long[] startNanos, boolean repeating, long pauseNanos, Optional<Lengths> lengths) {
    /**
     * How long the prompts and answers of the sessions were.
     *
     * @param promptTokens of each session's request
     * @param outputTokens of each session's answer
     * @param blocks of which the prompts are made, where the pattern knows what they have in common; else empty
     */
    public record Lengths(int[] promptTokens, int[] outputTokens, Optional<Blocks> blocks) {
        /** Lengths alone. */
        public Lengths(int[] promptTokens, int[] outputTokens) {
            this(promptTokens, outputTokens, Optional.empty());
        }

        public Lengths {
            if (blocks.isPresent() && blocks.get().ids().length != promptTokens.length) {
                throw new IllegalArgumentException("blocks of " + blocks.get().ids().length + " prompts and lengths of "
                        + promptTokens.length + " do not belong together");
            }
            if (promptTokens.length != outputTokens.length) {
                throw new IllegalArgumentException("lengths of " + promptTokens.length + " prompts and of "
                        + outputTokens.length + " answers do not belong together");
            }
        }
    }

    /**
     * What the prompts of the sessions have in common: where two of them begin with the same blocks, they begin with the same text.
     *
     * @param ids of each session's blocks, in order; the last of them may be cut short
     * @param tokens of a whole block
     */
    public record Blocks(int[][] ids, int tokens) {
        public Blocks {
            if (tokens < 1) {
                throw new IllegalArgumentException("a block needs 1 token or more, got: " + tokens);
            }
        }
    }

    public Arrivals {
        for (int i = 1; i < startNanos.length; i++) {
            if (startNanos[i] < startNanos[i - 1]) {
                throw new IllegalArgumentException("arrival " + i + " is before the one before it: " + startNanos[i]
                        + " ns after " + startNanos[i - 1] + " ns");
            }
        }
        int sessions = startNanos.length;
        lengths.ifPresent(known -> {
            if (known.promptTokens().length != sessions) {
                throw new IllegalArgumentException(
                        "there are " + sessions + " sessions and lengths of " + known.promptTokens().length);
            }
        });
    }

    /** Sessions of an open loop, each on its own. */
    public static Arrivals open(long[] startNanos) {
        return new Arrivals(startNanos, false, 0, Optional.empty());
    }

    /** How many sessions begin, or how many users there are. */
    public int count() {
        return startNanos.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Arrivals that
                && repeating == that.repeating
                && pauseNanos == that.pauseNanos
                && Arrays.equals(startNanos, that.startNanos);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(startNanos);
    }
}
