package dev.weighbridge.reports.charts;

import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * Names beside the points of a scatter plot, none over another or over a point. The chosen variant, the baseline and the
 * Pareto front are named first; the others where there is room, and always in the table beside the chart.
 */
final class PointLabels {
    private static final double LINE = 15;
    private static final double GAP = 13;
    private static final double[][] NEAR = {{1, 0}, {-1, 0}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}};
    private static final double[][] NEAR_AND_FARTHER = {
        {1, 0},
        {-1, 0},
        {1, -1},
        {1, 1},
        {-1, -1},
        {-1, 1},
        {1, -1.7},
        {1, 1.7},
        {-1, -1.7},
        {-1, 1.7},
        {1, -2.5},
        {1, 2.5}
    };

    private final Plot plot;
    private final List<ChartRow> rows;
    private final List<ChartRow> front;
    private final List<Rectangle2D> taken = new ArrayList<>();

    PointLabels(Plot plot, List<ChartRow> rows, List<ChartRow> front) {
        this.plot = plot;
        this.rows = rows;
        this.front = front;
    }

    void place() {
        rows.forEach(row -> {
            Plot.Position at = position(row);
            taken.add(new Rectangle2D.Double(at.x() - 6, at.y() - 6, 12, 12));
        });
        List<ChartRow> order = new ArrayList<>(rows);
        order.sort((left, right) -> Integer.compare(importance(right), importance(left)));
        order.forEach(this::place);
    }

    private void place(ChartRow row) {
        Plot.Position at = position(row);
        String text = row.label();
        double width = Plot.width(text);
        for (double[] side : importance(row) > 0 ? NEAR_AND_FARTHER : NEAR) {
            double x = side[0] > 0 ? at.x() + GAP : at.x() - GAP - width;
            double y = at.y() + side[1] * LINE - LINE / 2;
            Rectangle2D box = new Rectangle2D.Double(x, y, width, LINE);
            boolean free = plot.inside(box) && taken.stream().noneMatch(box::intersects);
            if (free) {
                taken.add(box);
                plot.label(
                        AccuracyCostChart.cost(row),
                        AccuracyCostChart.percent(row),
                        side[0] * GAP,
                        side[1] * LINE + 4,
                        side[0] > 0 ? Plot.Anchor.START : Plot.Anchor.END,
                        "halo " + (importance(row) > 0 ? row.labelStyle() : "soft"),
                        text);
                return;
            }
        }
    }

    private Plot.Position position(ChartRow row) {
        return plot.position(AccuracyCostChart.cost(row), AccuracyCostChart.percent(row));
    }

    private int importance(ChartRow row) {
        return row.row().chosen() ? 3 : row.row().baseline() ? 2 : front.contains(row) ? 1 : 0;
    }
}
