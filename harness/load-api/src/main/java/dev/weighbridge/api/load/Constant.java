package dev.weighbridge.api.load;

import java.time.Duration;

/**
 * Open loop: one arrival every 1/rate seconds, the first one after that time. The kindest load there is; servers are seldom
 * treated so.
 *
 * @param ratePerSecond arrivals a second
 */
public record Constant(double ratePerSecond) implements ArrivalPattern {
    public Constant {
        Gaps.requireRate(ratePerSecond);
    }

    @Override
    public String id() {
        return "constant";
    }

    @Override
    public String description() {
        return ratePerSecond + "/s, evenly spaced";
    }

    @Override
    public boolean openLoop() {
        return true;
    }

    /** Each from its own number, so that no error adds up. */
    @Override
    public Arrivals arrivals(Duration horizon, long seed) {
        double expected = Gaps.expected(ratePerSecond, horizon);
        Gaps.requireHoldable(expected);
        int count = (int) StrictMath.ceil(expected) - 1;
        long[] starts = new long[Math.max(0, count)];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = (long) ((i + 1) * 1e9 / ratePerSecond);
        }
        return Arrivals.open(starts);
    }

    /** Reads it. */
    public static final class Reader implements Kind {
        @Override
        public String id() {
            return "constant";
        }

        @Override
        public String example() {
            return "{rate-per-second: 10}";
        }

        @Override
        public ArrivalPattern read(Settings settings) {
            return new Constant(settings.number("rate-per-second", null, Poisson.LOWEST_RATE, Poisson.HIGHEST_RATE));
        }
    }
}
