package dev.weighbridge.pages;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Measurement;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A table of a page under construction: scrolls by itself when it is wide, names its columns, aligns its numbers. */
public final class HtmlTable {
    private static final int LONGEST_UNBROKEN = 20;

    private final Markup html;
    private final boolean sortable;
    private boolean body;

    /** Opens a table with its caption. */
    public HtmlTable(Markup html, String id, String caption, boolean sortable) {
        this.html = html;
        this.sortable = sortable;
        html.open("div", "class", "scroll", "role", "region", "aria-labelledby", id + "-caption", "tabindex", "0");
        html.open("table", "id", id, "class", sortable ? "sortable" : "plain");
        html.element("caption", caption, "id", id + "-caption");
        html.open("thead").open("tr");
    }

    /** A heading over text. */
    public HtmlTable heading(String label) {
        return heading(label, "", false);
    }

    /** A heading over numbers, with their unit under it. */
    public HtmlTable numbers(String label, String unit) {
        return heading(label, unit, true);
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
        List<String> present = new ArrayList<>();
        for (int i = 0; i < attributes.length; i += 2) {
            if (!attributes[i + 1].isEmpty()) {
                present.addAll(List.of(attributes[i], attributes[i + 1]));
            }
        }
        html.open("tr", present.toArray(new String[0]));
        return this;
    }

    public HtmlTable endRow() {
        html.close();
        return this;
    }

    /** The cell that names its row. */
    public HtmlTable head(String text) {
        html.element("th", SafeText.clean(text, SafeText.SHORT), "scope", "row");
        return this;
    }

    /** As {@link #head(String)}, for a row whose name stands in several cells: it is read aloud as a whole. */
    public HtmlTable head(String text, String name) {
        html.element("th", SafeText.clean(text, SafeText.SHORT), "scope", "row", "aria-label", name);
        return this;
    }

    /** As {@link #head(String, String)}, with a link to what is behind the row. */
    public HtmlTable head(String text, String name, String target) {
        html.open("th", "scope", "row");
        html.element("a", SafeText.clean(text, SafeText.SHORT), "href", target, "aria-label", name)
                .close();
        return this;
    }

    public HtmlTable text(String text) {
        String clean = SafeText.clean(text);
        if (clean.length() <= LONGEST_UNBROKEN) {
            html.element("td", clean, "class", "short");
        } else {
            html.element("td", clean);
        }
        return this;
    }

    /** A cell over several columns. */
    public HtmlTable span(int columns, String text) {
        html.element("td", text, "colspan", Integer.toString(columns));
        return this;
    }

    public HtmlTable number(String text, double sortBy) {
        if (sortable) {
            html.element("td", text, "class", "n", "data-sort", plain(sortBy));
        } else {
            html.element("td", text, "class", "n");
        }
        return this;
    }

    public HtmlTable none() {
        html.element("td", "–", "class", "n none");
        return this;
    }

    /** A cell with content of its own. */
    public HtmlTable cell(Markup content, String... attributes) {
        html.open("td", attributes).append(content).close();
        return this;
    }

    /** A figure with its interval under it; its unit stands in the heading. */
    public HtmlTable figure(Notation notation, Optional<Measurement> measured, Markup... extra) {
        if (measured.isEmpty()) {
            return none();
        }
        Measurement figure = measured.get();
        if (sortable) {
            html.open("td", "class", "n", "data-sort", plain(figure.value()));
        } else {
            html.open("td", "class", "n");
        }
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

    private HtmlTable heading(String label, String unit, boolean number) {
        List<String> attributes = new ArrayList<>(List.of("scope", "col"));
        if (number) {
            attributes.addAll(List.of("class", "n"));
        }
        if (sortable) {
            attributes.addAll(List.of("aria-sort", "none"));
            html.open("th", attributes.toArray(new String[0])).open("button", "type", "button");
        } else {
            html.open("th", attributes.toArray(new String[0]));
        }
        html.text(label);
        if (!unit.isEmpty()) {
            html.element("span", unit, "class", "unit");
        }
        if (sortable) {
            html.close();
        }
        html.close();
        return this;
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).toString();
    }
}
