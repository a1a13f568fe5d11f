package dev.weighbridge.datasets.harness.port;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * CPython's {@code random.Random} with a whole number as its seed, as far as few-shot examples are drawn by it: the Mersenne
 * Twister MT19937 (Matsumoto and Nishimura, 1998) and {@code Random.sample}. Source:
 * https://github.com/python/cpython/blob/3.12/Lib/random.py and its {@code _randommodule.c}
 */
public final class PythonRandom {
    private static final int SIZE = 624;
    private static final int SHIFT = 397;
    private static final int UPPER = 0x80000000;
    private static final int LOWER = 0x7fffffff;

    private final int[] state = new int[SIZE];
    private int next = SIZE;

    /**
     * A generator.
     *
     * @param seed not negative, below 2^32
     */
    public PythonRandom(int seed) {
        fill(19_650_218);
        int i = 1;
        for (int k = 0; k < SIZE; k++) {
            state[i] = (state[i] ^ (state[i - 1] ^ (state[i - 1] >>> 30)) * 1_664_525) + seed;
            i = wrapped(i + 1);
        }
        for (int k = 0; k < SIZE - 1; k++) {
            state[i] = (state[i] ^ (state[i - 1] ^ (state[i - 1] >>> 30)) * 1_566_083_941) - i;
            i = wrapped(i + 1);
        }
        state[0] = UPPER;
    }

    private void fill(int seed) {
        state[0] = seed;
        for (int i = 1; i < SIZE; i++) {
            state[i] = 1_812_433_253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    private int wrapped(int i) {
        if (i < SIZE) {
            return i;
        }
        state[0] = state[SIZE - 1];
        return 1;
    }

    /** The next 32 bits. */
    int bits() {
        if (next == SIZE) {
            twist();
        }
        int value = state[next++];
        value ^= value >>> 11;
        value ^= (value << 7) & 0x9d2c5680;
        value ^= (value << 15) & 0xefc60000;
        return value ^ (value >>> 18);
    }

    private void twist() {
        for (int i = 0; i < SIZE; i++) {
            int mixed = (state[i] & UPPER) | (state[(i + 1) % SIZE] & LOWER);
            state[i] = state[(i + SHIFT) % SIZE] ^ (mixed >>> 1) ^ ((mixed & 1) == 0 ? 0 : 0x9908b0df);
        }
        next = 0;
    }

    /** A whole number from 0 to below {@code bound}, which is above 0. */
    int below(int bound) {
        int width = Integer.SIZE - Integer.numberOfLeadingZeros(bound);
        int value;
        do {
            value = bits() >>> (Integer.SIZE - width);
        } while (value < 0 || value >= bound);
        return value;
    }

    /**
     * Elements drawn without putting back, in the order in which they were drawn.
     *
     * @param count at most the size of the list
     */
    public <T> List<T> sample(List<T> all, int count) {
        int size = all.size();
        List<T> drawn = new ArrayList<>(count);
        if (size <= largestPool(count)) {
            List<T> pool = new ArrayList<>(all);
            for (int i = 0; i < count; i++) {
                int place = below(size - i);
                drawn.add(pool.get(place));
                pool.set(place, pool.get(size - i - 1));
            }
            return drawn;
        }
        Set<Integer> taken = new HashSet<>();
        while (drawn.size() < count) {
            int place = below(size);
            if (taken.add(place)) {
                drawn.add(all.get(place));
            }
        }
        return drawn;
    }

    /** Puts a list in an order that is drawn, as {@code Random.shuffle} does. */
    <T> void shuffle(List<T> all) {
        for (int i = all.size() - 1; i > 0; i--) {
            Collections.swap(all, i, below(i + 1));
        }
    }

    /** CPython draws from a copy where that takes less room than a set of what was drawn. */
    private static long largestPool(int count) {
        return 21 + (count > 5 ? (long) Math.pow(4, Math.ceil(Math.log(count * 3.0) / Math.log(4))) : 0);
    }
}
