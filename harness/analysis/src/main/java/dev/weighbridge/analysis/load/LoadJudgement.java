package dev.weighbridge.analysis.load;

import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Whether the figures of a load trial count, judged by what caused them and never by what they are: a fault of the method
 * before one of the machine, and one of the machine before one of the server.
 *
 * @param status of the trial
 * @param reasons why it is not completed
 * @param flags what is worth knowing all the same
 */
public record LoadJudgement(Trial.Status status, List<Reason> reasons, List<Reason> flags) {
    /** Share of what was offered below which the server did not keep up. */
    public static final double LEAST_ACHIEVED_SHARE = 0.98;

    private static final double LONGEST_MEDIAN_DELAY_MILLIS = 1;
    private static final double LONGEST_P99_DELAY_MILLIS = 10;
    private static final int LEAST_REQUESTS_FOR_P99 = 662;
    private static final double MOST_OF_CEILING = 0.5;
    private static final double MOST_EMPTY_SHARE = 0.01;
    private static final double MOST_LENGTH_DRIFT = 0.1;
    private static final double MOST_LENGTH_DEVIATION = 0.01;
    private static final double MOST_USAGE_DEVIATION = 0.01;

    /**
     * What the samples of the machine say.
     *
     * @param disturbs why the trial must be measured again
     * @param flags what is worth knowing
     */
    public record Machine(List<Reason> disturbs, List<Reason> flags) {
        /** Nothing is known against it. */
        public static final Machine QUIET = new Machine(List.of(), List.of());
    }

    /**
     * Judges a trial.
     *
     * @param baseline lengths of the baseline's answers in the same scenario, or {@code null} when there are none
     */
    public static LoadJudgement of(
            LoadFigures figures, Circumstances circumstances, Machine machine, @Nullable PromptLengths baseline) {
        List<Reason> flags = new ArrayList<>(machine.flags());
        lengthNotHonoured(figures).ifPresent(flags::add);
        tokenCountsDiffer(figures).ifPresent(flags::add);
        List<Reason> method = method(figures, circumstances, baseline);
        if (!method.isEmpty()) {
            return new LoadJudgement(Trial.Status.INVALID, method, flags);
        }
        List<Reason> disturbed = new ArrayList<>(machine.disturbs());
        if (circumstances.openLoop()) {
            disturbed.addAll(lateness(figures.latency("schedule_delay")));
        }
        if (!disturbed.isEmpty()) {
            return new LoadJudgement(Trial.Status.DISTURBED, disturbed, flags);
        }
        if (circumstances.openLoop() && fellBehind(figures)) {
            Reason reason = Reason.over(
                    Code.FELL_BEHIND, (double) figures.achieved() / figures.offered(), LEAST_ACHIEVED_SHARE);
            return new LoadJudgement(Trial.Status.SATURATED, List.of(reason), flags);
        }
        return new LoadJudgement(Trial.Status.COMPLETED, List.of(), flags);
    }

    private static List<Reason> method(
            LoadFigures figures, Circumstances circumstances, @Nullable PromptLengths baseline) {
        List<Reason> reasons = new ArrayList<>();
        if (figures.started() == 0) {
            return List.of(Reason.of(Code.NO_REQUESTS));
        }
        double seconds = figures.window().seconds();
        ceiling(
                reasons,
                Code.CLIENT_CEILING_REQUESTS,
                figures.started() / seconds,
                circumstances.ceilingRequestsPerSecond());
        ceiling(
                reasons,
                Code.CLIENT_CEILING_EVENTS,
                figures.events() / seconds,
                circumstances.ceilingEventsPerSecond());
        double empty = (double) figures.empty() / figures.started();
        if (empty > MOST_EMPTY_SHARE) {
            reasons.add(Reason.over(Code.EMPTY_ANSWERS, empty, MOST_EMPTY_SHARE));
        }
        if (baseline != null) {
            figures.lengths().driftFrom(baseline).ifPresent(drift -> {
                if (Math.abs(drift) > MOST_LENGTH_DRIFT) {
                    reasons.add(Reason.over(Code.LENGTH_DRIFT, drift, MOST_LENGTH_DRIFT));
                }
            });
        }
        if (!circumstances.allowPrefixReuse() && figures.repeatedPrompts() > 0) {
            reasons.add(new Reason(Code.PROMPTS_REPEATED, null, (double) figures.repeatedPrompts(), 0.0));
        }
        return reasons;
    }

    /** A server that cannot fix lengths answers all the same: its figures count, and the flag says how far off its answers are. */
    private static Optional<Reason> lengthNotHonoured(LoadFigures figures) {
        OptionalDouble deviation = figures.lengthDeviation();
        return deviation.isPresent() && deviation.getAsDouble() > MOST_LENGTH_DEVIATION
                ? Optional.of(Reason.over(Code.LENGTH_NOT_HONOURED, deviation.getAsDouble(), MOST_LENGTH_DEVIATION))
                : Optional.empty();
    }

    /** Either count may be right: an end mark that the server counts has no text, and a text has more than one way into tokens. */
    private static Optional<Reason> tokenCountsDiffer(LoadFigures figures) {
        OptionalDouble deviation = figures.usageDeviation();
        return deviation.isPresent() && deviation.getAsDouble() > MOST_USAGE_DEVIATION
                ? Optional.of(Reason.over(Code.TOKEN_COUNTS_DIFFER, deviation.getAsDouble(), MOST_USAGE_DEVIATION))
                : Optional.empty();
    }

    private static void ceiling(List<Reason> reasons, Code code, double rate, @Nullable Double ceiling) {
        if (ceiling != null && rate > MOST_OF_CEILING * ceiling) {
            reasons.add(Reason.over(code, rate, ceiling));
        }
    }

    private static List<Reason> lateness(LatencyDistribution delays) {
        List<Reason> reasons = new ArrayList<>();
        if (delays.count() == 0) {
            return reasons;
        }
        double median = delays.percentileMillis(0.5);
        if (median > LONGEST_MEDIAN_DELAY_MILLIS) {
            reasons.add(Reason.over(Code.SCHEDULE_DELAY_MEDIAN, median, LONGEST_MEDIAN_DELAY_MILLIS));
        }
        double p99 = delays.percentileMillis(0.99);
        if (delays.count() >= LEAST_REQUESTS_FOR_P99 && p99 > LONGEST_P99_DELAY_MILLIS) {
            reasons.add(Reason.over(Code.SCHEDULE_DELAY_P99, p99, LONGEST_P99_DELAY_MILLIS));
        }
        return reasons;
    }

    /**
     * Falling behind shows as fewer completions than arrivals in the window, and as a queue that grows to its end. Requests that
     * the server turned away did not wait: they are counted out on both sides.
     */
    private static boolean fellBehind(LoadFigures figures) {
        long taken = figures.offered() - figures.rejected();
        return figures.achieved() < LEAST_ACHIEVED_SHARE * taken && figures.queueGrew();
    }
}
