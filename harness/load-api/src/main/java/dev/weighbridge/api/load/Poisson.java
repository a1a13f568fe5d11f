package dev.weighbridge.api.load;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Open loop: independent users, so that gaps are exponentially distributed.
 *
 * @param ratePerSecond mean arrivals a second; above 0, at most {@link #HIGHEST_RATE}
 */
public record Poisson(double ratePerSecond) implements ArrivalPattern {
    /** Arrivals a second that no single client could send. */
    public static final double HIGHEST_RATE = 100_000;

    /** Lowest rate that a file may ask for. */
    static final double LOWEST_RATE = 0.001;

    public Poisson {
        Gaps.requireRate(ratePerSecond);
    }

    @Override
    public String id() {
        return "poisson";
    }

    @Override
    public String description() {
        return ratePerSecond + "/s, Poisson";
    }

    @Override
    public boolean openLoop() {
        return true;
    }

    @Override
    public Arrivals arrivals(Duration horizon, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double meanNanos = 1e9 / ratePerSecond;
        return Gaps.until(horizon, Gaps.expected(ratePerSecond, horizon), () -> Gaps.exponential(random) * meanNanos);
    }

    /** Reads it. */
    public static final class Reader implements Kind {
        @Override
        public String id() {
            return "poisson";
        }

        @Override
        public String example() {
            return "{rate-per-second: 10}";
        }

        @Override
        public ArrivalPattern read(Settings settings) {
            return new Poisson(settings.number("rate-per-second", null, LOWEST_RATE, HIGHEST_RATE));
        }
    }
}
