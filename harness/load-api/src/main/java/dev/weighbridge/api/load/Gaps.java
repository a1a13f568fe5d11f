package dev.weighbridge.api.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Builds a schedule from a source of gaps. */
final class Gaps {
    private Gaps() {}

    /** The next gap, in nanoseconds. */
    @FunctionalInterface
    interface Source {
        double next();
    }

    /**
     * Adds gaps up until the horizon.
     *
     * @param expected about how many there will be
     */
    static Arrivals until(Duration horizon, double expected, Source gaps) {
        requireHoldable(expected);
        double horizonNanos = horizon.toNanos();
        long[] offsets = new long[(int) (expected + 6 * Math.sqrt(expected)) + 16];
        int count = 0;
        for (double at = gaps.next(); at < horizonNanos; at += gaps.next()) {
            if (count == offsets.length) {
                requireHoldable(count);
                offsets = Arrays.copyOf(offsets, count * 2);
            }
            offsets[count++] = (long) at;
        }
        return Arrivals.open(Arrays.copyOf(offsets, count));
    }

    /** An exponential variate with mean 1, by inversion; in StrictMath, so that it is the same on every machine. */
    static double exponential(SplittableRandom random) {
        // 1 - nextDouble() lies in (0, 1], so the logarithm is finite.
        return -StrictMath.log(1 - random.nextDouble());
    }

    static void requireHoldable(double expected) {
        if (!(expected <= ArrivalPattern.MOST_SESSIONS)) {
            throw new IllegalArgumentException("a schedule of about " + Math.round(expected)
                    + " requests is more than one client can hold; lower the rate or the duration below "
                    + ArrivalPattern.MOST_SESSIONS + " requests");
        }
    }

    static double requireRate(double ratePerSecond) {
        if (!(ratePerSecond > 0 && ratePerSecond <= Poisson.HIGHEST_RATE)) {
            throw new IllegalArgumentException("rate per second must be above 0 and at most "
                    + (long) Poisson.HIGHEST_RATE + ", got: " + ratePerSecond);
        }
        return ratePerSecond;
    }

    static double expected(double ratePerSecond, Duration horizon) {
        return ratePerSecond * horizon.toNanos() / 1e9;
    }
}
