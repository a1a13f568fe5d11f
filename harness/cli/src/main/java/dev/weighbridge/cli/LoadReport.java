package dev.weighbridge.cli;

import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.core.run.JudgedLoad;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Measurement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What {@code load} prints of one load: its figures, what failed and why, and whether it counts. */
final class LoadReport {
    /** Kinds of failures that are told apart; what a server writes into its errors may differ each time. */
    private static final int MOST_FAILURES = 5;

    private final Terminal terminal;
    private final Map<Failure, Long> failures = new LinkedHashMap<>();
    private long requests;
    private long completed;

    /** A way not to complete, with what is known of it. */
    private record Failure(Outcome outcome, String detail) {}

    LoadReport(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Counts a request that has ended. */
    void take(RequestTiming timing) {
        requests++;
        if (timing.outcome() == Outcome.COMPLETED) {
            completed++;
        } else if (!Boolean.TRUE.equals(timing.hungUp())) {
            Failure failure =
                    new Failure(timing.outcome(), SafeText.clean(Objects.requireNonNullElse(timing.detail(), "")));
            boolean room = failures.size() < MOST_FAILURES || failures.containsKey(failure);
            failures.merge(room ? failure : new Failure(timing.outcome(), "other reasons"), 1L, Long::sum);
        }
    }

    boolean anyCompleted() {
        return completed > 0;
    }

    /** All figures, one to a line. */
    void lines(JudgedLoad load) {
        for (Measurement figure : load.measurements()) {
            String interval = figure.low() == null || figure.high() == null
                    ? ""
                    : String.format(Locale.ROOT, "  [%.4g, %.4g]", figure.low(), figure.high());
            terminal.line(String.format(
                    Locale.ROOT,
                    "%-26s %10.4g %-10s%s%s  n = %d",
                    figure.name() + (figure.scope().isEmpty() ? "" : " (" + figure.scope() + ")"),
                    figure.value(),
                    figure.unit(),
                    interval,
                    figure.uncertain() ? "  uncertain" : "",
                    figure.samples()));
        }
        failureLines().forEach(terminal::line);
        ReasonText.list(load.judgement().flags()).forEach(flag -> terminal.line("worth knowing: " + flag));
        String reasons = ReasonText.of(load.judgement().reasons());
        terminal.line(
                requests + " requests; " + load.judgement().status().name().toLowerCase(Locale.ROOT)
                        + (reasons.isEmpty() ? "" : ": " + reasons));
    }

    /** The figures that a sweep compares, and what failed below it. */
    void line(String arrivals, JudgedLoad load) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT, "%-16s %-10s", arrivals, load.judgement().status()));
        for (String name : List.of("achieved_rate", "ttft_p50", "ttft_p99", "tpot_p50", "output_tokens_per_s")) {
            load.measurements().stream()
                    .filter(figure ->
                            figure.name().equals(name) && figure.scope().isEmpty())
                    .findFirst()
                    .ifPresent(figure -> line.append(
                            String.format(Locale.ROOT, "  %s %.4g %s", name, figure.value(), figure.unit())));
        }
        terminal.line(line.toString());
        failureLines().forEach(failure -> terminal.line("  " + failure));
    }

    void json(JudgedLoad load) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("status", load.judgement().status());
        facts.put("reasons", load.judgement().reasons());
        facts.put("flags", load.judgement().flags());
        facts.put("failures", commonestFirst().stream().map(LoadReport::facts).toList());
        facts.put("measurements", load.measurements());
        terminal.line(Json.pretty(facts).stripTrailing());
    }

    private static Map<String, Object> facts(Map.Entry<Failure, Long> failure) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("outcome", failure.getKey().outcome());
        facts.put("detail", failure.getKey().detail());
        facts.put("requests", failure.getValue());
        return facts;
    }

    private List<String> failureLines() {
        return commonestFirst().stream()
                .map(failure -> String.format(
                        Locale.ROOT,
                        "%d of %d requests %s: %s",
                        failure.getValue(),
                        requests,
                        failure.getKey()
                                .outcome()
                                .name()
                                .toLowerCase(Locale.ROOT)
                                .replace('_', ' '),
                        failure.getKey().detail()))
                .toList();
    }

    private List<Map.Entry<Failure, Long>> commonestFirst() {
        List<Map.Entry<Failure, Long>> entries = new ArrayList<>(failures.entrySet());
        entries.sort(Map.Entry.<Failure, Long>comparingByValue(Comparator.reverseOrder()));
        return entries;
    }
}
