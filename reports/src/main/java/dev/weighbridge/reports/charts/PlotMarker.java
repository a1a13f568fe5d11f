package dev.weighbridge.reports.charts;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import org.knowm.xchart.style.markers.Marker;

/** A marker of its own size, filled or as an outline. */
final class PlotMarker extends Marker {
    static final Marker DOT = new PlotMarker(Form.CIRCLE, 4, true);
    static final Marker RING = new PlotMarker(Form.CIRCLE, 4, false);
    static final Marker SMALL_DIAMOND = new PlotMarker(Form.DIAMOND, 4.5, true);
    static final Marker HALO = new PlotMarker(Form.CIRCLE, 10, false);

    private static final float OUTLINE = 1.6f;

    private final Form form;
    private final double radius;
    private final boolean filled;

    /** Outlines of markers. */
    private enum Form {
        CIRCLE,
        SQUARE,
        TRIANGLE,
        DIAMOND
    }

    private PlotMarker(Form form, double radius, boolean filled) {
        this.form = form;
        this.radius = radius;
        this.filled = filled;
    }

    /** A filled marker; neighbouring places have different forms. */
    static Marker ofPlace(int place) {
        Form form = Form.values()[place % Form.values().length];
        return new PlotMarker(form, form == Form.CIRCLE ? 5 : 5.5, true);
    }

    @Override
    public void paint(Graphics2D graphics, double x, double y, int markerSize) {
        Shape shape = shape(x, y);
        if (filled) {
            graphics.fill(shape);
        } else {
            graphics.setStroke(new BasicStroke(OUTLINE));
            graphics.draw(shape);
        }
    }

    private Shape shape(double x, double y) {
        return switch (form) {
            case CIRCLE -> new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
            case SQUARE -> {
                double half = radius * 0.85;
                yield new Rectangle2D.Double(x - half, y - half, 2 * half, 2 * half);
            }
            case TRIANGLE -> polygon(x, y - radius, x + radius, y + radius * 0.8, x - radius, y + radius * 0.8);
            case DIAMOND -> polygon(x, y - radius, x + radius, y, x, y + radius, x - radius, y);
        };
    }

    private static Shape polygon(double... coordinates) {
        Path2D.Double path = new Path2D.Double();
        path.moveTo(coordinates[0], coordinates[1]);
        for (int i = 2; i < coordinates.length; i += 2) {
            path.lineTo(coordinates[i], coordinates[i + 1]);
        }
        path.closePath();
        return path;
    }
}
