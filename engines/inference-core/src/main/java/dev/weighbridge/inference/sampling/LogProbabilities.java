package dev.weighbridge.inference.sampling;

import java.util.Arrays;

/** Which tokens some logits find likeliest, and how likely: a logit less the logarithm of the sum of all exponentials. */
public final class LogProbabilities {
    private LogProbabilities() {}

    /** The {@code count} tokens with the highest logits, highest first, lower ids first among equals. */
    public static int[] likeliest(float[] logits, int count) {
        int kept = Math.min(count, logits.length);
        long[] keys = new long[logits.length];
        for (int token = 0; token < logits.length; token++) {
            keys[token] = key(logits[token], token);
        }
        // A few of many, as is usual: what is below the k-th highest is dropped before the rest is sorted.
        if (kept < logits.length / 4) {
            keys = highest(keys, kept);
        }
        Arrays.sort(keys);
        int[] tokens = new int[kept];
        for (int i = 0; i < kept; i++) {
            tokens[i] = ~(int) keys[keys.length - 1 - i];
        }
        return tokens;
    }

    /** The logarithm that is to be taken from a logit to have the token's log-probability. */
    public static double normalizer(float[] logits) {
        float highest = logits[TokenSampler.mostLikely(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp((double) logit - highest);
        }
        return highest + Math.log(sum);
    }

    /** Orders as the logit does, then lower ids above higher ones. */
    private static long key(float logit, int token) {
        // With all bits but the sign of negative values turned, the order of the bits is that of the values. Adding
        // zero
        // makes -0 and 0 equal.
        int bits = Float.floatToIntBits(Float.isNaN(logit) ? Float.NEGATIVE_INFINITY : logit + 0f);
        int ordered = bits ^ ((bits >> 31) & 0x7fffffff);
        return ((long) ordered << 32) | (~token & 0xffffffffL);
    }

    /** The highest keys, in any order: a heap of them with the lowest at its root. */
    private static long[] highest(long[] keys, int count) {
        long[] heap = Arrays.copyOf(keys, count);
        Arrays.sort(heap);
        for (int i = count; i < keys.length && count > 0; i++) {
            if (keys[i] > heap[0]) {
                sink(heap, keys[i]);
            }
        }
        return heap;
    }

    /** Replaces the root. */
    private static void sink(long[] heap, long key) {
        int at = 0;
        for (int child = 1; child < heap.length; child = 2 * at + 1) {
            if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= key) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = key;
    }
}
