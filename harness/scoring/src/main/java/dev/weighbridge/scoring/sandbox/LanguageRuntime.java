package dev.weighbridge.scoring.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A language's runtime: how its warden is started, and what it reads of the machine beyond {@code /usr}. The
 * warden is a Python program for every language.
 *
 * @param language the language
 * @param command the warden's command inside the sandbox
 * @param shown folders and files outside {@code /usr} that are shown to it, read-only
 */
record LanguageRuntime(Language language, List<String> command, List<Path> shown) {
    // Equal hashes in every run, so that orders of sets do not change from run to run.
    static final Map<String, String> ENVIRONMENT = Map.of("PYTHONHASHSEED", "0");

    // Where the loader finds libraries outside its own folders, as those of a python3 in /usr/local.
    private static final Path LIBRARIES = Path.of("/etc/ld.so.cache");

    LanguageRuntime {
        command = List.copyOf(command);
        shown = List.copyOf(shown);
    }

    /**
     * The runtime of a language on this machine, if it has one.
     *
     * @param language the language
     */
    static Optional<LanguageRuntime> of(Language language) {
        return pythonInterpreter().flatMap(python -> {
            List<String> warden =
                    List.of(python.toString(), "-s", "-B", "-X", "utf8", "-c", resource("warden.py"), owner());
            return language == Language.PYTHON
                    ? Optional.of(new LanguageRuntime(language, warden, libraries()))
                    : java(warden, Path.of(System.getProperty("java.home")));
        });
    }

    private static Optional<LanguageRuntime> java(List<String> warden, Path home) {
        Path java = home.resolve("bin/java");
        if (!Files.isExecutable(java) || !Files.isExecutable(home.resolve("bin/javac"))) {
            return Optional.empty();
        }
        List<String> command = new ArrayList<>(warden);
        command.add(java.toString());
        List<Path> shown = new ArrayList<>(libraries());
        if (!home.startsWith("/usr")) {
            shown.add(home);
        }
        // Distributions keep a JDK's configuration elsewhere and link to it.
        try (Stream<Path> files = Files.walk(home)) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                if (!Files.exists(link)) {
                    continue;
                }
                Path target = link.toRealPath();
                if (!target.startsWith("/usr") && !target.startsWith(home) && Files.isRegularFile(target)) {
                    shown.add(target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Optional.of(new LanguageRuntime(Language.JAVA, command, shown));
    }

    private static List<Path> libraries() {
        return Files.isRegularFile(LIBRARIES) ? List.of(LIBRARIES) : List.of();
    }

    /** The class file that runs programs of the language inside the sandbox; empty for Python. */
    byte[] launcher() {
        return language == Language.JAVA ? bytes("JavaProgramMain.class") : new byte[0];
    }

    /** The {@code python3} of the system, if there is one. */
    static Optional<Path> pythonInterpreter() {
        return Stream.of("/usr/bin/python3", "/usr/local/bin/python3")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** An argument nothing reads: who looks through the machine's processes sees whose this one is. */
    static String owner() {
        return "weighbridge-" + ProcessHandle.current().pid();
    }

    static String resource(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String name) {
        try (InputStream stream = LanguageRuntime.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("The resource " + name + " is missing from the program; build it anew");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
