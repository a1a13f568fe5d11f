package dev.weighbridge.cli;

import dev.weighbridge.api.load.Arrivals;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.PlannedRequest;
import dev.weighbridge.api.load.SizedPrompts;
import dev.weighbridge.api.load.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a scenario would send and when, without sending it. */
final class ScheduleChart {
    private static final int MOST_ROWS = 30;
    private static final int WIDTH = 50;
    private static final int MOST_DRAWN = 20_000;

    private final LoadScenario scenario;
    private final Arrivals arrivals;
    private final Map<String, long[]> classes = new TreeMap<>();
    private long requests;
    private long tokens;
    private long hangUps;
    private int drawn;

    ScheduleChart(LoadScenario scenario) {
        this.scenario = scenario;
        arrivals = scenario.schedule();
        drawn = Math.min(MOST_DRAWN, arrivals.count());
        for (int session = 0; session < drawn; session++) {
            draw(scenario.workload().session(session, arrivals.lengths()));
        }
    }

    private void draw(Workload.Session session) {
        while (session.hasNext()) {
            PlannedRequest request = session.next("");
            requests++;
            tokens += request.tokens();
            hangUps += request.cancellation().isPresent() ? 1 : 0;
            String name = request.requestClass();
            classes.computeIfAbsent(name == null ? "all" : name, key -> new long[1])[0]++;
        }
    }

    /** For a script: sessions that begin in each of the equal parts of the time, and what they ask. */
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("scenario", scenario.name());
        facts.put("arrivals", scenario.arrivals().description());
        facts.put("open_loop", scenario.arrivals().openLoop());
        facts.put("sessions", arrivals.count());
        facts.put("seconds_a_row", seconds() / rows());
        facts.put("sessions_by_row", histogram());
        facts.put("drawn_sessions", drawn);
        facts.put("requests_of_drawn", requests);
        facts.put("output_tokens_of_drawn", tokens);
        return facts;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(scenario.name() + ": " + scenario.arrivals().description() + ", warm-up "
                + Terminal.seconds(scenario.warmUp().toMillis() / 1000.0) + ", then "
                + Terminal.seconds(scenario.duration().toMillis() / 1000.0));
        long[] counts = histogram();
        long most = 1;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        double step = seconds() / rows();
        for (int row = 0; row < counts.length; row++) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%8.1f s |%-" + WIDTH + "s %8.1f/s",
                    row * step,
                    "#".repeat((int) Math.round((double) counts[row] * WIDTH / most)),
                    counts[row] / step));
        }
        lines.add(summary());
        return lines;
    }

    private String summary() {
        String who = arrivals.repeating()
                ? arrivals.count() + " users, each with as many sessions as it gets answered"
                : arrivals.count() + " sessions";
        StringBuilder text = new StringBuilder(who).append("; ");
        if (drawn < arrivals.count()) {
            text.append("of the first ").append(drawn).append(": ");
        }
        text.append(requests).append(" requests");
        if (classes.size() > 1) {
            text.append(" (");
            List<String> parts = new ArrayList<>();
            classes.forEach((name, count) -> parts.add(count[0] + " " + name));
            text.append(String.join(", ", parts)).append(')');
        }
        text.append(" for ").append(tokens).append(" output tokens");
        if (hangUps > 0) {
            text.append(", ").append(hangUps).append(" of which hang up");
        }
        return text.append(prefixes()).toString();
    }

    /** What a recorded trace's prompts have in common, which only prompts of any length can show. */
    private String prefixes() {
        if (arrivals.lengths().isEmpty()) {
            return "";
        }
        boolean known = arrivals.lengths().get().blocks().isPresent();
        boolean sized = scenario.workload().classes().stream().allMatch(kind -> kind.prompts() instanceof SizedPrompts);
        if (!sized) {
            return "; of the trace's prompts neither lengths nor prefixes, which need synthetic prompts";
        }
        return known ? "; prompts share the trace's prefixes" : "; of the trace's prompts the lengths only";
    }

    private double seconds() {
        return scenario.horizon().toNanos() / 1e9;
    }

    private int rows() {
        return (int) Math.max(1, Math.min(MOST_ROWS, Math.ceil(seconds())));
    }

    private long[] histogram() {
        long[] counts = new long[rows()];
        double step = seconds() * 1e9 / counts.length;
        for (long start : arrivals.startNanos()) {
            counts[(int) Math.min(counts.length - 1, start / step)]++;
        }
        return counts;
    }
}
