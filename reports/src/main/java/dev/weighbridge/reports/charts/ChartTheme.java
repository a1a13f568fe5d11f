package dev.weighbridge.reports.charts;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.Markup;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The look of all charts: XChart draws axes, grid, legend and error bars; neutral colours follow the page around them. */
final class ChartTheme {
    /** Width of every drawing in pixels. */
    static final int WIDTH = 720;

    /** Text. */
    static final Color INK = new Color(0x28323D);

    /** Axes, intervals and other neutral marks. */
    static final Color AXIS = new Color(0x7B8794);

    /** Grid lines. */
    static final Color GRID = new Color(0xDDE2E8);

    /** Dashes of lines that are drawn and not measured: an objective, a front. */
    static final BasicStroke DASHED =
            new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {5, 4}, 0);

    static final BasicStroke THIN = new BasicStroke(1.2f);
    static final BasicStroke LINE = new BasicStroke(2.2f);

    private static final Map<Color, String> ROLES = Map.of(INK, "ink", AXIS, "axis", GRID, "grid");
    private static final Color NOTHING = new Color(0, 0, 0, 0);
    private static final String PAPER = "#ffffff";
    private static final int TEXT = 14;
    private static final int MARKER = 9;
    private static final int ROW = 26;
    private static final int FRAME = 102;
    private static final int LEAST_ROWS = 4;
    private static final int TICKS_APART = 60;
    private static final int LONGEST_NAME = 48;
    private static final int GAP = 4;
    private static final double MOST_FOR_NAMES = 0.5;
    private static final double MIDDLE_OF_LETTERS = 0.36;
    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, TEXT);
    private static final FontRenderContext LETTERS = new FontRenderContext(null, true, true);

    private ChartTheme() {}

    /** The part that a neutral colour plays; empty for the colours of data. */
    static Optional<String> role(Color colour) {
        return Optional.ofNullable(ROLES.get(new Color(colour.getRGB())));
    }

    /** Gives a chart the look. */
    static void apply(AxesChartStyler style) {
        style.setBaseFont(FONT).setChartFontColor(INK);
        style.setChartBackgroundColor(NOTHING).setPlotBackgroundColor(NOTHING);
        style.setPlotBorderVisible(false).setChartTitleVisible(false).setChartPadding(4);
        style.setLegendBackgroundColor(NOTHING)
                .setLegendBorderColor(NOTHING)
                .setLegendFont(FONT)
                .setLegendPadding(14);
        style.setLegendPosition(Styler.LegendPosition.OutsideS).setLegendLayout(Styler.LegendLayout.Horizontal);
        style.setAnnotationTextFont(FONT).setAnnotationTextFontColor(INK);
        style.setAxisTickLabelsFont(FONT).setAxisTitleFont(FONT).setAxisTickLabelsColor(INK);
        style.setXAxisTitleColor(INK).setYAxisTitleColor(INK);
        style.setAxisTickMarksColor(AXIS).setPlotGridLinesColor(GRID).setPlotGridLinesStroke(new BasicStroke(1));
        style.setYAxisTickLabelsFormattingFunction(ChartTheme::number);
        style.setErrorBarsColorSeriesColor(true).setMarkerSize(MARKER);
    }

    /** A round number as short as it can be written, for example {@code 1,500} or {@code 0.02}. */
    static String number(double value) {
        BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(6)).stripTrailingZeros();
        return rounded.scale() <= 0 ? Notation.count(rounded.longValue()) : rounded.toPlainString();
    }

    /** Makes the vertical axis one of so many rows, the first on top, row {@code i} at {@code -i}. */
    static void rows(AxesChartStyler style, int rows) {
        style.setYAxisMin(-rows + 0.5).setYAxisMax(0.5).setYAxisTicksVisible(false);
        style.setPlotGridHorizontalLinesVisible(false);
        // XChart tells no place on an axis that is shorter than this, the upright one included.
        style.setXAxisTickMarkSpacingHint(TICKS_APART);
    }

    /** Paints a chart of rows with the names of the rows at its left: an axis of XChart holds no label of that length. */
    static Painting named(XYChart chart, List<String> names) {
        return (canvas, width, height) -> {
            List<Shape> letters = names.stream()
                    .map(name -> SafeText.clean(name, LONGEST_NAME) + " ")
                    .map(name -> new TextLayout(name, FONT, LETTERS).getOutline(null))
                    .toList();
            double widest = letters.stream()
                    .mapToDouble(name -> name.getBounds2D().getMaxX())
                    .max()
                    .orElse(0);
            int left = (int) Math.ceil(Math.min(widest, width * MOST_FOR_NAMES)) + GAP;
            canvas.translate(left, 0);
            chart.paint(canvas, width - left, height);
            canvas.translate(-left, 0);
            canvas.setColor(INK);
            for (int row = 0; row < letters.size(); row++) {
                double x = left - letters.get(row).getBounds2D().getMaxX();
                double y = chart.getScreenYFromChart(-row) + TEXT * MIDDLE_OF_LETTERS;
                canvas.fill(AffineTransform.getTranslateInstance(x, y).createTransformedShape(letters.get(row)));
            }
        };
    }

    /** Height of a chart of so many rows. */
    static int height(int rows) {
        return Math.max(rows, LEAST_ROWS) * ROW + FRAME;
    }

    /** A series without a mark of its own: a line, or the place of an error bar. */
    static XYSeries bare(XYSeries series, Color colour, BasicStroke stroke) {
        series.setMarker(SeriesMarkers.NONE).setLineColor(colour).setLineStyle(stroke);
        return series;
    }

    /** What paints itself on a canvas of a width and a height in pixels. */
    interface Painting {
        void paint(Graphics2D canvas, int width, int height);
    }

    /** Paints a chart. */
    static Chart draw(Painting painting, int height, String id, String title, String description) {
        SvgCanvas canvas = new SvgCanvas(id);
        painting.paint(canvas, WIDTH, height);
        Markup svg = new Markup()
                .open(
                        "svg",
                        "xmlns",
                        "http://www.w3.org/2000/svg",
                        "viewBox",
                        "0 0 " + WIDTH * SvgCanvas.UNITS + " " + height * SvgCanvas.UNITS,
                        "role",
                        "img",
                        "aria-labelledby",
                        id + "-title " + id + "-description",
                        "class",
                        "chart");
        svg.element("title", title, "id", id + "-title");
        svg.element("desc", description, "id", id + "-description");
        svg.empty("rect", "width", "100%", "height", "100%", "fill", PAPER, "class", "paper");
        return new Chart(id, title, description, svg.append(canvas.shapes()).close());
    }
}
