package dev.weighbridge.results;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why something is judged as it is, as data: what was found, the value that was seen, and the limit it was held to. It is
 * put into words in one place, by the analysis.
 *
 * @param code what was found
 * @param subject what it was found on, for example a task, or an engine's own message, which is untrusted; {@code null}
 *     when it is the whole trial or variant
 * @param figure the value that was seen, in the unit of the code; {@code null} when there is none
 * @param limit what it was held to, in the same unit; {@code null} when there is none
 */
public record Reason(
        Code code,
        @Nullable String subject,
        @Nullable Double figure,
        @Nullable Double limit) {
    private static final int LONGEST_SUBJECT = 600;

    /** What can be found. Shares are between 0 and 1, times in milliseconds unless the name says otherwise. */
    public enum Code {
        // The machine.
        STEAL,
        THROTTLED,
        OTHER_PROCESSES,
        CLIENT_STALL,
        CLOCK_JUMP,
        SCHEDULE_DELAY_MEDIAN,
        SCHEDULE_DELAY_P99,
        NOT_SAMPLED,
        // The server.
        FELL_BEHIND,
        // The method.
        NO_REQUESTS,
        CLIENT_CEILING_REQUESTS,
        CLIENT_CEILING_EVENTS,
        EMPTY_ANSWERS,
        LENGTH_DRIFT,
        LENGTH_NOT_HONOURED,
        TOKEN_COUNTS_DIFFER,
        PROMPTS_REPEATED,
        PARITY_DIVERGENCE,
        PARITY_TOP1,
        PARITY_TOKENS,
        PARITY_NOTHING_COMPARED,
        // Not measured.
        REFUSED_BY_ENGINE,
        NO_LOGITS,
        NO_SCORES,
        NO_ENDPOINT,
        PARITY_FAILED,
        NO_REFERENCE_LOGITS,
        ENGINE_FAILED,
        INTERRUPTED,
        SCREENED_ACCURACY,
        SCREENED_COST,
        SCREENING_OPEN,
        BUDGET_SPENT,
        RETRIES_SPENT,
        NOT_MEASURED,
        // The decision.
        CHEAPEST,
        LEADING,
        DEARER,
        COST_TIED,
        SATURATED_THROUGHPUT_DIFFERS,
        COST_OPEN,
        NO_PRICE,
        OBJECTIVES_MISSED,
        CAPACITY_OPEN,
        GOODPUT_MISSED,
        GOODPUT_OPEN,
        ACCURACY_INFERIOR,
        ACCURACY_OPEN,
        ACCURACY_MISSING,
        BASELINE_NOT_EVALUATED,
        BASELINE_ANSWERS_FAILED,
        EVALUATED_BY_SUBSET,
        NO_ANSWERS_UNDER_LOAD,
        // Another tool's file.
        IMPORTED,
        FIGURE_REFUSED
    }

    public Reason {
        Objects.requireNonNull(code, "code");
        if (subject != null && subject.length() > LONGEST_SUBJECT) {
            subject = subject.substring(0, LONGEST_SUBJECT);
        }
        if ((figure != null && !Double.isFinite(figure)) || (limit != null && !Double.isFinite(limit))) {
            throw new IllegalArgumentException(
                    "reason " + code + " needs finite figures, got: " + figure + ", " + limit);
        }
    }

    /** A finding without a value. */
    public static Reason of(Code code) {
        return new Reason(code, null, null, null);
    }

    /** A finding about something that has a name or a message. */
    public static Reason about(Code code, String subject) {
        return new Reason(code, subject, null, null);
    }

    /** A value that was held to a limit. */
    public static Reason over(Code code, double figure, double limit) {
        return new Reason(code, null, figure, limit);
    }
}
