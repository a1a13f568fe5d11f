package dev.weighbridge.api.load;

import java.time.Duration;
import java.util.List;

/**
 * What is offered to an endpoint.
 *
 * @param name kebab-case, unique in a study
 * @param arrivals open or closed loop
 * @param warmUp cut from the start of the run before the steady window begins
 * @param duration of the steady window, after the warm-up; requests are offered during warm-up and duration
 * @param timeout of one request
 * @param outputLength of the answers
 * @param prompts pool that requests draw from, in a seeded order, without repetition until it is used up
 * @param seed of arrival times, of prompt order and of output lengths
 * @param allowPrefixReuse whether prompts may repeat, so that a prefix cache could answer
 */
public record LoadScenario(
        String name,
        Arrivals arrivals,
        Duration warmUp,
        Duration duration,
        Duration timeout,
        OutputLength outputLength,
        List<String> prompts,
        long seed,
        boolean allowPrefixReuse) {
    public LoadScenario {
        prompts = List.copyOf(prompts);
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("scenario " + name + " has no prompts");
        }
        if (duration.isNegative() || duration.isZero() || warmUp.isNegative()) {
            throw new IllegalArgumentException("scenario " + name
                    + " needs a positive duration and a warm-up of 0 or more, got: " + duration + " and " + warmUp);
        }
    }

    /** The tokens to ask of the answer to a prompt of the pool. */
    public int outputTokensOf(int prompt) {
        return outputLength.tokensOf(prompt, seed);
    }

    /** When requests are offered. */
    public sealed interface Arrivals {}

    /**
     * Open loop: exponentially distributed gaps, whatever the server does.
     *
     * @param ratePerSecond mean arrivals a second; above 0
     */
    public record Poisson(double ratePerSecond) implements Arrivals {
        public Poisson {
            if (!(ratePerSecond > 0 && ratePerSecond <= 100_000)) {
                throw new IllegalArgumentException(
                        "rate per second must be above 0 and at most 100000, got: " + ratePerSecond);
            }
        }
    }

    /**
     * Closed loop: each virtual user sends its next request when the last one ended.
     *
     * @param users concurrent virtual users; at least 1
     */
    public record Closed(int users) implements Arrivals {
        public Closed {
            if (users < 1 || users > 10_000) {
                throw new IllegalArgumentException("users must be between 1 and 10000, got: " + users);
            }
        }
    }
}
