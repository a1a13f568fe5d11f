package dev.weighbridge.load;

import java.util.SplittableRandom;

/**
 * Which prompt each request sends: a seeded shuffle of the pool, gone through from start to end and then again in the
 * same order. No prompt repeats before the pool is used up, and two uses of one prompt are always a whole pool apart,
 * the worst case for a prefix cache. Repetition is not hidden: the prompt's index goes into the request's record.
 */
final class PromptOrder {
    private final int[] order;

    PromptOrder(int poolSize, long seed) {
        order = new int[poolSize];
        for (int i = 0; i < poolSize; i++) {
            order[i] = i;
        }
        // A stream of its own, so that the arrivals of a scenario do not depend on the size of its pool.
        SplittableRandom random = new SplittableRandom(seed).split();
        for (int i = poolSize - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }

    /** Index into the pool for the given request. */
    int promptOf(int request) {
        return order[request % order.length];
    }
}
