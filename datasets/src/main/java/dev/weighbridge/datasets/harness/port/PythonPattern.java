package dev.weighbridge.datasets.harness.port;

/**
 * Writes a regular expression of Python's {@code re} so that {@link java.util.regex.Pattern} finds the same. Source:
 * https://docs.python.org/3/library/re.html
 */
public final class PythonPattern {
    private PythonPattern() {}

    /**
     * The expression in Java's syntax, with classes such as {@code \d} meaning all of Unicode and only a line feed ending a line,
     * as in Python.
     */
    public static String toJava(String python) {
        StringBuilder out = new StringBuilder("(?Ud)");
        boolean inClass = false;
        for (int i = 0; i < python.length(); i++) {
            char c = python.charAt(i);
            if (c == '\\' && i + 1 < python.length()) {
                char escaped = python.charAt(++i);
                out.append(c).append(escaped == 'Z' ? 'z' : escaped);
            } else if (inClass) {
                inClass = c != ']';
                out.append(c == '[' || c == '&' ? "\\" : "").append(c);
            } else if (c == '[') {
                inClass = true;
                out.append(c);
                i = begin(python, i, out);
            } else if (python.startsWith("(?P<", i)) {
                out.append("(?<");
                i += 3;
            } else if (python.startsWith("(?P=", i)) {
                int end = python.indexOf(')', i);
                int to = end < 0 ? python.length() : end;
                out.append("\\k<").append(python, i + 4, to).append('>');
                i = to;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** A closing bracket that comes first in a class is part of it. */
    private static int begin(String python, int open, StringBuilder out) {
        int at = open + 1;
        if (at < python.length() && python.charAt(at) == '^') {
            out.append('^');
            at++;
        }
        if (at < python.length() && python.charAt(at) == ']') {
            out.append("\\]");
            at++;
        }
        return at - 1;
    }
}
