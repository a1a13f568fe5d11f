package dev.weighbridge.reports.charts;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import dev.weighbridge.pages.Markup;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.AffineTransform;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A canvas that XChart paints on and that writes small static SVG: coordinates are whole tenths of a pixel, shapes painted
 * alike one after the other become one path, and paint is written as attributes, which a strict content security policy lets
 * in where it refuses inline styles. Colours of the theme also get a class, so that they follow the page around them.
 *
 * <p>Not safe for use by several threads at once.
 */
final class SvgCanvas extends VectorGraphics2D {
    /** Units of the drawing to a pixel. */
    static final int UNITS = 10;

    private static final int OPAQUE = 255;

    private final String id;
    private final Markup shapes = new Markup();
    private final Map<String, String> clips = new LinkedHashMap<>();
    private List<String> paint = List.of();
    private PathData data = new PathData();

    /**
     * Starts an empty drawing.
     *
     * @param id prefix of the identifiers inside, which are unique in a page when it is
     */
    SvgCanvas(String id) {
        this.id = id;
    }

    /** What was painted so far. */
    Markup shapes() {
        flush();
        Markup all = new Markup();
        if (!clips.isEmpty()) {
            all.open("defs");
            clips.forEach((area, name) ->
                    all.open("clipPath", "id", name).empty("path", "d", area).close());
            all.close();
        }
        return all.append(shapes);
    }

    @Override
    public void draw(Shape shape) {
        if (getStroke() instanceof BasicStroke stroke && stroke.getLineWidth() > 0) {
            add(shape, stroke, outline(stroke));
        }
    }

    @Override
    public void fill(Shape shape) {
        add(shape, new BasicStroke(0), colour("fill"));
    }

    private void add(Shape shape, Stroke stroke, List<String> look) {
        AffineTransform transform = getTransform();
        Shape there = transform.createTransformedShape(shape);
        Rectangle2D box = stroke.createStrokedShape(there).getBounds2D();
        if (getColor().getAlpha() == 0 || there.getPathIterator(null).isDone()) {
            return;
        }
        List<String> wanted = new ArrayList<>(look);
        Shape clip = getClip();
        if (clip != null) {
            Rectangle2D area = transform.createTransformedShape(clip).getBounds2D();
            if (!area.intersects(box.getX() - 1, box.getY() - 1, box.getWidth() + 2, box.getHeight() + 2)) {
                return;
            }
            if (!area.contains(box)) {
                wanted.addAll(List.of("clip-path", "url(#" + clip(area) + ")"));
            }
        }
        if (!wanted.equals(paint)) {
            flush();
            paint = List.copyOf(wanted);
        }
        data.add(there.getPathIterator(null));
    }

    private String clip(Rectangle2D area) {
        PathData path = new PathData();
        path.add(area.getPathIterator(null));
        return clips.computeIfAbsent(path.toString(), key -> id + "-clip-" + clips.size());
    }

    private void flush() {
        if (!paint.isEmpty()) {
            List<String> attributes = new ArrayList<>(List.of("d", data.toString()));
            attributes.addAll(paint);
            shapes.empty("path", attributes.toArray(new String[0]));
        }
        paint = List.of();
        data = new PathData();
    }

    private List<String> outline(BasicStroke stroke) {
        List<String> look = new ArrayList<>(List.of("fill", "none"));
        look.addAll(colour("stroke"));
        look.addAll(List.of("stroke-width", Integer.toString(Math.round(stroke.getLineWidth() * UNITS))));
        float[] dashes = stroke.getDashArray();
        if (dashes != null) {
            StringBuilder pattern = new StringBuilder();
            for (float dash : dashes) {
                pattern.append(pattern.isEmpty() ? "" : " ").append(Math.round(dash * UNITS));
            }
            look.addAll(List.of("stroke-dasharray", pattern.toString()));
        }
        return look;
    }

    private List<String> colour(String property) {
        Color colour = getColor();
        List<String> look = new ArrayList<>();
        ChartTheme.role(colour).ifPresent(role -> look.addAll(List.of("class", property + "-" + role)));
        look.addAll(List.of(property, String.format("#%06x", colour.getRGB() & 0xFFFFFF)));
        if (colour.getAlpha() < OPAQUE) {
            look.addAll(List.of(property + "-opacity", String.format("%.2f", colour.getAlpha() / (double) OPAQUE)));
        }
        return look;
    }

    /** The data of a path in relative whole units, with the rounding of one point never carried to the next. */
    private static final class PathData {
        private final StringBuilder out = new StringBuilder();
        private long x;
        private long y;
        private long startX;
        private long startY;

        void add(PathIterator path) {
            double[] points = new double[6];
            for (; !path.isDone(); path.next()) {
                switch (path.currentSegment(points)) {
                    case PathIterator.SEG_MOVETO -> {
                        moveTo(points);
                    }
                    case PathIterator.SEG_LINETO -> line(points);
                    case PathIterator.SEG_QUADTO -> curve('q', points, 2);
                    case PathIterator.SEG_CUBICTO -> curve('c', points, 3);
                    default -> {
                        out.append('z');
                        x = startX;
                        y = startY;
                    }
                }
            }
        }

        private void moveTo(double[] points) {
            x = units(points[0]);
            y = units(points[1]);
            startX = x;
            startY = y;
            out.append('M').append(x);
            number(y);
        }

        private void line(double[] points) {
            long toX = units(points[0]);
            long toY = units(points[1]);
            if (toY == y) {
                out.append('h').append(toX - x);
            } else if (toX == x) {
                out.append('v').append(toY - y);
            } else {
                out.append('l').append(toX - x);
                number(toY - y);
            }
            x = toX;
            y = toY;
        }

        private void curve(char command, double[] points, int count) {
            out.append(command);
            for (int i = 0; i < count; i++) {
                long toX = units(points[2 * i]) - x;
                if (i == 0) {
                    out.append(toX);
                } else {
                    number(toX);
                }
                number(units(points[2 * i + 1]) - y);
            }
            x = units(points[2 * count - 2]);
            y = units(points[2 * count - 1]);
        }

        /** A minus sign parts two numbers as well as a space does. */
        private void number(long value) {
            if (value >= 0) {
                out.append(' ');
            }
            out.append(value);
        }

        private static long units(double value) {
            return Math.round(value * UNITS);
        }

        @Override
        public String toString() {
            return out.toString();
        }
    }
}
