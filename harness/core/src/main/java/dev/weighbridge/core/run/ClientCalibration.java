package dev.weighbridge.core.run;

import dev.weighbridge.analysis.load.Disturbance;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.core.telemetry.TelemetryRecorder;
import dev.weighbridge.results.TelemetrySample;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The client's ceiling, measured until its code is warm and the machine is not taken up by something else: both can only lower
 * it, and one that is too low would make every trial of the run invalid. Every attempt is a lower bound, so the highest of them
 * stands.
 */
public final class ClientCalibration {
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final int MOST_ATTEMPTS = 5;
    private static final double SETTLED = 1.1;

    private ClientCalibration() {}

    /**
     * One measurement.
     *
     * @param ceiling that was measured
     * @param during samples of the machine meanwhile
     */
    record Attempt(Ceiling ceiling, List<TelemetrySample> during) {}

    /**
     * The ceiling on this machine. Where one is known from an earlier run, a single further measurement has to do.
     *
     * @param serverThreads that compute beside the client
     * @param cacheDirectory where ceilings are kept
     */
    public static Ceiling of(LoadGenerator generator, int serverThreads, Path cacheDirectory) {
        Supplier<Attempt> attempts = () -> {
            TelemetryRecorder recorder = TelemetryRecorder.start(List.of(), Optional.empty(), Optional.empty());
            try (recorder) {
                Ceiling ceiling = generator.calibrate(TIME, serverThreads);
                return new Attempt(ceiling, recorder.samples());
            }
        };
        String key = KnownCeilings.key(generator.description(), serverThreads);
        return of(attempts, new KnownCeilings(cacheDirectory, Clock.systemUTC()), key);
    }

    static Ceiling of(Supplier<Attempt> attempts, KnownCeilings known, String key) {
        Optional<Ceiling> before = known.find(key);
        Ceiling ceiling =
                before.isPresent() ? higher(before.get(), attempts.get().ceiling()) : of(attempts);
        if (before.isEmpty() || rose(before.get(), ceiling)) {
            known.keep(key, ceiling);
        }
        return ceiling;
    }

    static Ceiling of(Supplier<Attempt> attempts) {
        Attempt attempt = attempts.get();
        Ceiling highest = attempt.ceiling();
        boolean settled = false;
        for (int made = 1; made < MOST_ATTEMPTS && !settled; made++) {
            attempt = attempts.get();
            settled = !Disturbance.takenFromClient(attempt.during()) && !rose(highest, attempt.ceiling());
            highest = higher(highest, attempt.ceiling());
        }
        return highest;
    }

    private static Ceiling higher(Ceiling one, Ceiling other) {
        return new Ceiling(
                Math.max(one.requestsPerSecond(), other.requestsPerSecond()),
                Math.max(one.eventsPerSecond(), other.eventsPerSecond()));
    }

    /** The client's code is cold at first, and does more in each attempt until it is not. */
    private static boolean rose(Ceiling before, Ceiling now) {
        return now.requestsPerSecond() > before.requestsPerSecond() * SETTLED
                || now.eventsPerSecond() > before.eventsPerSecond() * SETTLED;
    }
}
