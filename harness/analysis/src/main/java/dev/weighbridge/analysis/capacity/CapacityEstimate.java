package dev.weighbridge.analysis.capacity;

import dev.weighbridge.analysis.statistics.StudentInterval;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The capacity of one variant as far as it was searched.
 *
 * @param rate requests a second with its interval; {@code null} when no block found one
 * @param byBlock the estimate of each block that was searched to its end, by the number of its repeat
 * @param halfStepByBlock how far the logarithm of each of these may be off by the steps of its search alone
 * @param outputTokens mean output tokens of a request at the rates that held; absent when none held
 * @param bestRate no rate above this one can hold, as far as is known; {@code null} when nothing bounds it
 * @param probes every probe, in the order in which they were made
 */
public record CapacityEstimate(
        @Nullable Measurement rate,
        Map<Integer, Double> byBlock,
        Map<Integer, Double> halfStepByBlock,
        @Nullable Double outputTokens,
        @Nullable Double bestRate,
        List<Probe> probes) {
    /** Room that {@link #bestRate} leaves over what a variant did in a short saturation. */
    static final double ROOM_OVER_SATURATION = 1.5;

    public CapacityEstimate {
        byBlock = Map.copyOf(byBlock);
        halfStepByBlock = Map.copyOf(halfStepByBlock);
        probes = List.copyOf(probes);
    }

    /**
     * One rate that was offered.
     *
     * @param trialId of its trial
     * @param repeat number of its block
     * @param rate planned, in requests a second
     * @param offered by the schedule that was drawn for it, in requests a second; as planned where that is not on record
     * @param verdict whether it held the objectives
     * @param goodput share of good requests with its interval, or {@code null} when the trial has none
     */
    public record Probe(
            String trialId,
            int repeat,
            double rate,
            double offered,
            Verdict verdict,
            @Nullable Measurement goodput) {
        /** Whether it held surely, or by its value where there were too few requests to be sure. */
        public boolean holds(double share) {
            Measurement measured = goodput;
            return verdict == Verdict.HELD
                    || (verdict == Verdict.OPEN && measured != null && measured.value() >= share);
        }
    }

    /** What a probe showed. */
    public enum Verdict {
        /** The share of good requests surely kept the study's. */
        HELD,
        /** It surely did not, or the server fell behind. */
        MISSED,
        /** Too few requests to tell by themselves. */
        OPEN,
        /** The trial does not count. */
        UNKNOWN
    }

    /**
     * Puts the capacity trials of one variant together.
     *
     * @param trials of the variant, every attempt; those of other workloads are passed over, but for the saturation's, which
     *     bound what can be
     * @param share of requests that must be good
     */
    public static CapacityEstimate of(List<Trial> trials, double share) {
        List<Probe> probes = new ArrayList<>();
        for (Trial trial : trials) {
            Double rate = trial.workload().offeredRate();
            if (trial.workload().kind() == Workload.Kind.CAPACITY
                    && rate != null
                    && trial.status() != Trial.Status.DISTURBED) {
                Measurement goodput = trial.measurement("goodput").orElse(null);
                double offered = trial.measurement("offered_rate")
                        .map(Measurement::value)
                        .filter(value -> value > 0)
                        .orElse(rate);
                probes.add(
                        new Probe(trial.id(), trial.repeat(), rate, offered, verdict(trial, goodput, share), goodput));
            }
        }
        Map<Integer, Double> byBlock = new TreeMap<>();
        Map<Integer, Double> halfSteps = new TreeMap<>();
        List<Bracket> brackets = new ArrayList<>();
        for (int repeat : probes.stream().map(Probe::repeat).distinct().toList()) {
            Bracket bracket =
                    Bracket.of(OfferedRate.of(block(probes, repeat), share)).asOffered();
            if (bracket.closed()) {
                byBlock.put(repeat, bracket.middle());
                halfSteps.put(repeat, bracket.halfStep());
                brackets.add(bracket);
            }
        }
        OptionalDouble tokens = trials.stream()
                .filter(t -> t.workload().kind() == Workload.Kind.CAPACITY && t.status() == Trial.Status.COMPLETED)
                .flatMap(t -> t.measurement("output_tokens_mean").stream())
                .mapToDouble(Measurement::value)
                .average();
        return new CapacityEstimate(
                rate(byBlock, brackets),
                byBlock,
                halfSteps,
                tokens.isPresent() ? tokens.getAsDouble() : null,
                bestRate(trials, brackets),
                probes);
    }

    /** The probes of one block. */
    public static List<Probe> block(List<Probe> probes, int repeat) {
        return probes.stream().filter(p -> p.repeat() == repeat).toList();
    }

    private static Verdict verdict(Trial trial, @Nullable Measurement goodput, double share) {
        if (trial.status() == Trial.Status.SATURATED) {
            return Verdict.MISSED;
        }
        return trial.status() != Trial.Status.COMPLETED || goodput == null
                ? Verdict.UNKNOWN
                : OfferedRate.verdict(goodput, share);
    }

    /** One block gives its bracket as the interval; several give their geometric mean with Student's interval of the logs. */
    private static @Nullable Measurement rate(Map<Integer, Double> byBlock, List<Bracket> brackets) {
        if (brackets.isEmpty()) {
            return null;
        }
        if (brackets.size() == 1) {
            Bracket only = brackets.get(0);
            return measurement(only.middle(), 1, only.held(), only.missed());
        }
        StudentInterval logs = StudentInterval.of(
                byBlock.values().stream().mapToDouble(Math::log).toArray());
        double half = brackets.stream().mapToDouble(Bracket::halfStep).average().orElse(0);
        Double low = logs.low();
        Double high = logs.high();
        // Blocks that agree by chance are no surer than the steps of their search.
        double lowest = Math.min(low == null ? logs.mean() : low, logs.mean() - half / Math.sqrt(brackets.size()));
        double highest = Math.max(high == null ? logs.mean() : high, logs.mean() + half / Math.sqrt(brackets.size()));
        return measurement(Math.exp(logs.mean()), brackets.size(), Math.exp(lowest), Math.exp(highest));
    }

    private static Measurement measurement(double value, int samples, double low, double high) {
        return new Measurement("capacity", "", "capacity", value, "requests/s", samples, low, high, samples < 2);
    }

    /** A closed loop of many users completes what the server can do; some room is left, for it is measured once and shortly. */
    private static @Nullable Double bestRate(List<Trial> trials, List<Bracket> brackets) {
        OptionalDouble missed = brackets.stream().mapToDouble(Bracket::missed).max();
        if (missed.isPresent()) {
            return missed.getAsDouble();
        }
        OptionalDouble saturated = trials.stream()
                .filter(t -> t.workload().kind() == Workload.Kind.SATURATION
                        && t.status().counts())
                .flatMap(t -> t.measurement("achieved_rate").stream())
                .mapToDouble(m -> m.value() * ROOM_OVER_SATURATION)
                .max();
        return saturated.isPresent() ? saturated.getAsDouble() : null;
    }

    /** Requests a second, with interval. */
    public Optional<Measurement> found() {
        return Optional.ofNullable(rate);
    }
}
