package dev.weighbridge.api.load;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Says when sessions begin: a pure function of a horizon and a seed, in nanoseconds, the same on every machine.
 *
 * <p>A new pattern is one class that implements this, with a {@link Kind} that reads it from a file.
 */
public interface ArrivalPattern {
    /** The kind's id. */
    String id();

    /** In one line, for people. */
    String description();

    /** Whether requests come whatever the server does. In a closed loop a user waits for each answer. */
    boolean openLoop();

    /**
     * Computes the whole schedule before anything is sent.
     *
     * @param horizon no session begins at or after it
     * @param seed the same seed, pattern and horizon give the same sessions
     * @throws IllegalArgumentException when there would be more than {@link #MOST_SESSIONS}
     */
    Arrivals arrivals(Duration horizon, long seed);

    /** More sessions than one client can hold in memory with their records. */
    int MOST_SESSIONS = 5_000_000;

    /** A kind of pattern, found by {@link ServiceLoader}. */
    interface Kind {
        /** Its key in scenario and study files, kebab-case. */
        String id();

        /** Its keys with values, in one line, for help and error messages, for example {@code {rate-per-second: 10}}. */
        String example();

        /** Reads a pattern; what is wrong is reported to the settings or thrown as an {@link IllegalArgumentException}. */
        ArrivalPattern read(Settings settings);
    }

    /** All kinds that can be used here, ordered by id. */
    static List<Kind> kinds() {
        return ServiceLoader.load(Kind.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }

    /** The kind of that id. */
    static Optional<Kind> kind(String id) {
        return kinds().stream().filter(kind -> kind.id().equals(id)).findFirst();
    }
}
