package dev.weighbridge.api.load;

import java.time.Duration;
import java.util.Optional;

/**
 * Closed loop: each virtual user goes on when its last answer has ended.
 *
 * @param users concurrent virtual users, 1 to {@link #MOST_USERS}
 * @param think time between an answer and the user's next session
 * @param rampUp time over which the users begin, evenly; the last one begins before it has passed
 */
public record Closed(int users, Duration think, Duration rampUp) implements ArrivalPattern {
    /** More than so many need more than one client. */
    public static final int MOST_USERS = 20_000;

    public Closed {
        if (users < 1 || users > MOST_USERS) {
            throw new IllegalArgumentException("users must be between 1 and " + MOST_USERS + ", got: " + users);
        }
    }

    /** Users who all begin at once and never think. */
    public Closed(int users) {
        this(users, Duration.ZERO, Duration.ZERO);
    }

    @Override
    public String id() {
        return "closed";
    }

    @Override
    public String description() {
        return users
                + (users == 1 ? " user" : " users")
                + (think.isZero() ? "" : ", thinking for " + think.toMillis() + " ms");
    }

    @Override
    public boolean openLoop() {
        return false;
    }

    @Override
    public Arrivals arrivals(Duration horizon, long seed) {
        long[] starts = new long[users];
        for (int user = 0; user < users; user++) {
            starts[user] = rampUp.toNanos() / users * user;
        }
        return new Arrivals(starts, true, think.toNanos(), Optional.empty());
    }

    /** Reads it. */
    public static final class Reader implements Kind {
        @Override
        public String id() {
            return "closed";
        }

        @Override
        public String example() {
            return "{users: 8, think: 2s, ramp-up: 10s}";
        }

        @Override
        public ArrivalPattern read(Settings settings) {
            return new Closed(
                    settings.whole("users", null, 1, MOST_USERS),
                    settings.duration("think", Duration.ZERO),
                    settings.duration("ramp-up", Duration.ZERO));
        }
    }
}
