package dev.weighbridge.datasets.hub;

/**
 * A pattern of file names as data set cards have them: {@code *} and {@code ?} stand for characters within a step, {@code **}
 * for any, {@code [ab]}, {@code [a-c]} and {@code [!ab]} for one (fsspec, {@code glob}; braces stand for themselves).
 *
 * <p>Matched with two places to come back to, the last {@code *} and the last {@code **}, so that no pattern of a stranger
 * takes more than the product of the lengths.
 */
record GlobPattern(String text) {
    boolean matches(String name) {
        int p = 0;
        int n = 0;
        int starPattern = -1;
        int starName = 0;
        int anyPattern = -1;
        int anyName = 0;
        while (n < name.length() || p < text.length()) {
            if (text.startsWith("**", p)) {
                anyPattern = afterStars(p);
                anyName = n;
                starPattern = -1;
                p = anyPattern;
                continue;
            }
            if (p < text.length() && text.charAt(p) == '*') {
                starPattern = ++p;
                starName = n;
                continue;
            }
            int length = n < name.length() ? one(p, name.charAt(n)) : 0;
            if (length > 0) {
                p += length;
                n++;
            } else if (starPattern >= 0 && starName < name.length() && name.charAt(starName) != '/') {
                p = starPattern;
                n = ++starName;
            } else {
                anyName = anyPattern < 0 ? -1 : further(anyPattern, anyName, name);
                if (anyName < 0) {
                    return false;
                }
                p = anyPattern;
                n = anyName;
                starPattern = -1;
            }
        }
        return true;
    }

    /** Behind the stars at a place, and behind the slash after them, as they also stand for no step at all. */
    private int afterStars(int p) {
        int end = p;
        while (end < text.length() && text.charAt(end) == '*') {
            end++;
        }
        boolean whole = (p == 0 || text.charAt(p - 1) == '/') && end < text.length() && text.charAt(end) == '/';
        return whole ? end + 1 : end;
    }

    /** Where the name may go on after stars that took up more: whole steps, where a slash follows them; below 0 for nowhere. */
    private int further(int pattern, int from, String name) {
        if (text.charAt(pattern - 1) == '/') {
            int slash = name.indexOf('/', from);
            return slash < 0 ? -1 : slash + 1;
        }
        return from < name.length() ? from + 1 : -1;
    }

    /** How long the part of the pattern is that stands for this one character; 0 when it does not stand for it. */
    private int one(int p, char c) {
        if (p >= text.length()) {
            return 0;
        }
        char wanted = text.charAt(p);
        if (wanted == '?') {
            return c == '/' ? 0 : 1;
        }
        int end = wanted == '[' ? text.indexOf(']', p + 2) : -1;
        if (end < 0) {
            return wanted == c ? 1 : 0;
        }
        boolean not = text.charAt(p + 1) == '!';
        boolean in = false;
        for (int i = not ? p + 2 : p + 1; i < end; i++) {
            if (i + 2 < end && text.charAt(i + 1) == '-') {
                in |= text.charAt(i) <= c && c <= text.charAt(i + 2);
                i += 2;
            } else {
                in |= text.charAt(i) == c;
            }
        }
        return in != not && c != '/' ? end + 1 - p : 0;
    }
}
