package dev.weighbridge.core.run;

import dev.weighbridge.analysis.load.Disturbance;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.core.telemetry.TelemetryRecorder;
import dev.weighbridge.results.TelemetrySample;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The client's ceiling, measured again where the machine was taken up by something else: other work can only lower it, and one
 * that is too low would make every trial of the run invalid. Every attempt is a lower bound, so the highest of them stands.
 */
final class ClientCalibration {
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final int MOST_ATTEMPTS = 4;

    private ClientCalibration() {}

    /**
     * One measurement.
     *
     * @param ceiling that was measured
     * @param during samples of the machine meanwhile
     */
    record Attempt(Ceiling ceiling, List<TelemetrySample> during) {}

    static Ceiling of(LoadGenerator generator, int serverThreads) {
        return of(() -> {
            TelemetryRecorder recorder = TelemetryRecorder.start(OptionalLong.empty());
            try (recorder) {
                Ceiling ceiling = generator.calibrate(TIME, serverThreads);
                return new Attempt(ceiling, recorder.samples());
            }
        });
    }

    static Ceiling of(Supplier<Attempt> attempts) {
        Attempt attempt = attempts.get();
        Ceiling highest = attempt.ceiling();
        for (int made = 1; made < MOST_ATTEMPTS && Disturbance.takenFromClient(attempt.during()); made++) {
            attempt = attempts.get();
            highest = new Ceiling(
                    Math.max(highest.requestsPerSecond(), attempt.ceiling().requestsPerSecond()),
                    Math.max(highest.eventsPerSecond(), attempt.ceiling().eventsPerSecond()));
        }
        return highest;
    }
}
