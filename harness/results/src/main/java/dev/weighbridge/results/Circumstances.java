package dev.weighbridge.results;

import dev.weighbridge.api.load.RequestObjectives;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a load trial's judgement rests on beside its requests and its telemetry, kept so that the judgement can be made again.
 *
 * @param originNanos the run's time 0 on the monotonic clock that the telemetry uses
 * @param steadyStartNanos start of the steady window, relative to the run's start
 * @param steadyEndNanos its end, relative to the run's start
 * @param openLoop whether arrivals were scheduled whatever the server does
 * @param allowPrefixReuse whether prompts may repeat
 * @param fixedLengths whether every request asked for a given number of output tokens
 * @param ceilingRequestsPerSecond the client's own measured ceiling; {@code null} when it was not measured
 * @param ceilingEventsPerSecond its ceiling of streamed events; {@code null} when it was not measured
 * @param cores of the machine
 * @param baselineTrial id of the baseline's trial that the lengths of answers are held against; {@code null} for none
 * @param classObjectives what requests of classes are held to that have objectives of their own, by the class's name; {@code null}
 *     where none has
 */
public record Circumstances(
        long originNanos,
        long steadyStartNanos,
        long steadyEndNanos,
        boolean openLoop,
        boolean allowPrefixReuse,
        boolean fixedLengths,
        @Nullable Double ceilingRequestsPerSecond,
        @Nullable Double ceilingEventsPerSecond,
        int cores,
        @Nullable String baselineTrial,
        @Nullable Map<String, RequestObjectives> classObjectives) {
    /** A load whose requests are all held to the study's objectives. */
    public Circumstances(
            long originNanos,
            long steadyStartNanos,
            long steadyEndNanos,
            boolean openLoop,
            boolean allowPrefixReuse,
            boolean fixedLengths,
            @Nullable Double ceilingRequestsPerSecond,
            @Nullable Double ceilingEventsPerSecond,
            int cores,
            @Nullable String baselineTrial) {
        this(
                originNanos,
                steadyStartNanos,
                steadyEndNanos,
                openLoop,
                allowPrefixReuse,
                fixedLengths,
                ceilingRequestsPerSecond,
                ceilingEventsPerSecond,
                cores,
                baselineTrial,
                null);
    }

    public Circumstances {
        classObjectives = classObjectives == null ? null : Map.copyOf(classObjectives);
    }

    /** What classes are held to that have objectives of their own, by name; none is an empty map. */
    public Map<String, RequestObjectives> objectivesOfClasses() {
        return classObjectives == null ? Map.of() : classObjectives;
    }
}
