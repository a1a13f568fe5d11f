package dev.weighbridge.analysis.capacity;

import dev.weighbridge.results.Measurement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The capacity of one variant as far as it was searched.
 *
 * @param rate requests a second with its interval; {@code null} when no block found one
 * @param byBlock the estimate of each block that was searched to its end, by the number of its repeat
 * @param outputTokens mean output tokens of a request at the rates that held; absent when none held
 * @param bestRate no rate above this one can hold, as far as is known; {@code null} when nothing bounds it
 * @param probes every probe, in the order in which they were made
 */
public record CapacityEstimate(
        @Nullable Measurement rate,
        Map<Integer, Double> byBlock,
        @Nullable Double outputTokens,
        @Nullable Double bestRate,
        List<Probe> probes) {
    public CapacityEstimate {
        byBlock = Map.copyOf(byBlock);
        probes = List.copyOf(probes);
    }

    /**
     * One rate that was offered.
     *
     * @param trialId of its trial
     * @param repeat number of its block
     * @param rate offered, in requests a second
     * @param verdict whether it held the objectives
     * @param goodput share of good requests with its interval, or {@code null} when the trial has none
     */
    public record Probe(
            String trialId,
            int repeat,
            double rate,
            Verdict verdict,
            @Nullable Measurement goodput) {}

    /** What a probe showed. */
    public enum Verdict {
        /** The share of good requests kept the study's. */
        HELD,
        /** It did not, or the server fell behind. */
        MISSED,
        /** The trial does not count. */
        UNKNOWN
    }

    /** Requests a second, with interval. */
    public Optional<Measurement> found() {
        return Optional.ofNullable(rate);
    }
}
