package dev.weighbridge.api.load;

import java.time.Duration;

/**
 * What is offered to an endpoint.
 *
 * @param name kebab-case, unique in a study
 * @param arrivals when sessions begin
 * @param warmUp cut from the start of the run before the steady window begins
 * @param duration of the steady window, after the warm-up; requests are offered during warm-up and duration
 * @param timeout of one request
 * @param workload what the sessions ask
 * @param seed of arrival times
 * @param allowPrefixReuse whether prompts may repeat, so that a prefix cache could answer
 * @param keepTexts whether the texts of answers go into the records
 * @param shard of it that is offered here
 */
public record LoadScenario(
        String name,
        ArrivalPattern arrivals,
        Duration warmUp,
        Duration duration,
        Duration timeout,
        Workload workload,
        long seed,
        boolean allowPrefixReuse,
        boolean keepTexts,
        Shard shard) {
    /** A load that one injector offers. */
    public LoadScenario(
            String name,
            ArrivalPattern arrivals,
            Duration warmUp,
            Duration duration,
            Duration timeout,
            Workload workload,
            long seed,
            boolean allowPrefixReuse,
            boolean keepTexts) {
        this(name, arrivals, warmUp, duration, timeout, workload, seed, allowPrefixReuse, keepTexts, Shard.WHOLE);
    }

    /** The same with a steady window of another length. */
    public LoadScenario lasting(Duration other) {
        return new LoadScenario(
                name, arrivals, warmUp, other, timeout, workload, seed, allowPrefixReuse, keepTexts, shard);
    }

    /** A shard of it. */
    public LoadScenario with(Shard other) {
        return new LoadScenario(
                name, arrivals, warmUp, duration, timeout, workload, seed, allowPrefixReuse, keepTexts, other);
    }

    /** The same with the texts of answers in its records. */
    public LoadScenario keepingTexts() {
        return new LoadScenario(
                name, arrivals, warmUp, duration, timeout, workload, seed, allowPrefixReuse, true, shard);
    }

    public LoadScenario {
        if (duration.isNegative() || duration.isZero() || warmUp.isNegative()) {
            throw new IllegalArgumentException("scenario " + name
                    + " needs a positive duration and a warm-up of 0 or more, got: " + duration + " and " + warmUp);
        }
    }

    /** The time over which requests are offered. */
    public Duration horizon() {
        return warmUp.plus(duration);
    }

    /** The schedule of all its sessions, whatever the shard. */
    public Arrivals schedule() {
        return arrivals.arrivals(horizon(), seed);
    }
}
