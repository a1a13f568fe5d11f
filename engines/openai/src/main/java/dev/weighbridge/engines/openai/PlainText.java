package dev.weighbridge.engines.openai;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Text that came from another process, made fit for a message: no control characters, and bounded. */
public final class PlainText {
    private static final int TAIL_BYTES = 16 * 1024;

    private PlainText() {}

    /** The text with every control character replaced by a space, cut to {@code maximum} characters. */
    public static String bounded(String text, int maximum) {
        String head = text.length() > maximum ? text.substring(0, maximum) + "…" : text;
        StringBuilder plain = new StringBuilder(head.length());
        head.codePoints().map(PlainText::printable).forEach(plain::appendCodePoint);
        return plain.toString().strip();
    }

    /**
     * The last lines of a log, each bounded, joined by {@code " | "}; empty when it cannot be read or says nothing.
     *
     * @param from offset in bytes before which the log is none of ours
     */
    public static String lastLines(Path log, long from, int lines) {
        String tail;
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.min(file.length(), Math.max(from, file.length() - TAIL_BYTES));
            byte[] bytes = new byte[(int) (file.length() - start)];
            file.seek(start);
            file.readFully(bytes);
            tail = new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
        List<String> kept = tail.lines()
                .map(line -> bounded(line, 300))
                .filter(line -> !line.isEmpty())
                .toList();
        return kept.subList(Math.max(0, kept.size() - lines), kept.size()).stream()
                .collect(Collectors.joining(" | "));
    }

    private static int printable(int codePoint) {
        int type = Character.getType(codePoint);
        boolean hidden = type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE
                || type == Character.UNASSIGNED;
        return hidden ? ' ' : codePoint;
    }
}
