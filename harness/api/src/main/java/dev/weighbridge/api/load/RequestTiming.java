package dev.weighbridge.api.load;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The raw facts of one streamed request. Times are nanoseconds of the client's monotonic clock, relative to the start of
 * the load run; a time that never came is {@code -1}.
 *
 * @param index of the request in the run, from 0
 * @param intendedNanos when the schedule wanted it out; for closed loops when the virtual user became free
 * @param sentNanos when its first byte was written
 * @param chunkNanos when each chunk that carries non-empty output was read, ascending
 * @param chunkTokens tokens in each of these chunks, same length as {@code chunkNanos}
 * @param endNanos when the last byte was read or the failure was seen
 * @param promptTokens as the server counted them, or -1
 * @param outputTokens as the server's {@code usage} gives them, or -1
 * @param outcome how it ended
 * @param httpStatus or 0 when no response head came
 * @param detail of a failure, bounded to 200 characters, or {@code null}
 * @param promptIndex which prompt of the scenario's pool was sent
 * @param askedTokens that its answer was to have, no more and no fewer; {@code null} where the model was to end it, and in
 *     records of versions that did not keep it
 */
public record RequestTiming(
        int index,
        long intendedNanos,
        long sentNanos,
        long[] chunkNanos,
        int[] chunkTokens,
        long endNanos,
        int promptTokens,
        int outputTokens,
        Outcome outcome,
        int httpStatus,
        @Nullable String detail,
        int promptIndex,
        @Nullable Integer askedTokens) {
    public RequestTiming {
        Objects.requireNonNull(outcome, "outcome");
        if (chunkNanos.length != chunkTokens.length) {
            throw new IllegalArgumentException("request " + index + " has " + chunkNanos.length + " chunk times and "
                    + chunkTokens.length + " chunk token counts");
        }
        if (detail != null && detail.length() > 200) {
            detail = detail.substring(0, 200);
        }
    }
}
