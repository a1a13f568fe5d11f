package dev.weighbridge.inference.backend;

/**
 * Neighbouring tokens of one sequence in a forward pass: a prompt, a chunk of one, or the one token that goes on an answer.
 *
 * @param slot that holds the sequence
 * @param past tokens that the sequence has already; those beyond are forgotten, and 0 begins a new sequence
 * @param tokens to append; at least one
 * @param wanted of which tokens logits are wanted
 * @param from of the tokens whose logits are wanted, if all are, the first; those before it only fill the cache
 */
public record Segment(int slot, int past, int[] tokens, Wanted wanted, int from) {
    public Segment {
        if (from < 0 || (from > 0 && (wanted != Wanted.ALL || from >= tokens.length))) {
            throw new IllegalArgumentException("logits are wanted from token " + from + " on, of " + tokens.length
                    + " tokens of which logits are wanted of " + wanted);
        }
    }

    /** Tokens of which logits are wanted as said, of the first one too. */
    public Segment(int slot, int past, int[] tokens, Wanted wanted) {
        this(slot, past, tokens, wanted, 0);
    }

    /** Of which of its tokens a segment's logits are wanted. */
    public enum Wanted {
        /** Of none: the tokens only fill the cache. */
        NONE,
        /** Of the last one. */
        LAST,
        /** Of every one, or every one from one of them on. */
        ALL
    }

    /** One token that goes on a sequence. */
    public static Segment next(int slot, int past, int token) {
        return new Segment(slot, past, new int[] {token}, Wanted.LAST);
    }

    /** Rows of logits that are wanted. */
    public int rows() {
        return switch (wanted) {
            case NONE -> 0;
            case LAST -> 1;
            case ALL -> tokens.length - from;
        };
    }
}
