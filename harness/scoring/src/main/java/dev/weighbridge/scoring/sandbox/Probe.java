package dev.weighbridge.scoring.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tries whether a confinement confines: a program that attempts what must not succeed, against a port
 * that does listen and a file that can be read outside.
 */
final class Probe {
    private Probe() {}

    /**
     * Why programs are not confined, or empty where every attempt failed as it must.
     *
     * @param language the language of the probe
     * @param limits what it runs under
     * @param run runs a program in the confinement
     */
    static Optional<String> complaint(Language language, SandboxLimits limits, Function<Program, CodeRun> run) {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path secret = Files.createTempFile(
                    "weighbridge-probe",
                    ".txt",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
            try {
                String template = LanguageRuntime.resource(language == Language.PYTHON ? "probe.py" : "JavaProbe.txt");
                String source = template.replace("@PORT@", Integer.toString(listener.getLocalPort()))
                        .replace("@SECRET@", secret.toAbsolutePath().toString())
                        .replace("@NAMESPACES@", namespaces())
                        .replace("@PROCESSES@", Integer.toString(limits.processes()))
                        .replace("@DISK@", Long.toString(limits.diskBytes()))
                        .replace("@MEMORY@", Long.toString(limits.memoryBytes()));
                String tests = language == Language.PYTHON
                        ? ""
                        : "class Tests { public static void main(String[] none) { new Probe(); } }";
                return judge(run.apply(new Program(language, source, tests)));
            } finally {
                Files.delete(secret);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The probe of the sandbox could not be prepared", e);
        } catch (SandboxException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** This process's namespaces, each as {@code kind:[number]}; those a run must not share. */
    private static String namespaces() throws IOException {
        List<String> namespaces = new ArrayList<>();
        for (String kind : List.of("user", "pid", "net", "mnt", "ipc", "uts")) {
            namespaces.add(
                    Files.readSymbolicLink(Path.of("/proc/self/ns", kind)).toString());
        }
        return String.join(" ", namespaces);
    }

    private static Optional<String> judge(CodeRun probe) {
        if (probe.passed()) {
            return Optional.empty();
        }
        return Optional.of("a probe of the confinement ended as " + probe.outcome() + " (" + probe.reason() + "): "
                + (probe.stdout() + probe.stderr()).strip());
    }
}
