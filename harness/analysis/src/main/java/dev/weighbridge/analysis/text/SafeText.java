package dev.weighbridge.analysis.text;

import java.util.regex.Pattern;

/** Untrusted text made fit for one kind of document: bounded, without control characters, escaped. */
public final class SafeText {
    /** Most characters of one reason, message or description in a table. */
    public static final int LONG = 600;

    /** Most characters of one name. */
    public static final int SHORT = 120;

    private static final char REPLACEMENT = '\uFFFD';
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d[\\d,]*(\\.\\d+)?([eE][+-]?\\d+)?");

    private SafeText() {}

    /**
     * The text with at most {@code most} characters, each of which XML 1.0 allows and no terminal obeys. Line ends and tabs
     * become spaces; control characters, lone surrogates and marks that turn the direction of writing become U+FFFD.
     */
    public static String clean(String text, int most) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), most));
        int written = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (written == most - 1 && i < text.length()) {
                clean.append('…');
                break;
            }
            if (point == '\n' || point == '\r' || point == '\t') {
                clean.append(' ');
            } else if (harmful(point)) {
                clean.append(REPLACEMENT);
            } else {
                clean.appendCodePoint(point);
            }
            written++;
        }
        return clean.toString();
    }

    /** As {@link #clean(String, int)} with {@link #LONG}. */
    public static String clean(String text) {
        return clean(text, LONG);
    }

    /** Text for HTML and XML, as content and in double-quoted attributes. It is cleaned, not bounded. */
    public static String html(String text) {
        String clean = clean(text, Integer.MAX_VALUE);
        StringBuilder escaped = new StringBuilder(clean.length() + 16);
        for (int i = 0; i < clean.length(); i++) {
            char c = clean.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /** Text for a Markdown paragraph or table cell, in which nothing is markup, HTML or a link. */
    public static String markdown(String text) {
        String clean = clean(text);
        StringBuilder escaped = new StringBuilder(clean.length() + 16);
        for (int i = 0; i < clean.length(); i++) {
            char c = clean.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                // Written as references, addresses and mentions do not become links.
                case '@' -> escaped.append("&#64;");
                case ':' -> escaped.append(clean.startsWith("://", i) ? "&#58;" : ":");
                case '\\', '`', '*', '_', '{', '}', '[', ']', '(', ')', '#', '|', '~', '!', '$' ->
                    escaped.append('\\').append(c);
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /**
     * Text that a spreadsheet shows and does not run: what starts like a formula is preceded by an apostrophe. Numbers stay
     * as they are. Quoting for CSV is left to its writer.
     */
    public static String cell(String text) {
        String clean = clean(text);
        String start = clean.stripLeading();
        boolean formula = !start.isEmpty()
                && "=+-@|%".indexOf(start.charAt(0)) >= 0
                && !NUMBER.matcher(start).matches();
        return formula ? "'" + clean : clean;
    }

    /** A cell of a CSV line (RFC 4180), spreadsheet-safe and quoted where it must be. */
    public static String csv(String text) {
        String cell = cell(text);
        boolean quote = cell.indexOf(',') >= 0 || cell.indexOf('"') >= 0 || !cell.equals(cell.strip());
        return quote ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }

    /** JSON made fit to stand inside a script element: no end tag, comment or line separator is left in it. */
    public static String script(String json) {
        return json.replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    private static boolean harmful(int point) {
        boolean control = Character.isISOControl(point);
        boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        boolean noCharacter = (point & 0xFFFE) == 0xFFFE;
        boolean direction = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
        boolean separator = point == 0x2028 || point == 0x2029 || point == 0x200E || point == 0x200F || point == 0xFEFF;
        return control || surrogate || noCharacter || direction || separator;
    }
}
