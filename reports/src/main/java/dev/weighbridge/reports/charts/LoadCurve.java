package dev.weighbridge.reports.charts;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * How the latency of a variant grows with the load that is offered to it, from the probes of its capacity search.
 *
 * @param name of the variant
 * @param engine of the variant
 * @param points by offered rate
 */
public record LoadCurve(String name, String engine, List<Point> points) {
    private static final double NEIGHBOURS = 1.1;

    public LoadCurve {
        points = List.copyOf(points);
    }

    /**
     * The curve through the probes: those within ten percent of a rate become one point at their median rate and median
     * latency, because the search comes back to the edge in every block.
     */
    List<Point> middle() {
        List<Point> middles = new ArrayList<>();
        for (int start = 0; start < points.size(); ) {
            int end = start;
            while (end < points.size()
                    && points.get(end).rate() <= points.get(start).rate() * NEIGHBOURS) {
                end++;
            }
            List<Point> near = points.subList(start, end);
            middles.add(new Point(
                    median(near.stream().mapToDouble(Point::rate)),
                    Double.NaN,
                    median(near.stream().mapToDouble(Point::millis)),
                    false));
            start = end;
        }
        return middles;
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /**
     * One probe.
     *
     * @param rate offered, in requests a second
     * @param achieved completed, in requests a second; NaN when it was not measured
     * @param millis latency
     * @param held whether the objectives held
     */
    public record Point(double rate, double achieved, double millis, boolean held) {}
}
