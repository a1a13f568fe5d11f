package dev.weighbridge.inference.model;

import org.jspecify.annotations.Nullable;

/**
 * From a token to the residual stream: {@code norm(project(row * scale) + position)}, of which only what the family has is done.
 *
 * @param size width of a row; where it is not the hidden size, {@link Role.Part#EMBEDDING_PROJECTION} widens it
 * @param scale that the row is multiplied by; the head, where it is tied, takes the row without it
 * @param learnedPositions whether {@link Role.Part#POSITIONS} has a row for every position, which is added
 * @param norm of the sum, or {@code null}
 */
public record Embedding(
        int size,
        double scale,
        boolean learnedPositions,
        @Nullable Norm norm) {
    /** Rows as wide as the stream and taken as they are. */
    public static Embedding plain(int hiddenSize) {
        return new Embedding(hiddenSize, 1, false, null);
    }
}
