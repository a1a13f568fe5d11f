package dev.weighbridge.analysis.load;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.TelemetrySample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the machine did to a load trial, from its samples over the steady window: steal, throttling and other processes, stalls
 * of the client against the tightest objective, and clocks that disagree. Pure; what was not sampled says nothing.
 */
public final class Disturbance {
    private static final double MOST_STEAL = 0.10;
    private static final double FLAGGED_STEAL = 0.02;
    /**
     * Of the time of all cores: what others do on a core that nobody else wants takes nothing from a trial. On quiet machines of
     * two cores the rest, which is the kernel's own work and the coarseness of its ticks, stays under 5 %; a build beside the
     * run takes 20 to 50 %.
     */
    private static final double MOST_OF_OTHERS = 0.10;

    private static final double MOST_THROTTLING = 0.01;
    private static final double MOST_CLOCK_DIFFERENCE_MILLIS = 50;
    private static final double LONGEST_GAP_MILLIS = 1_000;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_MICRO = 1e3;

    private final List<TelemetrySample> inside;
    private final Circumstances circumstances;
    private final @Nullable Double tightestMillis;

    /**
     * The samples of a trial.
     *
     * @param samples in order
     * @param tightestMillis the tightest objective on one request, in milliseconds, or {@code null} for none
     */
    public Disturbance(List<TelemetrySample> samples, Circumstances circumstances, @Nullable Double tightestMillis) {
        long start = circumstances.originNanos() + circumstances.steadyStartNanos();
        long end = circumstances.originNanos() + circumstances.steadyEndNanos();
        List<TelemetrySample> covering = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            boolean endsInside = samples.get(i).nanos() >= start;
            boolean beginsInside = i + 1 < samples.size() && samples.get(i + 1).nanos() >= start;
            boolean beforeEnd = i == 0 || samples.get(i - 1).nanos() < end;
            if ((endsInside || beginsInside) && beforeEnd) {
                covering.add(samples.get(i));
            }
        }
        this.inside = List.copyOf(covering);
        this.circumstances = circumstances;
        this.tightestMillis = tightestMillis;
    }

    /** The judgement of the machine. */
    public LoadJudgement.Machine judge() {
        List<Reason> disturbs = new ArrayList<>();
        List<Reason> flags = new ArrayList<>();
        if (inside.size() < 2) {
            return LoadJudgement.Machine.QUIET;
        }
        stealShare().ifPresent(share -> {
            if (share > MOST_STEAL) {
                disturbs.add(Reason.over(Code.STEAL, share, MOST_STEAL));
            } else if (share > FLAGGED_STEAL) {
                flags.add(Reason.over(Code.STEAL, share, MOST_STEAL));
            }
        });
        passed(TelemetrySample::throttledMicros).ifPresent(micros -> {
            double share = micros * NANOS_PER_MICRO / wallNanos();
            if (share > MOST_THROTTLING) {
                disturbs.add(Reason.over(Code.THROTTLED, share, MOST_THROTTLING));
            } else if (share > 0) {
                flags.add(Reason.over(Code.THROTTLED, share, MOST_THROTTLING));
            }
        });
        othersShare().ifPresent(share -> {
            if (share > MOST_OF_OTHERS) {
                disturbs.add(Reason.over(Code.OTHER_PROCESSES, share, MOST_OF_OTHERS));
            }
        });
        clocks().ifPresent(disturbs::add);
        stalls(disturbs);
        return new LoadJudgement.Machine(List.copyOf(disturbs), List.copyOf(flags));
    }

    /**
     * Shares of CPU time over the window and what the graphics processor and the server did, for the record.
     *
     * @param outputTokensPerSecond over the same window
     */
    public List<Measurement> measurements(OptionalDouble outputTokensPerSecond) {
        List<Measurement> figures = new ArrayList<>();
        if (inside.size() < 2) {
            return figures;
        }
        stealShare().ifPresent(share -> figures.add(figure(Metric.STEAL_SHARE, share)));
        double all = coreMicros();
        passed(TelemetrySample::clientCpuMicros).ifPresent(cpu -> figures.add(figure(Metric.CLIENT_CPU, cpu / all)));
        passed(TelemetrySample::serverCpuMicros).ifPresent(cpu -> figures.add(figure(Metric.SERVER_CPU, cpu / all)));
        figures.addAll(new GpuFigures(inside).measurements(outputTokensPerSecond));
        figures.addAll(new ServerFigures(inside).measurements());
        figures.addAll(new NetworkFigures(inside).measurements());
        return figures;
    }

    private Measurement figure(Metric metric, double value) {
        return new Measurement(metric.id(), "", metric.id(), value, "1", inside.size(), null, null, false);
    }

    private OptionalDouble stealShare() {
        OptionalDouble steal = passed(TelemetrySample::stealMicros);
        OptionalDouble busy = passed(TelemetrySample::busyMicros);
        if (steal.isEmpty() || busy.isEmpty()) {
            return OptionalDouble.empty();
        }
        double wanted = steal.getAsDouble() + busy.getAsDouble();
        return OptionalDouble.of(wanted <= 0 ? 0 : steal.getAsDouble() / wanted);
    }

    /** What neither client nor server used of all cores' time; known only where the server runs on this machine. */
    private OptionalDouble othersShare() {
        OptionalDouble busy = passed(TelemetrySample::busyMicros);
        OptionalDouble client = passed(TelemetrySample::clientCpuMicros);
        OptionalDouble server = passed(TelemetrySample::serverCpuMicros);
        if (busy.isEmpty() || client.isEmpty() || server.isEmpty()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of((busy.getAsDouble() - client.getAsDouble() - server.getAsDouble()) / coreMicros());
    }

    /**
     * Whether others took more of the machine than a trial may lose, in a time in which the client alone was to run on it; not,
     * where that was not counted.
     *
     * @param samples in order
     */
    public static boolean takenFromClient(List<TelemetrySample> samples) {
        if (samples.size() < 2) {
            return false;
        }
        OptionalDouble busy = passed(samples, TelemetrySample::busyMicros);
        OptionalDouble client = passed(samples, TelemetrySample::clientCpuMicros);
        if (busy.isEmpty() || client.isEmpty() || busy.getAsDouble() <= 0) {
            return false;
        }
        double steal = passed(samples, TelemetrySample::stealMicros).orElse(0);
        return 1 - client.getAsDouble() / (busy.getAsDouble() + steal) > MOST_OF_OTHERS;
    }

    /** Time of all cores together. */
    private double coreMicros() {
        return wallNanos() / NANOS_PER_MICRO * Math.max(1, circumstances.cores());
    }

    private double wallNanos() {
        return (double) inside.get(inside.size() - 1).nanos() - inside.get(0).nanos();
    }

    private OptionalDouble passed(Function<TelemetrySample, @Nullable Long> counter) {
        return passed(inside, counter);
    }

    private static OptionalDouble passed(
            List<TelemetrySample> samples, Function<TelemetrySample, @Nullable Long> counter) {
        Long first = counter.apply(samples.get(0));
        Long last = counter.apply(samples.get(samples.size() - 1));
        return first == null || last == null
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) Math.max(0, last - first));
    }

    /** A machine that was suspended, or whose clock was set, has a wall clock that went another way than the monotonic one. */
    private Optional<Reason> clocks() {
        TelemetrySample first = inside.get(0);
        TelemetrySample last = inside.get(inside.size() - 1);
        double difference =
                Math.abs((last.epochMillis() - first.epochMillis()) - (last.nanos() - first.nanos()) / NANOS_PER_MILLI);
        return difference > MOST_CLOCK_DIFFERENCE_MILLIS
                ? Optional.of(Reason.over(Code.CLOCK_JUMP, difference, MOST_CLOCK_DIFFERENCE_MILLIS))
                : Optional.empty();
    }

    private void stalls(List<Reason> disturbs) {
        double longest =
                inside.stream().mapToLong(TelemetrySample::lateNanos).max().orElse(0) / NANOS_PER_MILLI;
        Double tightest = tightestMillis;
        if (tightest != null && longest > tightest) {
            disturbs.add(Reason.over(Code.CLIENT_STALL, longest, tightest));
        } else if (longest > LONGEST_GAP_MILLIS) {
            disturbs.add(Reason.over(Code.NOT_SAMPLED, longest, LONGEST_GAP_MILLIS));
        }
    }
}
