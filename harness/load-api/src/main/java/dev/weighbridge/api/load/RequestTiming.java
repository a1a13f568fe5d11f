package dev.weighbridge.api.load;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The raw facts of one streamed request. Times are nanoseconds of the client's monotonic clock, relative to the start of
 * the load run; a time that never came is {@code -1}.
 *
 * @param index of the request in the run, from 0
 * @param intendedNanos when the schedule wanted it out; for closed loops when the virtual user became free
 * @param sentNanos when the client began to send it: its first byte on a pooled connection, else the first byte of the
 *     connection that was opened for it
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
 * @param connectNanos time that a new connection took, TLS included, before the request's own first byte; {@code null} where a pooled
 *     one was used
 * @param requestClass name of its kind in a mixed load; {@code null} where there is one kind
 * @param session number of its session where sessions have several requests; {@code null} where each is one request
 * @param turn number within that session, from 0; {@code null} with the session
 * @param attempts how often it was sent, where a pooled connection turned out to be dead; {@code null} for once
 * @param hungUp whether its client hung up as planned: no failure, and no answer either; {@code null} for no
 * @param text of the answer where the scenario keeps it, bounded to {@link Answer#MOST_TEXT} characters
 * @param reasoning what the model thought aloud before it, where the scenario keeps texts and there was some, bounded alike
 * @param countedTokens of text and reasoning by a tokenizer of the harness's own; {@code null} where none counted
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
        @Nullable Integer askedTokens,
        @Nullable Long connectNanos,
        @Nullable String requestClass,
        @Nullable Integer session,
        @Nullable Integer turn,
        @Nullable Integer attempts,
        @Nullable Boolean hungUp,
        @Nullable String text,
        @Nullable String reasoning,
        @Nullable Integer countedTokens) {
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

    /** The same with other texts of its answer; {@code null} for none. */
    public RequestTiming withTexts(@Nullable String otherText, @Nullable String otherReasoning) {
        return answered(otherText, otherReasoning, countedTokens);
    }

    /** The same with a tokenizer's count of its answer. */
    public RequestTiming counted(int tokens) {
        return answered(text, reasoning, tokens);
    }

    private RequestTiming answered(
            @Nullable String otherText, @Nullable String otherReasoning, @Nullable Integer otherCount) {
        return new RequestTiming(
                index,
                intendedNanos,
                sentNanos,
                chunkNanos,
                chunkTokens,
                endNanos,
                promptTokens,
                outputTokens,
                outcome,
                httpStatus,
                detail,
                promptIndex,
                askedTokens,
                connectNanos,
                requestClass,
                session,
                turn,
                attempts,
                hungUp,
                otherText,
                otherReasoning,
                otherCount);
    }

    /** A request of a load of one kind, sent once over a connection that was open, with nothing else to tell. */
    public RequestTiming(
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
        this(
                index,
                intendedNanos,
                sentNanos,
                chunkNanos,
                chunkTokens,
                endNanos,
                promptTokens,
                outputTokens,
                outcome,
                httpStatus,
                detail,
                promptIndex,
                askedTokens,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** Whether its client hung up as planned. */
    public boolean wasHungUp() {
        return Boolean.TRUE.equals(hungUp);
    }
}
