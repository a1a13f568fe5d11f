package dev.weighbridge.gateway.cache;

/** Places texts in a space in which texts that mean the same lie near each other. */
public interface Embedding {
    /** Name and settings, as a run's manifest shows them. */
    String id();

    /** Number of values of each vector. */
    int dimensions();

    /**
     * Whether a text is seen to its end. One that is not could not be told from another with the same beginning, so that it is neither
     * looked for among others nor held.
     */
    default boolean reads(String text) {
        return true;
    }

    /** A vector of {@link #dimensions()} values and length 1; of a text without any word, a vector that is near no other's. */
    float[] of(String text);
}
