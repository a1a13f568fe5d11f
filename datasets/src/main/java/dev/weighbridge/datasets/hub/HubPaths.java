package dev.weighbridge.datasets.hub;

import dev.weighbridge.datasets.DataException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes paths of the names that a server gives to files, and refuses names that would lead elsewhere. */
final class HubPaths {
    static final String PART = ".part";
    static final String PART_TAG = ".part.etag";
    private static final int LONGEST_NAME = 1000;
    // File systems take 255 bytes; the ends above need their share.
    private static final int LONGEST_STEP = 240;

    private HubPaths() {}

    /**
     * The path of a file in a folder.
     *
     * @throws DataException when the name is absolute, leads out of the folder, or is none that every file system takes
     */
    static Path inside(Path folder, String name) {
        String problem = problem(name);
        if (problem != null) {
            throw new DataException("the hub names a file '" + shown(name) + "', which is refused: " + problem);
        }
        Path file;
        try {
            file = folder.resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw new DataException(
                    "the hub names a file '" + shown(name) + "', which this machine cannot have: " + e.getReason(), e);
        }
        if (!file.startsWith(folder.normalize())) {
            throw new DataException("the hub names a file '" + shown(name) + "', which leads out of its folder");
        }
        return file;
    }

    private static @Nullable String problem(String name) {
        if (name.length() > LONGEST_NAME) {
            return "it has " + name.length() + " characters, more than " + LONGEST_NAME;
        }
        if (name.startsWith("/")) {
            return "it is absolute";
        }
        if (name.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\')) {
            return "it has a control character or a backslash";
        }
        for (String step : name.split("/", -1)) {
            if (step.isEmpty() || step.equals(".") || step.equals("..")) {
                return "a step of it is '" + step + "'";
            }
            if (step.length() >= 2 && step.charAt(1) == ':' && Character.isLetter(step.charAt(0))) {
                return "it names a drive";
            }
            if (step.getBytes(StandardCharsets.UTF_8).length > LONGEST_STEP) {
                return "a step of it has more than " + LONGEST_STEP + " bytes";
            }
        }
        return name.endsWith(PART) || name.endsWith(PART_TAG) ? "its end is that of unfinished downloads" : null;
    }

    /** A text of a server as it may stand in a message: short, and nothing but printable characters. */
    static String shown(String text) {
        String plain = text.codePoints()
                .limit(200)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return plain.length() < text.length() ? plain + "…" : plain;
    }
}
