package dev.weighbridge.results;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One variant put through one workload once.
 *
 * @param schemaVersion of this record; {@link #SCHEMA_VERSION} when written by this version
 * @param id unique in a run and safe as a file name
 * @param variant that was weighed
 * @param workload it was put through
 * @param repeat number of the block from 1
 * @param step of the capacity search from 1; 1 for other workloads
 * @param attempt number from 1; later ones follow a disturbed one
 * @param status how the trial ended
 * @param reasons why it is not {@code COMPLETED}; empty when it is
 * @param flags what is worth knowing of a trial that counts all the same
 * @param measurements in a fixed order; what was not measured is absent
 * @param circumstances of a load trial, {@code null} for others
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
        int step,
        int attempt,
        Status status,
        List<Reason> reasons,
        List<Reason> flags,
        List<Measurement> measurements,
        @Nullable Circumstances circumstances,
        Map<String, String> engine,
        String startedAt,
        double durationSeconds) {

    public static final int SCHEMA_VERSION = 2;

    /** How a trial ended: judged by what caused it, never by its result. */
    public enum Status {
        /** It counts. */
        COMPLETED,
        /** The machine disturbed it; it is measured again. */
        DISTURBED,
        /** The server could not keep up: a valid observation that bounds its capacity from above. */
        SATURATED,
        /** The method was at fault; its figures must not be ranked. */
        INVALID,
        /** The engine or the workload broke. */
        FAILED,
        /** The variant cannot do this, or was not let to. */
        SKIPPED;

        /** Whether its figures are observations of the variant. */
        public boolean counts() {
            return this == COMPLETED || this == SATURATED;
        }
    }

    public Trial {
        reasons = List.copyOf(reasons);
        flags = List.copyOf(flags);
        measurements = List.copyOf(measurements);
        engine = Map.copyOf(engine);
        if (status != Status.COMPLETED && reasons.isEmpty()) {
            throw new IllegalArgumentException("trial " + id + " is " + status + " and must say why");
        }
    }

    /** The same trial with other figures. */
    public Trial withMeasurements(List<Measurement> others) {
        return new Trial(
                schemaVersion,
                id,
                variant,
                workload,
                repeat,
                step,
                attempt,
                status,
                reasons,
                flags,
                others,
                circumstances,
                engine,
                startedAt,
                durationSeconds);
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
