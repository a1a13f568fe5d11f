package dev.weighbridge.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a server groups concurrent requests into one forward pass.
 *
 * @param policy when requests may join and leave the running batch
 * @param size most rows in one batch; 1 for {@link Policy#NONE}
 * @param delay longest time the oldest waiting request is held back to fill a batch; used by {@link Policy#DYNAMIC}, and
 *     by {@link Policy#STATIC} as the bound after which an incomplete batch starts anyway
 * @param promptTokens most prompt tokens that a forward pass computes while rows are answering, by {@link Policy#CONTINUOUS}:
 *     few keep answers steady while a long prompt comes in, many let the prompt through sooner; 0 leaves it to the engine
 */
public record Batching(Policy policy, int size, Duration delay, int promptTokens) {
    private static final int MOST_PROMPT_TOKENS = 1 << 16;

    /** When requests may join and leave the running batch. */
    public enum Policy {
        /** One request at a time, in order of arrival. */
        NONE,
        /** A batch starts when it is full, or its delay is over, and ends when its last row ends; no row is admitted meanwhile. */
        STATIC,
        /** A batch starts when it is full or the oldest request has waited for the delay; rows that end leave, none joins. */
        DYNAMIC,
        /** Rows join and leave between any two steps; long prompts are prefilled in chunks. */
        CONTINUOUS;

        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * Finds a policy by its id.
         *
         * @throws IllegalArgumentException when no policy has that id; the message lists those that exist
         */
        public static Policy of(String id) {
            for (Policy policy : values()) {
                if (policy.id().equals(id.toLowerCase(Locale.ROOT))) {
                    return policy;
                }
            }
            throw new IllegalArgumentException("batching policy '" + id + "' does not exist. Use one of: "
                    + Arrays.stream(values()).map(Policy::id).collect(Collectors.joining(", ")));
        }
    }

    public Batching {
        if (size < 1 || size > 1024) {
            throw new IllegalArgumentException("batching size must be between 1 and 1024, got: " + size);
        }
        if (policy == Policy.NONE && size != 1) {
            throw new IllegalArgumentException("batching 'none' runs one request at a time, got size: " + size);
        }
        if (delay.isNegative() || delay.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("batching delay must be between 0 and 1 minute, got: " + delay);
        }
        if (promptTokens < 0 || promptTokens > MOST_PROMPT_TOKENS) {
            throw new IllegalArgumentException(
                    "batching prompt tokens must be between 0 and " + MOST_PROMPT_TOKENS + ", got: " + promptTokens);
        }
        if (promptTokens > 0 && policy != Policy.CONTINUOUS) {
            throw new IllegalArgumentException("batching '" + policy.id()
                    + "' computes whole prompts before rows answer; prompt tokens are for 'continuous', got: "
                    + promptTokens);
        }
    }

    /** With as many prompt tokens a pass as the engine finds right. */
    public Batching(Policy policy, int size, Duration delay) {
        this(policy, size, delay, 0);
    }

    /** One request at a time. */
    public static Batching none() {
        return new Batching(Policy.NONE, 1, Duration.ZERO);
    }

    /** Continuous batching over {@code slots} rows. */
    public static Batching continuous(int slots) {
        return new Batching(Policy.CONTINUOUS, slots, Duration.ZERO);
    }

    /** A stable name for file names and tables, for example {@code continuous-8}, {@code continuous-8-32t} or {@code dynamic-8-5ms}. */
    public String id() {
        return switch (policy) {
            case NONE -> policy.id();
            case CONTINUOUS -> policy.id() + "-" + size + (promptTokens == 0 ? "" : "-" + promptTokens + "t");
            case STATIC, DYNAMIC -> policy.id() + "-" + size + "-" + delay.toMillis() + "ms";
        };
    }
}
