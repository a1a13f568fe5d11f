package dev.weighbridge.reports.charts;

import dev.weighbridge.pages.Markup;
import java.awt.Color;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * The shapes of an SVG drawing, rewritten to stand inside a page: attributes instead of inline styles, which a strict content
 * security policy refuses; classes for neutral colours, so that they follow the page; identifiers that are unique in it.
 */
final class SvgGeometry {
    private static final Set<String> SHAPES =
            Set.of("rect", "ellipse", "circle", "line", "path", "polyline", "polygon");
    private static final Set<String> KEPT = Set.of(
            "x",
            "y",
            "width",
            "height",
            "cx",
            "cy",
            "r",
            "rx",
            "ry",
            "x1",
            "x2",
            "y1",
            "y2",
            "d",
            "points",
            "transform");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+\\.\\d+(?:[eE]-?\\d+)?");
    private static final Pattern REFERENCE = Pattern.compile("url\\(#(.+)\\)");

    private final String id;
    private final Map<String, String> clips = new LinkedHashMap<>();
    private final Markup shapes = new Markup();

    private SvgGeometry(String id) {
        this.id = id;
    }

    /**
     * Rewrites a drawing.
     *
     * @param svg document as UTF-8
     * @param id prefix of the identifiers inside
     */
    static Markup of(byte[] svg, String id) {
        SvgGeometry geometry = new SvgGeometry(id);
        Element root = parse(svg);
        for (Element child : children(root)) {
            geometry.write(child);
        }
        return geometry.shapes;
    }

    private void write(Element element) {
        String tag = element.getTagName();
        if (tag.equals("defs") || tag.equals("g") || tag.equals("clipPath")) {
            if (children(element).stream().noneMatch(SvgGeometry::visible)) {
                return;
            }
            List<String> attributes = kept(element);
            if (tag.equals("clipPath")) {
                attributes.addAll(List.of("id", clip(element.getAttribute("id"))));
            }
            Matcher reference = REFERENCE.matcher(element.getAttribute("clip-path"));
            if (reference.matches()) {
                attributes.addAll(List.of("clip-path", "url(#" + clip(reference.group(1)) + ")"));
            }
            shapes.open(tag, attributes.toArray(new String[0]));
            writeAll(children(element));
            shapes.close();
        } else if (SHAPES.contains(tag) && visible(element)) {
            List<String> attributes = kept(element);
            attributes.addAll(paint(style(element)));
            shapes.empty(tag, attributes.toArray(new String[0]));
        }
    }

    /** Lines that go on where the one before ended become one, so that dashes run through and the drawing stays small. */
    private void writeAll(List<Element> elements) {
        for (int i = 0; i < elements.size(); ) {
            Element first = elements.get(i);
            int end = i + 1;
            while (end < elements.size() && continues(elements.get(end - 1), elements.get(end))) {
                end++;
            }
            if (end - i > 1) {
                polyline(elements.subList(i, end));
            } else {
                write(first);
            }
            i = end;
        }
    }

    private static boolean continues(Element line, Element next) {
        return line.getTagName().equals("line")
                && next.getTagName().equals("line")
                && line.getAttribute("style").equals(next.getAttribute("style"))
                && line.getAttribute("x2").equals(next.getAttribute("x1"))
                && line.getAttribute("y2").equals(next.getAttribute("y1"));
    }

    private void polyline(List<Element> lines) {
        StringBuilder points = new StringBuilder();
        points.append(lines.get(0).getAttribute("x1"))
                .append(',')
                .append(lines.get(0).getAttribute("y1"));
        for (Element line : lines) {
            points.append(' ').append(line.getAttribute("x2")).append(',').append(line.getAttribute("y2"));
        }
        List<String> attributes = new ArrayList<>(List.of("points", rounded(points.toString())));
        attributes.addAll(paint(style(lines.get(0))));
        shapes.empty("polyline", attributes.toArray(new String[0]));
    }

    private String clip(String original) {
        return clips.computeIfAbsent(original, key -> id + "-clip-" + clips.size());
    }

    private static boolean visible(Element element) {
        return !style(element).getOrDefault("fill-opacity", "1").equals("0");
    }

    private static List<String> kept(Element element) {
        List<String> attributes = new ArrayList<>();
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            Node attribute = element.getAttributes().item(i);
            if (KEPT.contains(attribute.getNodeName())) {
                attributes.addAll(List.of(attribute.getNodeName(), rounded(attribute.getNodeValue())));
            }
        }
        return attributes;
    }

    private static List<String> paint(Map<String, String> style) {
        List<String> attributes = new ArrayList<>();
        style.forEach((name, value) -> {
            boolean neutral = name.equals("stroke-miterlimit");
            if (!neutral) {
                attributes.addAll(List.of(name, rounded(value)));
            }
        });
        for (String painted : List.of("stroke", "fill")) {
            String value = style.getOrDefault(painted, "none");
            if (value.equals(rgb(ChartColours.GRID))) {
                attributes.addAll(List.of("class", painted + "-grid"));
            } else if (value.equals(rgb(ChartColours.AXIS))) {
                attributes.addAll(List.of("class", painted + "-axis"));
            }
        }
        return attributes;
    }

    private static Map<String, String> style(Element element) {
        Map<String, String> style = new LinkedHashMap<>();
        for (String declaration : element.getAttribute("style").split(";", -1)) {
            int colon = declaration.indexOf(':');
            if (colon > 0) {
                style.put(
                        declaration.substring(0, colon).strip(),
                        declaration.substring(colon + 1).strip());
            }
        }
        return style;
    }

    private static String rgb(Color colour) {
        return String.format(Locale.ROOT, "rgb(%d,%d,%d)", colour.getRed(), colour.getGreen(), colour.getBlue());
    }

    private static String rounded(String value) {
        return NUMBER.matcher(value)
                .replaceAll(match -> new BigDecimal(match.group())
                        .setScale(2, RoundingMode.HALF_EVEN)
                        .stripTrailingZeros()
                        .toPlainString());
    }

    private static List<Element> children(Element element) {
        List<Element> children = new ArrayList<>();
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child) {
                children.add(child);
            }
        }
        return children;
    }

    private static Element parse(byte[] svg) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            // The drawing names the SVG 1.1 DTD, which must not be fetched.
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            return factory.newDocumentBuilder()
                    .parse(new ByteArrayInputStream(svg))
                    .getDocumentElement();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalStateException("a chart was drawn as SVG that cannot be parsed: " + e, e);
        }
    }
}
