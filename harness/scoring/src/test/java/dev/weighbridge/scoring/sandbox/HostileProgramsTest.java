package dev.weighbridge.scoring.sandbox;

import static dev.weighbridge.scoring.sandbox.Outcome.PASSED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hostile programs, in every means of confinement of this machine: each is held, and nothing remains of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileProgramsTest {
    private static final SandboxLimits LIMITS = new SandboxLimits(
            Duration.ofSeconds(2), Duration.ofSeconds(1), 128L << 20, 4L << 20, 8L << 20, 200, 8, 16 << 10, 1 << 20);

    private static final String LEFT_BEHIND = "31415926535";

    /** {@code denied(f)} fails unless {@code f} is refused by the system. */
    private static final String PREAMBLE = """
            import os, sys, time, socket, signal, ctypes, subprocess, threading, errno
            libc = ctypes.CDLL(None, use_errno=True)
            def denied(attempt):
                try:
                    result = attempt()
                except OSError:
                    return
                raise AssertionError("it succeeded: %r" % (result,))
            def call(*arguments):
                ctypes.set_errno(0)
                result = libc.syscall(*arguments)
                if result < 0:
                    raise OSError(ctypes.get_errno(), "syscall")
                return result
            def tested():
                return 'tested'
            """;

    private final List<Sandbox> sandboxes = new ArrayList<>();
    private ServerSocket listener;
    private Path secret;

    private record Hostile(String name, String source, Set<Outcome> outcomes) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    void open() throws IOException {
        try {
            for (Confinement confinement : Confinements.ofThisMachine()) {
                try {
                    sandboxes.add(Sandbox.open(LIMITS, Language.PYTHON, List.of(confinement)));
                } catch (SandboxUnavailableException e) {
                    System.err.println(confinement.name() + " is not tested here: " + e.getMessage());
                }
            }
        } catch (SandboxUnavailableException e) {
            Assumptions.abort("Hostile programs are not tested here: " + e.getMessage());
        }
        Assumptions.assumeFalse(sandboxes.isEmpty(), "Hostile programs are not tested here: no means confines");
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        secret = Files.createTempFile("weighbridge-secret", ".txt");
        Files.writeString(secret, "a secret");
    }

    @AfterAll
    void close() throws IOException {
        if (listener != null) {
            listener.close();
            Files.delete(secret);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void isHeldByEveryMeansAndNothingRemainsOfIt(Hostile hostile) throws IOException {
        String source = PREAMBLE
                + hostile.source()
                        .replace("@PORT@", Integer.toString(listener.getLocalPort()))
                        .replace("@NULL@", "\0")
                        .replace("@SECRET@", secret.toString())
                        .replace(
                                "@HARNESS@",
                                Long.toString(ProcessHandle.current().pid()));

        List<CodeRun> runs = runInEach(new Program(Language.PYTHON, source, "assert tested() == 'tested'\n"));

        assertThat(runs).allSatisfy(run -> {
            assertThat(hostile.outcomes()).contains(run.outcome());
            assertThat(run.stdout().length()).isLessThanOrEqualTo(LIMITS.outputBytes());
            assertThat(run.stderr().length()).isLessThanOrEqualTo(LIMITS.outputBytes());
            assertThat(run.wallSeconds()).isLessThan(6);
        });
        assertThat(left()).as("processes left behind").isEmpty();
        assertThat(Files.readString(secret)).isEqualTo("a secret");
        Program good = new Program(Language.PYTHON, "def double(x):\n    return 2 * x\n", "assert double(21) == 42\n");
        assertThat(runInEach(good)).allSatisfy(run -> assertThat(run.outcome()).isEqualTo(PASSED));
    }

    /** Runs a program in every means of confinement, at the same time. */
    private List<CodeRun> runInEach(Program program) {
        List<CompletableFuture<CodeRun>> runs = sandboxes.stream()
                .map(sandbox -> CompletableFuture.supplyAsync(() -> sandbox.run(program)))
                .toList();
        return runs.stream().map(CompletableFuture::join).toList();
    }

    /** The sections of the resource; a line of one mark begins a comment, of four a heading. */
    private static List<Hostile> all() throws IOException {
        String text;
        try (InputStream stream = HostileProgramsTest.class.getResourceAsStream("hostile-programs.txt")) {
            text = new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Hostile> programs = new ArrayList<>();
        String[] sections = text.split("(?m)^## ", -1);
        for (String section : List.of(sections).subList(1, sections.length)) {
            int end = section.indexOf('\n');
            List<String> title = List.of(section.substring(0, end).split(": ", 2));
            Set<Outcome> outcomes =
                    Stream.of(title.get(0).split(" ")).map(Outcome::valueOf).collect(Collectors.toSet());
            programs.add(new Hostile(title.get(1), section.substring(end + 1), outcomes));
        }
        return programs;
    }

    /** Command lines of processes that carry this harness's mark, or that of a program of this class. */
    private static List<String> left() throws IOException {
        List<String> left = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                if (process.getFileName().toString().matches("[0-9]+")) {
                    String command = commandLine(process);
                    if (command.contains(LanguageRuntime.owner()) || command.contains(LEFT_BEHIND)) {
                        left.add(command);
                    }
                }
            }
        }
        return left;
    }

    private static String commandLine(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
