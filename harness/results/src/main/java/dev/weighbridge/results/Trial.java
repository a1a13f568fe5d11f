package dev.weighbridge.results;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One variant put through one workload once.
 *
 * @param schemaVersion of this record; {@link #SCHEMA_VERSION} when written by this version
 * @param id unique in a run and safe as a file name
 * @param variant that was weighed
 * @param workload it was put through
 * @param repeat number from 1
 * @param status how the trial ended
 * @param reasons why it is not {@code COMPLETED}; empty when it is
 * @param measurements in a fixed order; what was not measured is absent
 * @param engine resolved facts of the engine: version, device, library versions; empty when it never opened
 * @param startedAt ISO-8601 instant
 * @param durationSeconds wall time of the trial
 */
public record Trial(
        int schemaVersion,
        String id,
        Variant variant,
        Workload workload,
        int repeat,
        Status status,
        List<String> reasons,
        List<Measurement> measurements,
        Map<String, String> engine,
        String startedAt,
        double durationSeconds) {

    public static final int SCHEMA_VERSION = 1;

    /** How a trial ended. */
    public enum Status {
        COMPLETED,
        /** The engine or the workload broke. */
        FAILED,
        /** The variant cannot do this, or was not let to. */
        SKIPPED,
        /** It ran, but its figures must not be ranked. */
        INVALID
    }

    public Trial {
        reasons = List.copyOf(reasons);
        measurements = List.copyOf(measurements);
        engine = Map.copyOf(engine);
        if (status != Status.COMPLETED && reasons.isEmpty()) {
            throw new IllegalArgumentException("trial " + id + " is " + status + " and must say why");
        }
    }

    /** The figure of that name for the whole trial. */
    public Optional<Measurement> measurement(String name) {
        return measurement(name, "");
    }

    /** The figure of that name and scope. */
    public Optional<Measurement> measurement(String name, String scope) {
        return measurements.stream()
                .filter(m -> m.name().equals(name) && m.scope().equals(scope))
                .findFirst();
    }
}
