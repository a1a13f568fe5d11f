package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.template.PythonText;

/** Brackets of a text, in time that grows with its length alone. */
final class Brackets {
    private Brackets() {}

    /** The text without what stands in square brackets on one line: Python's {@code re.sub(r"\[.*?\]", "", text)}. */
    static String removed(String text) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        int open = text.indexOf('[');
        while (open >= 0) {
            int close = text.indexOf(']', open);
            if (close < 0) {
                break;
            }
            int line = text.indexOf('\n', open);
            boolean within = line < 0 || line > close;
            out.append(text, from, within ? open : line);
            from = within ? close + 1 : line;
            open = text.indexOf('[', from);
        }
        return out.append(text, from, text.length()).toString();
    }

    /** The text with no white space just within two marks, from each first one to the next second one. */
    static String tightened(String text, char first, char second) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        int open = text.indexOf(first);
        while (open >= 0) {
            int close = text.indexOf(second, open + 1);
            if (close < 0) {
                break;
            }
            out.append(text, from, open + 1).append(PythonText.strip(text.substring(open + 1, close)));
            out.append(second);
            from = close + 1;
            open = text.indexOf(first, from);
        }
        return out.append(text, from, text.length()).toString();
    }
}
