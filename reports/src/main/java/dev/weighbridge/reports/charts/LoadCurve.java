package dev.weighbridge.reports.charts;

import java.util.List;

/**
 * How the latency of a variant grows with the load that is offered to it, from the probes of its capacity search.
 *
 * @param name of the variant
 * @param engine of the variant
 * @param points by offered rate
 */
public record LoadCurve(String name, String engine, List<Point> points) {
    public LoadCurve {
        points = List.copyOf(points);
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
