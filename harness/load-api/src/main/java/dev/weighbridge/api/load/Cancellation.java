package dev.weighbridge.api.load;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a client hangs up on an answer, as people do who have read enough.
 *
 * @param afterTokens so many chunks with output; {@code null} for no such limit
 * @param after the request was sent; {@code null} for no such limit
 */
public record Cancellation(
        @Nullable Integer afterTokens, @Nullable Duration after) {
    public Cancellation {
        if (afterTokens == null && after == null) {
            throw new IllegalArgumentException("a cancellation needs a number of tokens or a time");
        }
        if (afterTokens != null && afterTokens < 1) {
            throw new IllegalArgumentException("a cancellation comes after 1 token or more, got: " + afterTokens);
        }
    }
}
