package dev.weighbridge.api.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Open loop: a Poisson process whose rate changes over time in straight pieces. Its arrivals are those of a process of rate 1,
 * carried over by the inverse of the rate's integral, so that a study's rates can be scaled without another draw.
 *
 * @param id of the kind
 * @param description for people
 * @param pieces of the rate, one after the other; after the last one come the first again where {@code cyclic}, else its end rate
 *     stays
 * @param cyclic whether they begin again
 */
public record VaryingRate(String id, String description, List<Piece> pieces, boolean cyclic) implements ArrivalPattern {
    /**
     * A time over which the rate goes in a straight line.
     *
     * @param length longer than 0
     * @param from arrivals a second at its start, 0 or more
     * @param to arrivals a second at its end
     */
    public record Piece(Duration length, double from, double to) {
        public Piece {
            if (length.isZero() || length.isNegative()) {
                throw new IllegalArgumentException("a piece of a rate must be longer than 0, got: " + length);
            }
            if (!(from >= 0 && to >= 0 && from <= Poisson.HIGHEST_RATE && to <= Poisson.HIGHEST_RATE)) {
                throw new IllegalArgumentException("rates must be between 0 and " + (long) Poisson.HIGHEST_RATE
                        + " per second, got: " + from + " and " + to);
            }
        }

        double seconds() {
            return length.toNanos() / 1e9;
        }

        double arrivals() {
            return (from + to) / 2 * seconds();
        }

        /** Seconds into the piece at which so many arrivals are expected to have come: the root of a quadratic equation. */
        double secondsAt(double arrivals) {
            double slope = (to - from) / seconds();
            // Written so that a slope near 0 loses no digits.
            double root = StrictMath.sqrt(Math.max(0, from * from + 2 * slope * arrivals));
            return arrivals == 0 ? 0 : Math.min(seconds(), 2 * arrivals / (from + root));
        }
    }

    public VaryingRate {
        pieces = List.copyOf(pieces);
        if (pieces.stream().mapToDouble(Piece::arrivals).sum() <= 0) {
            throw new IllegalArgumentException(id + " needs a rate above 0 somewhere");
        }
    }

    @Override
    public boolean openLoop() {
        return true;
    }

    @Override
    public Arrivals arrivals(Duration horizon, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double highest = pieces.stream()
                .mapToDouble(p -> Math.max(p.from(), p.to()))
                .max()
                .orElse(0);
        Clock clock = new Clock(horizon.toNanos() / 1e9);
        double[] before = {0};
        return Gaps.until(horizon, Math.min(Gaps.expected(highest, horizon), clock.expected()), () -> {
            double at = clock.after(Gaps.exponential(random)) * 1e9;
            double gap = at - before[0];
            before[0] = at;
            return gap;
        });
    }

    /** Carries expected arrivals over to time. */
    private final class Clock {
        private final double horizonSeconds;
        private int piece;
        private double pieceStart;
        private double within;

        Clock(double horizonSeconds) {
            this.horizonSeconds = horizonSeconds;
        }

        double expected() {
            double sum = 0;
            double start = 0;
            int next = 0;
            while (start < horizonSeconds) {
                Piece now = at(next++, horizonSeconds - start);
                sum += now.arrivals();
                start += now.seconds();
            }
            return sum;
        }

        /** The time in seconds at which so many further arrivals are expected to have come; beyond the horizon any later time. */
        double after(double arrivals) {
            within += arrivals;
            Piece now = at(piece, horizonSeconds);
            while (within > now.arrivals() && pieceStart < horizonSeconds) {
                within -= now.arrivals();
                pieceStart += now.seconds();
                now = at(++piece, horizonSeconds);
            }
            return pieceStart + (within > now.arrivals() ? now.seconds() : now.secondsAt(within));
        }

        private Piece at(int number, double restSeconds) {
            if (number < pieces.size() || cyclic) {
                return pieces.get(number % pieces.size());
            }
            double rate = pieces.get(pieces.size() - 1).to();
            return new Piece(Duration.ofNanos((long) (Math.max(1e-9, restSeconds) * 1e9) + 1), rate, rate);
        }
    }

    private static double rate(Settings settings, String key, @Nullable Double standard) {
        return settings.number(key, standard, 0, Poisson.HIGHEST_RATE);
    }

    /** What the four kinds have in common. */
    private abstract static class Reader implements Kind {
        private final String id;
        private final String example;
        private final Function<Settings, ArrivalPattern> read;

        Reader(String id, String example, Function<Settings, ArrivalPattern> read) {
            this.id = id;
            this.example = example;
            this.read = read;
        }

        @Override
        public final String id() {
            return id;
        }

        @Override
        public final String example() {
            return example;
        }

        @Override
        public final ArrivalPattern read(Settings settings) {
            return read.apply(settings);
        }
    }

    /** A rate that rises or falls in a straight line, and then stays. */
    public static final class Ramp extends Reader {
        public Ramp() {
            super("ramp", "{from-rate: 1, to-rate: 50, over: 60s}", Ramp::of);
        }

        private static ArrivalPattern of(Settings settings) {
            double from = rate(settings, "from-rate", null);
            double to = rate(settings, "to-rate", null);
            Duration over = settings.positiveDuration("over", null);
            return new VaryingRate(
                    "ramp",
                    from + "/s to " + to + "/s over " + over.toSeconds() + " s",
                    List.of(new Piece(over, from, to)),
                    false);
        }
    }

    /** Rates one after the other, each for the same time; the last one stays. */
    public static final class Steps extends Reader {
        public Steps() {
            super("steps", "{rates: [5, 10, 20], each: 30s}", Steps::of);
        }

        private static ArrivalPattern of(Settings settings) {
            List<Double> rates = settings.numbers("rates", 0, Poisson.HIGHEST_RATE);
            Duration each = settings.positiveDuration("each", null);
            List<Piece> pieces = new ArrayList<>();
            rates.forEach(rate -> pieces.add(new Piece(each, rate, rate)));
            return new VaryingRate("steps", rates + "/s, each for " + each.toSeconds() + " s", pieces, false);
        }
    }

    /** A quiet rate with bursts at regular times. */
    public static final class Burst extends Reader {
        public Burst() {
            super("burst", "{base-rate: 5, burst-rate: 50, every: 30s, length: 3s}", Burst::of);
        }

        private static ArrivalPattern of(Settings settings) {
            double base = rate(settings, "base-rate", null);
            double burst = rate(settings, "burst-rate", null);
            Duration every = settings.positiveDuration("every", null);
            Duration length = settings.positiveDuration("length", null);
            if (length.compareTo(every) >= 0) {
                throw new IllegalArgumentException(
                        "length must be shorter than every, got: " + length + " and " + every);
            }
            return new VaryingRate(
                    "burst",
                    base + "/s with bursts of " + burst + "/s",
                    List.of(new Piece(every.minus(length), base, base), new Piece(length, burst, burst)),
                    true);
        }
    }

    /** Load in turn with silence. */
    public static final class OnOff extends Reader {
        public OnOff() {
            super("on-off", "{rate-per-second: 20, on: 10s, off: 20s}", OnOff::of);
        }

        private static ArrivalPattern of(Settings settings) {
            double rate = rate(settings, "rate-per-second", null);
            Duration on = settings.positiveDuration("on", null);
            Duration off = settings.positiveDuration("off", null);
            return new VaryingRate(
                    "on-off",
                    rate + "/s for " + on.toSeconds() + " s, nothing for " + off.toSeconds() + " s",
                    List.of(new Piece(on, rate, rate), new Piece(off, 0, 0)),
                    true);
        }
    }
}
