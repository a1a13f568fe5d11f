package dev.weighbridge.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Arrival times of an open loop, computed in full from a seed before the run so that the server cannot move them. */
final class ArrivalSchedule {
    /** More arrivals than one client process can hold in memory with their records. */
    private static final int MAX_ARRIVALS = 5_000_000;

    private ArrivalSchedule() {}

    /**
     * Draws a Poisson process: independent exponential gaps with mean 1/rate, by inversion, until the horizon.
     *
     * @param ratePerSecond mean arrivals a second
     * @param horizon arrivals at or after this are left out
     * @param seed the same seed, rate and horizon give the same arrivals
     * @return nanoseconds after the start of the run, ascending; possibly none
     * @throws IllegalArgumentException when the schedule would hold more than five million arrivals
     */
    static long[] poisson(double ratePerSecond, Duration horizon, long seed) {
        double expected = ratePerSecond * horizon.toNanos() / 1e9;
        if (expected > MAX_ARRIVALS) {
            throw new IllegalArgumentException("a schedule of about " + Math.round(expected)
                    + " requests is more than one client can hold; lower the rate or the duration below " + MAX_ARRIVALS
                    + " requests");
        }
        SplittableRandom random = new SplittableRandom(seed);
        double horizonNanos = horizon.toNanos();
        double meanGapNanos = 1e9 / ratePerSecond;
        long[] offsets = new long[(int) (expected + 6 * Math.sqrt(expected)) + 16];
        int count = 0;
        // 1 - nextDouble() lies in (0, 1], so the logarithm is finite.
        double at = -Math.log(1 - random.nextDouble()) * meanGapNanos;
        while (at < horizonNanos) {
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, count * 2);
            }
            offsets[count++] = (long) at;
            at -= Math.log(1 - random.nextDouble()) * meanGapNanos;
        }
        return Arrays.copyOf(offsets, count);
    }
}
