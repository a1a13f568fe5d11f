package dev.weighbridge.engines.openai;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where one engine process writes its output.
 *
 * @param file that may hold the output of earlier processes too
 * @param start length in bytes that the file had before this process
 */
public record ProcessLog(Path file, long start) {
    /** Lines that tell of an end nobody foresaw. */
    public static final int LINES = 8;

    /** The log of a process that is about to start. */
    public static ProcessLog at(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        return new ProcessLog(file, Files.exists(file) ? Files.size(file) : 0);
    }

    /** A sentence with the last lines of this process. */
    public String tail() {
        return tail(LINES);
    }

    public String tail(int lines) {
        String said = PlainText.lastLines(file, start, lines);
        return "Its log " + file + (said.isEmpty() ? " is empty" : " ends: " + said);
    }
}
