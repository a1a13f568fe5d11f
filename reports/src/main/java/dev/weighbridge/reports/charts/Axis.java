package dev.weighbridge.reports.charts;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * One axis of a plot in plot coordinates, which are the data's own or, on a logarithmic axis, their decimal logarithms.
 *
 * @param title with the unit in it
 * @param min lower end, in plot coordinates
 * @param max upper end, in plot coordinates, above {@code min}
 * @param ticks in plot coordinates
 * @param logarithmic whether data are to be taken by their logarithm
 */
record Axis(String title, double min, double max, List<Tick> ticks, boolean logarithmic) {
    private static final double[] NICE_STEPS = {1, 2, 2.5, 5, 10};
    private static final double[] LOG_STEPS = {1, 2, 5};
    private static final double WIDE_RANGE = 12;

    Axis {
        ticks = List.copyOf(ticks);
        if (!(max > min)) {
            throw new IllegalArgumentException("axis '" + title + "' must span something, got: " + min + " to " + max);
        }
    }

    /** A labelled position in plot coordinates. */
    record Tick(double at, String label) {}

    /** Where a value lies in plot coordinates, held inside the axis. */
    double position(double value) {
        double position = logarithmic ? Math.log10(Math.max(value, Double.MIN_NORMAL)) : value;
        return Math.max(min, Math.min(max, position));
    }

    /** A linear axis over the values, wide enough for round ticks at both ends. */
    static Axis linear(String title, double low, double high, int mostTicks, DoubleFunction<String> label) {
        double span = high > low ? high - low : Math.max(Math.abs(high), 1) * 0.1;
        double step = step(span / mostTicks);
        double min = Math.floor(low / step) * step;
        double max = Math.max(Math.ceil(high / step) * step, min + step);
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; min + i * step <= max + step / 1000; i++) {
            ticks.add(tick(BigDecimal.valueOf(min + i * step), label));
        }
        return new Axis(title, min, max, ticks, false);
    }

    /** A linear axis from zero; logarithmic instead when the positive values span more than an order of magnitude. */
    static Axis fromZeroOrLogarithmic(
            String title, double low, double high, int mostTicks, DoubleFunction<String> label) {
        return low > 0 && high / low > WIDE_RANGE
                ? logarithmic(title, low, high, label)
                : linear(title, 0, high, mostTicks, label);
    }

    /** A logarithmic axis with ticks at 1, 2 and 5 times powers of ten; only at powers of ten over many decades. */
    static Axis logarithmic(String title, double low, double high, DoubleFunction<String> label) {
        double min = Math.log10(low) - 0.08;
        double max = Math.log10(high) + 0.08;
        boolean manyDecades = max - min > 3;
        List<Tick> ticks = new ArrayList<>();
        for (int decade = (int) Math.floor(min); decade <= Math.ceil(max); decade++) {
            for (double step : LOG_STEPS) {
                double value = step * Math.pow(10, decade);
                double at = Math.log10(value);
                if (at >= min && at <= max && (step == 1 || !manyDecades)) {
                    ticks.add(new Tick(at, label.apply(value)));
                }
            }
        }
        return new Axis(title, min, max, ticks, true);
    }

    /** Rows 0 to {@code rows - 1} from top to bottom. */
    static Axis rows(int rows) {
        return new Axis("", 0.5 - rows, 0.5, List.of(), false);
    }

    private static Tick tick(BigDecimal at, DoubleFunction<String> label) {
        double clean = at.setScale(9, RoundingMode.HALF_EVEN).doubleValue();
        return new Tick(clean, label.apply(clean));
    }

    private static double step(double atLeast) {
        double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
        for (double nice : NICE_STEPS) {
            if (nice * power >= atLeast * 0.999) {
                return nice * power;
            }
        }
        return 10 * power;
    }
}
