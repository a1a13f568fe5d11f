package dev.weighbridge.reports.charts;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.Markup;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A plot under construction: lines and markers go to XChart, text becomes real SVG text beside them, so that it can be read
 * aloud, searched, and drawn in the font of the page.
 *
 * <p>Positions are in data coordinates; sizes and offsets in user units of the drawing. Not safe for several threads.
 */
final class Plot {
    static final int WIDTH = 960;

    private static final int LEGEND_ROW = 22;
    private static final int TITLE_SPACE = 44;
    private static final int RIGHT_MARGIN = 28;
    private static final double CHARACTER = 7.3;
    private static final String PAPER = "#ffffff";
    private static final String FONT =
            "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

    private final Axis x;
    private final Axis y;
    private final int left;
    private final int height;
    private final XYChart chart;
    private final List<Label> labels = new ArrayList<>();
    private final List<LegendEntry> legend = new ArrayList<>();

    /** Where a text is anchored. */
    enum Anchor {
        START("start"),
        MIDDLE("middle"),
        END("end");

        final String value;

        Anchor(String value) {
            this.value = value;
        }
    }

    private record Label(double x, double y, double dx, double dy, Anchor anchor, String style, String text) {}

    private record LegendEntry(
            @Nullable Marker marker, Color colour, @Nullable BasicStroke stroke, String text) {}

    /**
     * Starts a plot with a grid at the axes' ticks.
     *
     * @param height of the plotted area alone
     * @param left margin for labels of rows or ticks
     */
    Plot(Axis x, Axis y, int height, int left) {
        this.x = x;
        this.y = y;
        this.left = left;
        this.height = height;
        this.chart = new XYChart(WIDTH - left - RIGHT_MARGIN, height);
        XYStyler style = chart.getStyler();
        Color nothing = new Color(0, 0, 0, 0);
        style.setChartBackgroundColor(nothing).setPlotBackgroundColor(nothing);
        style.setLegendVisible(false).setChartTitleVisible(false).setPlotBorderVisible(false);
        style.setChartPadding(0).setPlotContentSize(1);
        style.setAxisTicksVisible(false).setAxisTitlesVisible(false).setPlotMargin(0);
        style.setPlotGridLinesVisible(false);
        style.setXAxisMin(x.min()).setXAxisMax(x.max());
        style.setYAxisMin(y.min()).setYAxisMax(y.max());
        grid();
    }

    /** Width that a label of this text takes, by a rule of thumb: the font is the reader's. */
    static double width(String text) {
        return text.length() * CHARACTER;
    }

    /** A line through points in data coordinates. */
    void line(Color colour, BasicStroke stroke, double[] xs, double[] ys) {
        series(colour, xs, ys).setLineStyle(stroke);
    }

