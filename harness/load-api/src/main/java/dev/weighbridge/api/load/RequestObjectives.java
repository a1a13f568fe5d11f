package dev.weighbridge.api.load;

import org.jspecify.annotations.Nullable;

/**
 * What the requests of one class are held to, in place of the study's objectives.
 *
 * @param ttftMillis longest good TTFT, or {@code null} for none
 * @param tpotMillis longest good TPOT, or {@code null} for none
 * @param e2eMillis longest good end-to-end time, or {@code null} for none
 * @param goodputShare share of the class's requests that must be good, or {@code null} where the class alone is held to none
 */
public record RequestObjectives(
        @Nullable Double ttftMillis,
        @Nullable Double tpotMillis,
        @Nullable Double e2eMillis,
        @Nullable Double goodputShare) {}
