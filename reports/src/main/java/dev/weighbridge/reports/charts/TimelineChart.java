package dev.weighbridge.reports.charts;

import dev.weighbridge.pages.TrialTable;
import dev.weighbridge.results.Trial;
import java.awt.BasicStroke;
import java.awt.Color;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

/** When each attempt of a run was made, how long it took and how it ended, a row for each variant. */
public final class TimelineChart {
    private static final double SECONDS_PER_MINUTE = 60;
    private static final double LEAST_MINUTES = 0.01;
    private static final double ROOM = 1.02;
    private static final BasicStroke BAR = new BasicStroke(11, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
    private static final Map<Trial.Status, Color> COLOURS = Map.of(
            Trial.Status.COMPLETED, new Color(0x2A9274),
            Trial.Status.SATURATED, new Color(0xB58A1B),
            Trial.Status.DISTURBED, new Color(0x8A63C9),
            Trial.Status.INVALID, new Color(0xC2558C),
            Trial.Status.FAILED, new Color(0xC7392F),
            Trial.Status.SKIPPED, ChartTheme.AXIS);

    private TimelineChart() {}

    private record Attempt(int row, Instant start, Instant end, Trial.Status status) {}

    /**
     * Draws the attempts.
     *
     * @param trials in any order; one without a time on file is left out
     * @param names short name by variant id, in the order of the rows
     */
    public static Optional<Chart> draw(List<Trial> trials, Map<String, String> names) {
        List<String> rows = new ArrayList<>(names.keySet());
        List<Attempt> attempts = trials.stream()
                .flatMap(trial -> attempt(trial, rows.indexOf(trial.variant().id())).stream())
                .toList();
        if (attempts.isEmpty()) {
            return Optional.empty();
        }
        int height = ChartTheme.height(rows.size());
        XYChart chart = new XYChart(ChartTheme.WIDTH, height);
        ChartTheme.apply(chart.getStyler());
        chart.setXAxisTitle("Minutes since the first attempt");
        ChartTheme.rows(chart.getStyler(), rows.size());
        Instant first =
                attempts.stream().map(Attempt::start).min(Instant::compareTo).orElseThrow();
        double end = attempts.stream()
                .mapToDouble(attempt -> minutes(first, attempt.end()))
                .max()
                .orElse(1);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(ChartTheme::number);
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(Math.max(end, LEAST_MINUTES) * ROOM);
        for (Trial.Status status : Trial.Status.values()) {
            bars(chart, attempts, status, first);
        }
        return Optional.of(ChartTheme.draw(
                ChartTheme.named(chart, List.copyOf(names.values())),
                height,
                "timeline",
                "Attempts by time",
                "When each of " + attempts.size()
                        + " attempts was made and how it ended, a row for each variant; an attempt"
                        + " that was disturbed was made again."));
    }

    private static Optional<Attempt> attempt(Trial trial, int row) {
        try {
            Instant start = Instant.parse(trial.startedAt());
            Instant end = start.plusMillis(Math.round(trial.durationSeconds() * 1_000));
            return row < 0 ? Optional.empty() : Optional.of(new Attempt(row, start, end, trial.status()));
        } catch (DateTimeException | ArithmeticException e) {
            // A record from outside may hold any text for a time; the attempt still stands in the table.
            return Optional.empty();
        }
    }

    /** One series a status; values that are no number part its bars. */
    private static void bars(XYChart chart, List<Attempt> attempts, Trial.Status status, Instant first) {
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        for (Attempt attempt : attempts) {
            if (attempt.status() == status) {
                xs.addAll(List.of(minutes(first, attempt.start()), minutes(first, attempt.end())));
                ys.addAll(List.of(-(double) attempt.row(), -(double) attempt.row()));
                xs.add(minutes(first, attempt.end()));
                ys.add(Double.NaN);
            }
        }
        if (!xs.isEmpty()) {
            XYSeries series = chart.addSeries(TrialTable.word(status), xs, ys);
            ChartTheme.bare(series, COLOURS.getOrDefault(status, ChartTheme.AXIS), BAR);
        }
    }

    private static double minutes(Instant first, Instant then) {
        return (then.toEpochMilli() - first.toEpochMilli()) / 1_000.0 / SECONDS_PER_MINUTE;
    }
}
