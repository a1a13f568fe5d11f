package dev.weighbridge.scoring.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What this machine has: its programs, the user we are, the shape of its root folder. */
final class Machine {
    // Programs are taken from where the system keeps them, never from a PATH somebody set.
    private static final List<String> PROGRAM_FOLDERS =
            List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin");

    // An id of systemd's range for users that exist only while they run; such a user owns no file.
    private static final int NOBODY = 64_999;

    private Machine() {}

    /**
     * The path of an installed program.
     *
     * @param name its file name
     */
    static Optional<Path> program(String name) {
        return PROGRAM_FOLDERS.stream()
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static boolean isLinux() {
        return System.getProperty("os.name", "").equals("Linux");
    }

    static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // Where we cannot tell, the probe of the process limit decides: it does not hold for root.
            return false;
        }
    }

    /**
     * The start of a command that gives up root first: limits on processes do not hold for root, and root
     * could read every file that is shown. Empty for other users, and for a root that can become nobody
     * else because its user namespace has no other user; no command where setpriv is missing.
     */
    static Optional<List<String>> unprivileged() {
        if (!isRoot() || !isMapped(NOBODY)) {
            return Optional.of(List.of());
        }
        String nobody = Integer.toString(NOBODY);
        return program("setpriv")
                .map(setpriv -> List.of(
                        setpriv.toString(), "--reuid", nobody, "--regid", nobody, "--clear-groups", "--inh-caps=-all"));
    }

    /** Whether our user namespace has a user of an id; its map has lines of first id, id outside, count. */
    private static boolean isMapped(int id) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/uid_map"))) {
            return lines.map(line -> line.strip().split(" +"))
                    .anyMatch(range ->
                            id >= Long.parseLong(range[0]) && id < Long.parseLong(range[0]) + Long.parseLong(range[2]));
        } catch (IOException e) {
            return true;
        }
    }

    /** The top folders programs live in besides {@code /usr}: links into it, or folders of their own. */
    static List<Path> systemFolders() {
        try (Stream<Path> names = Stream.of("/lib", "/lib64", "/lib32", "/libx32", "/bin", "/sbin")
                .map(Path::of)) {
            List<Path> present = new ArrayList<>();
            names.filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS)).forEach(present::add);
            return present;
        }
    }
}
