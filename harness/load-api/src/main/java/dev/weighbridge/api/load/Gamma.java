package dev.weighbridge.api.load;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Open loop: gaps that follow a gamma distribution, burstier or smoother than a Poisson process at the same rate.
 *
 * @param ratePerSecond mean arrivals a second
 * @param burstiness shape of the distribution, as {@code --burstiness} of {@code vllm bench serve}: 1 is a Poisson process, less
 *     is burstier, more is smoother; the gaps' coefficient of variation is {@code 1/sqrt(burstiness)}
 */
public record Gamma(double ratePerSecond, double burstiness) implements ArrivalPattern {
    private static final double LEAST = 0.01;
    private static final double MOST = 10_000;

    public Gamma {
        Gaps.requireRate(ratePerSecond);
        if (!(burstiness >= LEAST && burstiness <= MOST)) {
            throw new IllegalArgumentException("burstiness must be between 0.01 and 10000, got: " + burstiness);
        }
    }

    @Override
    public String id() {
        return "gamma";
    }

    @Override
    public String description() {
        return ratePerSecond + "/s, gamma, burstiness " + burstiness;
    }

    @Override
    public boolean openLoop() {
        return true;
    }

    @Override
    public Arrivals arrivals(Duration horizon, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double scale = 1e9 / ratePerSecond / burstiness;
        return Gaps.until(horizon, Gaps.expected(ratePerSecond, horizon), () -> variate(random) * scale);
    }

    /**
     * A variate of scale 1 by Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000); a shape
     * below 1 through their remark on {@code shape + 1}. In StrictMath, which no library of distributions uses, since a schedule
     * must be the same on every machine.
     */
    private double variate(SplittableRandom random) {
        double shape = burstiness < 1 ? burstiness + 1 : burstiness;
        double d = shape - 1.0 / 3;
        double c = 1 / StrictMath.sqrt(9 * d);
        double drawn = -1;
        while (drawn < 0) {
            double x = normal(random);
            double root = 1 + c * x;
            double v = root * root * root;
            double u = 1 - random.nextDouble();
            if (v > 0 && StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                drawn = d * v;
            }
        }
        return burstiness < 1 ? drawn * StrictMath.pow(1 - random.nextDouble(), 1 / burstiness) : drawn;
    }

    /** Box and Muller's transform. */
    private static double normal(SplittableRandom random) {
        double radius = StrictMath.sqrt(2 * Gaps.exponential(random));
        return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }

    /** Reads it. */
    public static final class Reader implements Kind {
        @Override
        public String id() {
            return "gamma";
        }

        @Override
        public String example() {
            return "{rate-per-second: 10, burstiness: 0.5}";
        }

        @Override
        public ArrivalPattern read(Settings settings) {
            return new Gamma(
                    settings.number("rate-per-second", null, Poisson.LOWEST_RATE, Poisson.HIGHEST_RATE),
                    settings.number("burstiness", null, LEAST, MOST));
        }
    }
}
