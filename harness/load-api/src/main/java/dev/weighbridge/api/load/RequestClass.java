package dev.weighbridge.api.load;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One kind of session in a load.
 *
 * @param name kebab-case; unique in its workload
 * @param weight of it among the others; above 0
 * @param prompts that its requests send; a source of its own
 * @param outputLength of the answers
 * @param turns requests of a session, each with the questions and answers before it; at least 1
 * @param think time between an answer and the session's next question
 * @param prefix that prompts share; empty when they share nothing
 * @param cancellation of a share of the requests
 * @param keyVariable environment variable with the key that these requests carry in place of the endpoint's; {@link #NO_KEY} for
 *     none at all, {@code null} for the endpoint's
 * @param objectives that its requests are held to; empty for those of the study
 */
public record RequestClass(
        String name,
        double weight,
        PromptSource prompts,
        TokenLength outputLength,
        int turns,
        Duration think,
        Optional<SharedPrefix> prefix,
        Optional<Cancelled> cancellation,
        @Nullable String keyVariable,
        Optional<RequestObjectives> objectives) {
    /** In place of a variable's name: the requests carry no key, whatever the endpoint has. */
    public static final String NO_KEY = "none";

    /** More would outgrow every context. */
    public static final int MOST_TURNS = 1_000;

    /**
     * A long text before the question that several sessions have in common, as system prompts and documents are.
     *
     * @param texts that there are; each session with a prefix draws one
     * @param count how many of them are in use
     * @param share of the sessions that have one, above 0 and at most 1
     */
    public record SharedPrefix(PromptSource texts, int count, double share) {
        public SharedPrefix {
            if (count < 1 || !(share > 0 && share <= 1)) {
                throw new IllegalArgumentException(
                        "a shared prefix needs a count of 1 or more and a share above 0 and at most 1, got: " + count
                                + " and " + share);
            }
        }
    }

    /**
     * Requests whose client hangs up.
     *
     * @param share of the requests, above 0 and at most 1
     * @param when they do
     */
    public record Cancelled(double share, Cancellation when) {
        public Cancelled {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException(
                        "the share of cancelled requests must be above 0 and at most 1, got: " + share);
            }
        }
    }

    /** One that is held to the study's objectives. */
    public RequestClass(
            String name,
            double weight,
            PromptSource prompts,
            TokenLength outputLength,
            int turns,
            Duration think,
            Optional<SharedPrefix> prefix,
            Optional<Cancelled> cancellation,
            @Nullable String keyVariable) {
        this(name, weight, prompts, outputLength, turns, think, prefix, cancellation, keyVariable, Optional.empty());
    }

    public RequestClass {
        if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the weight of class " + name + " must be above 0, got: " + weight);
        }
        if (turns < 1 || turns > MOST_TURNS) {
            throw new IllegalArgumentException(
                    "class " + name + " must have 1 to " + MOST_TURNS + " turns, got: " + turns);
        }
    }

    /** Single questions, each on its own. */
    public static RequestClass of(PromptSource prompts, TokenLength outputLength) {
        return new RequestClass(
                "all", 1, prompts, outputLength, 1, Duration.ZERO, Optional.empty(), Optional.empty(), null);
    }
}
