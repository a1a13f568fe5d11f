package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Trial;
import java.awt.BasicStroke;
import java.awt.Color;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

/** When each attempt of a run was made, how long it took and how it ended, a row for each variant. */
public final class TimelineChart {
    private static final int ROW = 26;
    private static final int FRAME = 96;
    private static final double SECONDS_PER_MINUTE = 60;
    private static final double LEAST_MINUTES = 0.01;
    private static final double CHARACTER = 0.0088;
    private static final double MOST_FOR_NAMES = 0.45;
    private static final int LONGEST_NAME = 50;
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
        int height = rows.size() * ROW + FRAME;
        XYChart chart = new XYChart(ChartTheme.WIDTH, height);
        ChartTheme.apply(chart.getStyler());
        chart.setXAxisTitle("Minutes since the first attempt");
        chart.getStyler().setYAxisMin(-rows.size() + 0.5).setYAxisMax(0.5).setYAxisTicksVisible(false);
        chart.getStyler()
                .setXAxisTickLabelsFormattingFunction(ChartTheme::number)
                .setXAxisMin(0.0);
        Instant first =
                attempts.stream().map(Attempt::start).min(Instant::compareTo).orElseThrow();
        names(chart, attempts, List.copyOf(names.values()), first);
        for (Trial.Status status : Trial.Status.values()) {
            bars(chart, attempts, status, first);
        }
        return Optional.of(ChartTheme.draw(
                chart::paint,
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

    /** The name of each variant stands behind its last attempt. */
    private static void names(XYChart chart, List<Attempt> attempts, List<String> names, Instant first) {
        double end = attempts.stream()
                .mapToDouble(attempt -> minutes(first, attempt.end()))
                .max()
                .orElse(1);
        double longest = names.stream().mapToInt(String::length).max().orElse(0) * CHARACTER;
        double width = Math.max(end, LEAST_MINUTES) / (1 - Math.min(MOST_FOR_NAMES, longest));
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(width);
        for (int row = 0; row < names.size(); row++) {
            int own = row;
            OptionalDouble last = attempts.stream()
                    .filter(attempt -> attempt.row() == own)
                    .mapToDouble(attempt -> minutes(first, attempt.end()))
                    .max();
            if (last.isPresent()) {
                String name = SafeText.clean(names.get(row), LONGEST_NAME);
                double middle = last.getAsDouble() + (name.length() + 2) * CHARACTER / 2 * width;
                chart.addAnnotation(new AnnotationText(name, middle, -row, false));
            }
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
            XYSeries series = chart.addSeries(status.name().toLowerCase(Locale.ROOT), xs, ys);
            ChartTheme.bare(series, COLOURS.getOrDefault(status, ChartTheme.AXIS), BAR);
        }
    }

    private static double minutes(Instant first, Instant then) {
        return (then.toEpochMilli() - first.toEpochMilli()) / 1_000.0 / SECONDS_PER_MINUTE;
    }
}
