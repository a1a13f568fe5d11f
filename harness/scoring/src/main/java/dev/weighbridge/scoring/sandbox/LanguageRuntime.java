package dev.weighbridge.scoring.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A language's runtime: how its warden is started, and what it reads of the machine beyond {@code /usr}.
 *
 * @param command the warden's command inside the sandbox
 * @param environment the whole environment it starts with
 * @param folders folders outside {@code /usr} that are shown to it, read-only
 * @param extraProcesses threads the runtime itself needs
 */
record LanguageRuntime(List<String> command, Map<String, String> environment, List<Path> folders, int extraProcesses) {

    LanguageRuntime {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        folders = List.copyOf(folders);
    }

    /**
     * The runtime of Python programs.
     *
     * @param interpreter a {@code python3} under {@code /usr}
     */
    static LanguageRuntime python(Path interpreter) {
        // Equal hashes in every run, so that orders of sets do not change from run to run.
        return new LanguageRuntime(
                List.of(interpreter.toString(), "-s", "-B", "-X", "utf8", "-c", resource("warden.py"), owner()),
                Map.of("PYTHONHASHSEED", "0"),
                List.of(),
                0);
    }

    /** The {@code python3} of the system, if there is one. */
    static Optional<Path> pythonInterpreter() {
        return Stream.of("/usr/bin/python3", "/usr/local/bin/python3")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * The runtime of a language on this machine, if it has one.
     *
     * @param language the language
     * @param limits what its programs may use
     */
    static Optional<LanguageRuntime> of(Language language, SandboxLimits limits) {
        return language == Language.PYTHON ? pythonInterpreter().map(LanguageRuntime::python) : Optional.empty();
    }

    /** An argument nothing reads: who looks through the machine's processes sees whose this one is. */
    static String owner() {
        return "weighbridge-" + ProcessHandle.current().pid();
    }

    static String resource(String name) {
        try (InputStream stream = LanguageRuntime.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("The resource " + name + " is missing from the program; build it anew");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