    void line(Color colour, float width, double x1, double y1, double x2, double y2) {
        line(
                colour,
                new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND),
                new double[] {x1, x2},
                new double[] {y1, y2});
    }

    void point(Marker marker, Color colour, double atX, double atY) {
        XYSeries series = series(colour, new double[] {atX}, new double[] {atY});
        series.setMarker(marker);
        series.setMarkerColor(colour);
    }

    /** Text beside a point in data coordinates. */
    void label(double atX, double atY, double dx, double dy, Anchor anchor, String style, String text) {
        labels.add(new Label(screenX(x.position(atX)), screenY(y.position(atY)), dx, dy, anchor, style, text));
    }

    /** Text in the margin beside a row. */
    void rowLabel(double atY, String style, String text) {
        labels.add(new Label(left - 10.0, screenY(y.position(atY)), 0, 4, Anchor.END, style, text));
    }

    void legend(Marker marker, Color colour, String text) {
        legend.add(new LegendEntry(marker, colour, null, text));
    }

    void legend(BasicStroke stroke, Color colour, String text) {
        legend.add(new LegendEntry(null, colour, stroke, text));
    }

    /** A position in the drawing, from the plot's upper left corner and with the left margin counted. */
    record Position(double x, double y) {}

    Position position(double atX, double atY) {
        return new Position(screenX(x.position(atX)), screenY(y.position(atY)));
    }

    boolean inside(Rectangle2D box) {
        return box.getMinX() >= left && box.getMaxX() <= WIDTH && box.getMinY() >= 0 && box.getMaxY() <= height;
    }

    private double screenX(double position) {
        return left + (position - x.min()) / (x.max() - x.min()) * chart.getWidth();
    }

    private double screenY(double position) {
        return (y.max() - position) / (y.max() - y.min()) * height;
    }

    /** Draws everything. */
    Chart draw(String id, String title, String description) {
        Markup legendText = new Markup();
        VectorGraphics2D graphics = new VectorGraphics2D();
        double top = legend(graphics, legendText) + 8;
        graphics.translate(left, top);
        chart.paint(graphics, chart.getWidth(), height);
        int total = (int) Math.ceil(top) + height + TITLE_SPACE;
        Markup svg = new Markup()
                .open(
                        "svg",
                        "xmlns",
                        "http://www.w3.org/2000/svg",
                        "viewBox",
                        "0 0 " + WIDTH + " " + total,
                        "role",
                        "img",
                        "aria-labelledby",
                        id + "-title " + id + "-description",
                        "font-family",
                        FONT,
                        "font-size",
                        "12.5",
                        "fill",
                        "#28323d",
                        "class",
                        "chart");
        svg.element("title", title, "id", id + "-title");
        svg.element("desc", description, "id", id + "-description");
        svg.empty("rect", "width", "100%", "height", "100%", "fill", PAPER, "class", "paper");
        svg.append(SvgGeometry.of(document(graphics, total), id)).append(legendText);
        svg.open("g", "transform", "translate(0 " + number(top) + ")");
        axisText(svg);
        labels.forEach(label -> text(svg, label));
        return new Chart(id, title, description, svg.close().close());
    }

    private XYSeries series(Color colour, double[] xs, double[] ys) {
        double[] plotX = new double[xs.length];
        double[] plotY = new double[ys.length];
        for (int i = 0; i < xs.length; i++) {
            plotX[i] = x.position(xs[i]);
            plotY[i] = y.position(ys[i]);
        }
        XYSeries series = chart.addSeries("s" + chart.getSeriesCollection().size(), plotX, plotY);
        series.setLineColor(colour);
        series.setMarker(SeriesMarkers.NONE);
        return series;
    }

    private void grid() {
        for (Axis.Tick tick : x.ticks()) {
            plain(new double[] {tick.at(), tick.at()}, new double[] {y.min(), y.max()}, ChartColours.GRID);
        }
        for (Axis.Tick tick : y.ticks()) {
            plain(new double[] {x.min(), x.max()}, new double[] {tick.at(), tick.at()}, ChartColours.GRID);
        }
        plain(new double[] {x.min(), x.max()}, new double[] {y.min(), y.min()}, ChartColours.AXIS);
    }

    /** A thin line in plot coordinates. */
    private void plain(double[] xs, double[] ys, Color colour) {
        XYSeries series = chart.addSeries("s" + chart.getSeriesCollection().size(), xs, ys);
        series.setMarker(SeriesMarkers.NONE).setLineStyle(new BasicStroke(1)).setLineColor(colour);
    }

    private double legend(VectorGraphics2D graphics, Markup text) {
        double atX = left;
        double atY = LEGEND_ROW / 2.0 + 2;
        for (LegendEntry entry : legend) {
            double width = 34 + width(entry.text());
            if (atX > left && atX + width > WIDTH) {
                atX = left;
                atY += LEGEND_ROW;
            }
            graphics.setColor(entry.colour());
            if (entry.stroke() != null) {
                graphics.setStroke(entry.stroke());
                graphics.draw(new Line2D.Double(atX, atY, atX + 18, atY));
            }
            if (entry.marker() != null) {
                entry.marker().paint(graphics, atX + 9, atY, 8);
            }
            text(text, new Label(atX + 25, atY, 0, 4, Anchor.START, "ink", entry.text()));
            atX += width;
        }
        return legend.isEmpty() ? 0 : atY + LEGEND_ROW / 2.0;
    }

    private void axisText(Markup svg) {
        for (Axis.Tick tick : x.ticks()) {
            text(svg, new Label(screenX(tick.at()), height, 0, 17, Anchor.MIDDLE, "soft", tick.label()));
        }
        for (Axis.Tick tick : y.ticks()) {
            text(svg, new Label(left, screenY(tick.at()), -8, 4, Anchor.END, "soft", tick.label()));
        }
        text(svg, new Label(left + chart.getWidth() / 2.0, height, 0, 37, Anchor.MIDDLE, "ink", x.title()));
        if (!y.title().isEmpty()) {
            svg.element(
                    "text",
                    y.title(),
                    "text-anchor",
                    "middle",
                    "class",
                    "ink",
                    "transform",
                    "translate(14 " + number(height / 2.0) + ") rotate(-90)");
        }
    }

    private static void text(Markup svg, Label label) {
        List<String> attributes = new ArrayList<>(List.of(
                "x", number(label.x() + label.dx()), "y", number(label.y() + label.dy()), "class", label.style()));
        if (label.anchor() != Anchor.START) {
            attributes.addAll(List.of("text-anchor", label.anchor().value));
        }
        if (label.style().contains("soft")) {
            attributes.addAll(List.of("fill", "#5b6673"));
        }
        if (label.style().contains("halo")) {
            attributes.addAll(List.of("stroke", PAPER, "stroke-width", "4", "paint-order", "stroke"));
            attributes.addAll(List.of("stroke-linejoin", "round"));
        }
        if (label.style().contains("strong")) {
            attributes.addAll(List.of("font-weight", "600"));
        }
        svg.element("text", SafeText.clean(label.text(), SafeText.SHORT), attributes.toArray(new String[0]));
    }

    private static byte[] document(VectorGraphics2D graphics, int total) {
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
            new SVGProcessor()
                    .getDocument(graphics.getCommands(), new PageSize(0, 0, WIDTH, total))
                    .writeTo(bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
