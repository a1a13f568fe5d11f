package dev.weighbridge.pages;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Measurement;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table of a page under construction: scrolls by itself when it is wide, names its columns, aligns its numbers. On a narrow
 * screen a stacked one makes a block of lines of each row instead, because text that runs out of sight is not read.
 */
public final class HtmlTable {
    private static final int LONGEST_UNBROKEN = 20;
    private static final int LONGEST_NAME = 40;
    private static final int LONGEST_HEADING = 12;
    private static final String NAMED = "named";
    private static final String PART = "part";

    /** Style of a cell that holds sentences. */
    public static final String LONG = "long";

    private final Markup html;
    private final Kind kind;
    private final List<Column> columns = new ArrayList<>();
    private int column;
    private boolean body;

    private enum Kind {
        PLAIN,
        SORTABLE,
        STACKED
    }

    private record Column(String label, String style) {}

    /** Opens a table with its caption. */
    public HtmlTable(Markup html, String id, String caption, boolean sortable) {
        this(html, id, caption, sortable ? Kind.SORTABLE : Kind.PLAIN);
    }

    private HtmlTable(Markup html, String id, String caption, Kind kind) {
        this.html = html;
        this.kind = kind;
        html.open("div", "class", "scroll", "role", "region", "aria-labelledby", id + "-caption", "tabindex", "0");
        String style = switch (kind) {
            case PLAIN -> "plain";
            case SORTABLE -> "sortable";
            case STACKED -> "stacked";
        };
        html.open("table", "id", id, "class", style);
        // The words of the caption stay in sight while the table under them scrolls.
        html.open("caption", "id", id + "-caption").element("span", caption).close();
        html.open("thead").open("tr");
    }

    /** Opens a table of texts with its caption, to be stacked on a narrow screen. */
    public static HtmlTable stacked(Markup html, String id, String caption) {
        return new HtmlTable(html, id, caption, Kind.STACKED);
    }

    /** A heading over text. */
    public HtmlTable heading(String label) {
        return heading(label, "", "");
    }

    /** A heading over numbers, with their unit under it. */
    public HtmlTable numbers(String label, String unit) {
        return heading(label, unit, "n");
    }

    /**
     * A heading over one part of the rows' names. On a narrow screen the first of these columns holds the whole names, and
     * the others are left out.
     */
    public HtmlTable part(String label) {
        boolean first = columns.stream().noneMatch(column -> column.style().equals(NAMED));
        return heading(label, "", first ? NAMED : PART);
    }

    /** Starts the rows, or another group of them. */
    public HtmlTable rows(String group) {
        html.close();
        if (!body) {
            html.close();
        }
        body = true;
        html.open("tbody", "class", group);
        return this;
    }

    public HtmlTable row(String style) {
        return row("class", style);
    }

    /** Starts a row with attributes, names and values in turn; empty values are left out. */
    public HtmlTable row(String... attributes) {
        column = 0;
        html.open("tr", present(attributes));
        return this;
    }

    public HtmlTable endRow() {
        html.close();
        return this;
    }

    /** The cell that names its row. */
    public HtmlTable head(String text) {
        column++;
        String clean = SafeText.clean(text, SafeText.SHORT);
        html.open("th", present("scope", "row", "class", clean.length() <= LONGEST_NAME ? "short" : ""));
        html.phrase(clean).close();
        return this;
    }

    /** As {@link #head(String)}, for a row whose name stands in several cells: it is read aloud, and stacked, as a whole. */
    public HtmlTable head(String text, String name) {
        column++;
        html.open("th", "scope", "row", "class", NAMED, "aria-label", name);
        html.element("span", SafeText.clean(text, SafeText.SHORT)).close();
        return this;
    }

    public HtmlTable text(String text) {
        String clean = SafeText.clean(text);
        boolean part = column < columns.size() && columns.get(column).style().equals(PART);
        String length = clean.length() <= LONGEST_UNBROKEN ? "short" : LONG;
        open(part ? PART + " " + length : length);
        html.text(clean).close();
        return this;
    }

    /** A cell over several columns. */
    public HtmlTable span(int columns, String text) {
        html.open("td", "colspan", Integer.toString(columns))
                .element("span", text)
                .close();
        return this;
    }

    public HtmlTable number(String text, double sortBy) {
        open("n", sortBy);
        html.text(text).close();
        return this;
    }

    public HtmlTable none() {
        open("n none");
        html.text("–").close();
        return this;
    }

    /** A cell with content of its own. */
    public HtmlTable cell(Markup content) {
        return cell(content, "");
    }

    /** A cell with content of its own, in a style. */
    public HtmlTable cell(Markup content, String style) {
        open(style);
        html.append(content).close();
        return this;
    }

    /** A cell over which a column of numbers sorts, with content of its own. */
    public HtmlTable cell(Markup content, double sortBy) {
        open("n", sortBy);
        html.append(content).close();
        return this;
    }

    /** A figure with its interval under it; its unit stands in the heading. */
    public HtmlTable figure(Notation notation, Optional<Measurement> measured, Markup... extra) {
        if (measured.isEmpty()) {
            return none();
        }
        Measurement figure = measured.get();
        open("n", figure.value());
        html.text(notation.number(figure.value()));
        if (figure.uncertain()) {
            html.element("sup", "?", "class", "uncertain");
        }
        notation.interval(figure).ifPresent(interval -> html.element("span", interval, "class", "interval"));
        for (Markup more : extra) {
            html.append(more);
        }
        html.close();
        return this;
    }

    /** Ends the table. */
    public void end() {
        html.close().close().close();
    }

    private void open(String style) {
        html.open("td", present("class", style, "data-label", label()));
    }

    private void open(String style, double sortBy) {
        String key = kind == Kind.SORTABLE ? BigDecimal.valueOf(sortBy).toString() : "";
        html.open("td", present("class", style, "data-sort", key, "data-label", label()));
    }

    /** The heading of the next cell, for a row whose cells stand below each other. */
    private String label() {
        int next = column++;
        return kind == Kind.STACKED && next < columns.size() ? columns.get(next).label() : "";
    }

    private static String[] present(String... attributes) {
        List<String> present = new ArrayList<>();
        for (int i = 0; i < attributes.length; i += 2) {
            if (!attributes[i + 1].isEmpty()) {
                present.addAll(List.of(attributes[i], attributes[i + 1]));
            }
        }
        return present.toArray(new String[0]);
    }

    private HtmlTable heading(String label, String unit, String style) {
        columns.add(new Column(unit.isEmpty() ? label : label + ", " + unit, style));
        String sort = kind == Kind.SORTABLE ? "none" : "";
        String wrap = label.length() > LONGEST_HEADING ? " wrap" : "";
        html.open("th", present("scope", "col", "class", (style + wrap).trim(), "aria-sort", sort));
        if (kind == Kind.SORTABLE) {
            html.open("button", "type", "button");
        }
        html.element("span", label);
        if (!unit.isEmpty()) {
            html.element("span", unit, "class", "unit");
        }
        if (kind == Kind.SORTABLE) {
            html.close();
        }
        html.close();
        return this;
    }
}
