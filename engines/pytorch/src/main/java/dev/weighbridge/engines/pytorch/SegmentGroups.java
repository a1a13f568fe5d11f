package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.backend.Segment;
import java.util.Arrays;

/**
 * How the attention of a pass takes its tokens: those that go on sequences of neighbouring slots by one together, those of a
 * longer segment by themselves, and of a very long one in parts, so that masks stay small and later keys are not multiplied in
 * vain.
 */
final class SegmentGroups {
    /** Tokens of one segment whose scores are computed together; their mask grows with them times the sequence. */
    static final int MOST_TOKENS = 512;

    private int size;
    private long[] firsts = new long[1];
    private long[] rows = new long[1];
    private long[] counts = new long[1];
    private long[] lengths = new long[1];

    void add(Segment segment) {
        int all = segment.tokens().length;
        for (int start = 0; start < all; start += MOST_TOKENS) {
            add(segment.slot(), segment.past() + start, Math.min(MOST_TOKENS, all - start));
        }
    }

    private void add(int slot, int past, int count) {
        int last = size - 1;
        if (last >= 0 && count == 1 && counts[last] == 1 && firsts[last] + rows[last] == slot) {
            rows[last]++;
            lengths[last] = Math.max(lengths[last], past + 1);
            return;
        }
        if (size == firsts.length) {
            firsts = Arrays.copyOf(firsts, 2 * size);
            rows = Arrays.copyOf(rows, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
        }
        firsts[size] = slot;
        rows[size] = 1;
        counts[size] = count;
        lengths[size] = (long) past + count;
        size++;
    }

    /** First slot of each group. */
    long[] firsts() {
        return Arrays.copyOf(firsts, size);
    }

    /** Slots of each. */
    long[] rows() {
        return Arrays.copyOf(rows, size);
    }

    /** Tokens of each slot. */
    long[] counts() {
        return Arrays.copyOf(counts, size);
    }

    /** The longest sequence of each, its new tokens with it. */
    long[] lengths() {
        return Arrays.copyOf(lengths, size);
    }
}
