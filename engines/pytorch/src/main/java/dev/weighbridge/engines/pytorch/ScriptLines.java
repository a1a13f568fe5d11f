package dev.weighbridge.engines.pytorch;

/** Lines of a TorchScript source, indented as its blocks are nested. */
final class ScriptLines {
    private final StringBuilder text = new StringBuilder();
    private int depth;

    /** Appends lines that are indented already. */
    void paste(String lines) {
        text.append(lines);
    }

    /**
     * Appends a line.
     *
     * @param values that replace the template's {@code {}}, one after the other
     */
    void line(String template, Object... values) {
        text.append("  ".repeat(depth)).append(filled(template, values)).append('\n');
    }

    /** Appends a line that opens a block, whose lines follow until {@link #close}. */
    void open(String template, Object... values) {
        line(template, values);
        depth++;
    }

    void close() {
        depth--;
    }

    /** A template with its {@code {}} replaced; numbers are written as TorchScript reads them, whatever the locale. */
    static String filled(String template, Object... values) {
        StringBuilder filled = new StringBuilder();
        int from = 0;
        for (Object value : values) {
            int at = template.indexOf("{}", from);
            filled.append(template, from, at).append(value);
            from = at + 2;
        }
        return filled.append(template.substring(from)).toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
