package dev.weighbridge.pages;

import dev.weighbridge.analysis.text.SafeText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * An HTML or SVG fragment under construction, well formed as XML. Text and attribute values are escaped by the only methods
 * that take them, so that no caller can forget to.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class Markup {
    private static final Set<String> LINE_AFTER = Set.of(
            "tr",
            "table",
            "caption",
            "thead",
            "tbody",
            "section",
            "p",
            "h1",
            "h2",
            "h3",
            "li",
            "ul",
            "ol",
            "div",
            "dl",
            "dd",
            "details",
            "summary",
            "figure",
            "header",
            "footer",
            "main",
            "head",
            "title",
            "meta",
            "style",
            "script",
            "link",
            "fieldset",
            "svg",
            "g",
            "text",
            "line",
            "rect",
            "ellipse",
            "path",
            "defs",
            "nav");

    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /**
     * Opens an element.
     *
     * @param tag its name, never from outside
     * @param attributes names, never from outside, and values in turn
     */
    public Markup open(String tag, String... attributes) {
        start(tag, attributes);
        out.append('>');
        open.push(tag);
        return this;
    }

    /** Closes the element that was opened last. */
    public Markup close() {
        String tag = open.pop();
        out.append("</").append(tag).append('>');
        lineAfter(tag);
        return this;
    }

    /** An element that holds nothing but text. */
    public Markup element(String tag, String text, String... attributes) {
        return open(tag, attributes).text(text).close();
    }

    /** An element without content. */
    public Markup empty(String tag, String... attributes) {
        start(tag, attributes);
        out.append(" />");
        lineAfter(tag);
        return this;
    }

    /** Text, escaped. */
    public Markup text(String text) {
        out.append(SafeText.html(text));
        return this;
    }

    /** Text whose lines break at spaces alone: neither at the hyphens of a word that fits, nor before a percent sign. */
    public Markup phrase(String text) {
        String gap = "";
        for (String word : text.split(" ", -1)) {
            text(word.equals("%") ? "\u00A0" : gap);
            if (word.contains("-")) {
                element("span", word, "class", "word");
            } else {
                text(word);
            }
            gap = " ";
        }
        return this;
    }

    /** Ends a line of preformatted text. */
    public Markup lineEnd() {
        out.append('\n');
        return this;
    }

    /** Another fragment, which must be complete. */
    public Markup append(Markup fragment) {
        out.append(fragment);
        return this;
    }

    /**
     * A style or script element with content of our own, which is not escaped.
     *
     * @throws IllegalArgumentException when the content would end the element
     */
    public Markup verbatim(String tag, String content, String... attributes) {
        if (content.contains("</") || content.contains("<!--")) {
            throw new IllegalArgumentException("content of <" + tag + "> must not hold '</' or '<!--'");
        }
        open(tag, attributes);
        out.append(content);
        return close();
    }

    /**
     * The fragment as text.
     *
     * @throws IllegalStateException when an element is still open
     */
    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("elements are still open: " + open);
        }
        return out.toString();
    }

    private void start(String tag, String... attributes) {
        if (attributes.length % 2 != 0) {
            throw new IllegalArgumentException("attributes of <" + tag + "> must come in pairs");
        }
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(SafeText.html(attributes[i + 1]))
                    .append('"');
        }
    }

    private void lineAfter(String tag) {
        if (LINE_AFTER.contains(tag)) {
            out.append('\n');
        }
    }
}
