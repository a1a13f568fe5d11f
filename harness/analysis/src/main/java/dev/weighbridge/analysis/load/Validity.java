package dev.weighbridge.analysis.load;

import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Whether the figures of a load run may be ranked, by the rules of the metric definitions. */
final class Validity {
    private static final double LEAST_ACHIEVED_SHARE = 0.98;
    private static final double LONGEST_MEDIAN_DELAY_MILLIS = 1;
    private static final double LONGEST_P99_DELAY_MILLIS = 10;
    private static final double MOST_OF_CEILING = 0.5;
    private static final double MOST_EMPTY_SHARE = 0.01;
    private static final double MOST_LENGTH_DRIFT = 0.1;
    private static final int LEAST_PROMPTS_FOR_DRIFT = 20;
    private static final double MOST_STEAL = 0.02;
    private static final double NANOS_PER_SECOND = 1e9;

    private final List<RequestTiming> requests;
    private final List<RequestTiming> offered;
    private final LoadFigures.Window window;
    private final LoadScenario scenario;
    private final LoadFigures.Circumstances circumstances;
    private final List<String> reasons = new ArrayList<>();

    Validity(
            List<RequestTiming> requests,
            List<RequestTiming> offered,
            LoadFigures.Window window,
            LoadScenario scenario,
            LoadFigures.Circumstances circumstances) {
        this.requests = requests;
        this.offered = offered;
        this.window = window;
        this.scenario = scenario;
        this.circumstances = circumstances;
    }

    List<String> reasons(Map<String, LatencyDistribution> latencies) {
        if (offered.isEmpty()) {
            return List.of("no request was offered in the steady window; lengthen it or raise the rate");
        }
        checkAchievedRate();
        LatencyDistribution delays = latencies.get("schedule_delay");
        if (delays != null && delays.count() > 0) {
            checkScheduleDelay(delays);
        }
        checkCeiling();
        checkEmpty();
        checkLengthDrift();
        checkPromptReuse();
        if (circumstances.cpuStealShare() > MOST_STEAL) {
            reject(
                    "the hypervisor took %.1f %% of the CPU time during the run (limit %.0f %%)",
                    circumstances.cpuStealShare() * 100, MOST_STEAL * 100);
        }
        return reasons;
    }

    /**
     * Falling behind shows as more requests in flight at the end of the window than at its start. A difference that chance
     * explains, twice the standard deviation of two Poisson counts, is not held against a short window.
     */
    private void checkAchievedRate() {
        boolean rejected = offered.stream().anyMatch(r -> r.outcome() == Outcome.REJECTED);
        if (!(scenario.arrivals() instanceof LoadScenario.Poisson) || rejected) {
            return;
        }
        long achieved = requests.stream()
                .filter(RequestLatency::completed)
                .filter(r -> window.contains(r.endNanos()))
                .count();
        double chance = 2 * Math.sqrt(Math.max(1.0, inFlight(window.startNanos()) + inFlight(window.endNanos())));
        if (achieved < LEAST_ACHIEVED_SHARE * offered.size() && offered.size() - achieved > chance) {
            double seconds = window.nanos() / NANOS_PER_SECOND;
            reject(
                    "achieved rate %.1f requests/s is under 98 %% of the offered %.1f",
                    achieved / seconds, offered.size() / seconds);
        }
    }

    private double inFlight(long nanos) {
        return requests.stream()
                .filter(r -> r.intendedNanos() < nanos && r.endNanos() >= nanos)
                .count();
    }

    private void checkScheduleDelay(LatencyDistribution delays) {
        double median = delays.percentileMillis(0.5);
        double p99 = delays.percentileMillis(0.99);
        if (median > LONGEST_MEDIAN_DELAY_MILLIS) {
            reject("the client sent its requests late: median schedule delay %.2f ms is over 1 ms", median);
        }
        if (p99 > LONGEST_P99_DELAY_MILLIS) {
            reject("the client sent its requests late: p99 schedule delay %.1f ms is over 10 ms", p99);
        }
    }

    private void checkCeiling() {
        double seconds = window.nanos() / NANOS_PER_SECOND;
        double requestRate = offered.size() / seconds;
        double eventRate =
                offered.stream().mapToLong(r -> r.chunkNanos().length).sum() / seconds;
        checkCeiling(requestRate, circumstances.ceilingRequestsPerSecond(), "requests/s");
        checkCeiling(eventRate, circumstances.ceilingEventsPerSecond(), "streamed events/s");
    }

    private void checkCeiling(double rate, double ceiling, String unit) {
        if (ceiling > 0 && rate > MOST_OF_CEILING * ceiling) {
            reject("load of %.0f %s is over half of the client's own ceiling of %.0f", rate, unit, ceiling);
        }
    }

    private void checkEmpty() {
        long empty = offered.stream()
                .filter(r -> r.outcome() == Outcome.FAILED_EMPTY)
                .count();
        if (empty > MOST_EMPTY_SHARE * offered.size()) {
            reject("%d of %d responses carried no output", empty, offered.size());
        }
    }

    private void checkLengthDrift() {
        Map<Integer, Double> baseline = circumstances.baselineTokensByPrompt();
        double expected = 0;
        double seen = 0;
        int prompts = 0;
        for (Map.Entry<Integer, Double> entry :
                LoadFigures.outputTokensByPrompt(requests).entrySet()) {
            Double before = baseline.get(entry.getKey());
            if (before != null) {
                expected += before;
                seen += entry.getValue();
                prompts++;
            }
        }
        if (prompts >= LEAST_PROMPTS_FOR_DRIFT && Math.abs(seen - expected) > MOST_LENGTH_DRIFT * expected) {
            reject(
                    "answers are %+.0f %% as long as the baseline's on the same %d prompts (limit 10 %%)",
                    (seen / expected - 1) * 100, prompts);
        }
    }

    private void checkPromptReuse() {
        if (scenario.allowPrefixReuse()) {
            return;
        }
        Set<Integer> prompts = new HashSet<>();
        requests.forEach(request -> prompts.add(request.promptIndex()));
        if (prompts.size() < requests.size()) {
            reject(
                    "%d of %d requests repeated a prompt, which a prefix cache would answer; give the scenario more prompts"
                            + " or allow prefix reuse",
                    requests.size() - prompts.size(), requests.size());
        }
    }

    private void reject(String format, Object... values) {
        reasons.add(String.format(Locale.ROOT, format, values));
    }
}
