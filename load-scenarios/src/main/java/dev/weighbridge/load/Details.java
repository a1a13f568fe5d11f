package dev.weighbridge.load;

import org.jspecify.annotations.Nullable;

/** Text from a server or an exception made fit for a record: one line, no control characters, at most 200 characters. */
public final class Details {
    public static final int MAX_LENGTH = 200;

    private Details() {}

    public static String clean(String text) {
        StringBuilder cleaned = new StringBuilder(Math.min(text.length(), MAX_LENGTH));
        boolean blank = true;
        for (int i = 0; i < text.length() && cleaned.length() < MAX_LENGTH; i++) {
            char c = text.charAt(i);
            // Line and paragraph separators break lines in HTML and logs although they are no control characters.
            boolean space = c <= ' ' || Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
            if (!space) {
                cleaned.append(c);
            } else if (!blank) {
                cleaned.append(' ');
            }
            blank = space;
        }
        return cleaned.toString().strip();
    }

    /** What went wrong, from the innermost cause that says anything. */
    public static String of(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        @Nullable String message = cause.getMessage() != null ? cause.getMessage() : failure.getMessage();
        String name = cause.getClass().getSimpleName();
        return clean(message == null ? name : name + ": " + message);
    }
}
