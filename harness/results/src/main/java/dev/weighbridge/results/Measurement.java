package dev.weighbridge.results;

import org.jspecify.annotations.Nullable;

/**
 * One figure with everything that it needs to stand.
 *
 * @param name of the figure, unique with its scope in a trial, for example {@code ttft_p95}
 * @param scope what it is about within the trial, for example a task id; empty when it is the whole trial
 * @param definition id in the metric definitions, for example {@code ttft}
 * @param value finite
 * @param unit for example {@code ms}, {@code tokens/s}, {@code 1} for a share
 * @param samples it was computed from
 * @param low lower end of the 95 % interval, or {@code null} where none can be given
 * @param high upper end of the 95 % interval, or {@code null} where none can be given
 * @param uncertain whether there were too few samples for it to be certified
 */
public record Measurement(
        String name,
        String scope,
        String definition,
        double value,
        String unit,
        long samples,
        @Nullable Double low,
        @Nullable Double high,
        boolean uncertain) {
    public Measurement {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    "measurement " + name + " must be finite, got: " + value + ". What was not measured is left out.");
        }
        if ((low == null) != (high == null)) {
            throw new IllegalArgumentException("measurement " + name + " needs both ends of its interval or none");
        }
    }
}
