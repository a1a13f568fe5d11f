package dev.weighbridge.gateway.cache;

/** A prompt with its answer, as a cache holds it. */
record Entry(long id, Partition partition, String prompt, String answer, long bytes, long putNanos) {
    /** Two ids, list nodes of three maps and the objects themselves, on a JVM of 64 bits. */
    private static final int OVERHEAD = 400;

    /** Memory that an entry takes at most, apart from what an index adds to its vector. */
    static long bytes(String prompt, String answer, int dimensions) {
        return OVERHEAD
                + (long) Character.BYTES * prompt.length()
                + (long) Character.BYTES * answer.length()
                + (long) Float.BYTES * dimensions;
    }
}
