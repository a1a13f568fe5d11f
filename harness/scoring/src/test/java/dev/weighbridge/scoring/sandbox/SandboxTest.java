package dev.weighbridge.scoring.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.sandbox.CodeRun.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs that do what they must not, and good ones among them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SandboxTest {
    private static final SandboxLimits TIGHT =
            new SandboxLimits(Duration.ofMillis(1500), Duration.ofSeconds(1), 256L << 20, 4L << 20, 256, 12);
    private Sandbox sandbox;
    private Path outside;

    @BeforeAll
    void open() throws IOException {
        try {
            sandbox = Sandbox.open(TIGHT);
        } catch (ScoringException e) {
            assertThat(e).hasMessageContaining("cannot be run in confinement here");
            abort(e.getMessage());
        }
        outside = Files.createTempFile("weighbridge-outside", ".txt");
        Files.writeString(outside, "secret");
    }

    @AfterAll
    void close() throws IOException {
        if (sandbox != null) {
            sandbox.close();
            assertThat(outside).hasContent("secret");
            Files.delete(outside);
        }
    }

    @AfterEach
    void aGoodProgramStillPassesAndNothingIsLeft() {
        assertThat(sandbox.run("def add(a, b):\n    return a + b\n", "assert add(2, 3) == 5"))
                .isEqualTo(new CodeRun(Outcome.PASSED, ""));
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains("i.read(int(i.readline()))"))
                        .toList())
                .isEmpty();
    }

    /** A program, and how it may end. */
    private record Hostile(String name, String program, List<Outcome> ends) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Hostile fails(String name, String program) {
        return new Hostile(name, program, List.of(Outcome.FAILED));
    }

    private static Hostile stopped(String name, String program) {
        return new Hostile(name, program, List.of(Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.FAILED));
    }

    /** What the program tries must be refused to it; it says so by an assertion of its own, so that it passes. */
    private static Hostile refused(String name, String attempt) {
        return new Hostile(name, """
                import os, socket, sys, ctypes, signal
                def attempt():
                %s
                try:
                    attempt()
                except (OSError, AttributeError, ImportError, MemoryError, ValueError, RuntimeError):
                    pass
                else:
                    raise AssertionError("it was let")
                """.formatted(attempt.indent(4)), List.of(Outcome.PASSED));
    }

    static List<Hostile> hostilePrograms() {
        List<Hostile> all = new ArrayList<>();
        all.add(stopped("loops for ever", "while True: pass"));
        all.add(stopped("sleeps for ever", "import time; time.sleep(1e6)"));
        all.add(stopped("forks until it cannot", "import os\nwhile True:\n    os.fork()"));
        all.add(stopped("forks in every child, whatever comes", """
                import os
                while True:
                    try:
                        os.fork()
                    except OSError:
                        pass
                """));
        all.add(fails("starts a thousand threads", """
                import threading, time
                for _ in range(1000):
                    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
                """));
        all.add(new Hostile("takes all memory", "x = bytearray(10 ** 12)", List.of(Outcome.OUT_OF_MEMORY)));
        all.add(stopped("takes memory bit by bit", "x = []\nwhile True: x.append(bytearray(10 ** 6))"));
        all.add(stopped("computes a number without end", "x = 9 ** 9 ** 9"));
        all.add(stopped("writes to its output for ever", "while True: print('x' * 10 ** 6)"));
        all.add(stopped("writes to the first output for ever", """
                import os
                for descriptor in range(3, 60):
                    try:
                        while True: os.write(descriptor, b'x' * 65536)
                    except OSError:
                        pass
                """));
        all.add(refused("writes a large file", "open('/work/big', 'wb').write(b'x' * (100 << 20))"));
        all.add(refused("fills the disk with files", "for i in range(10 ** 5): open('/work/%d' % i, 'w').write('x')"));
        all.add(refused("opens files without end", "x = [open('/dev/null') for _ in range(1000)]"));
        all.add(refused("reaches this machine by network", "socket.create_connection(('127.0.0.1', 22), 1)"));
        all.add(refused("reaches another machine", "socket.create_connection(('192.0.2.1', 80), 1)"));
        all.add(refused("asks for a name", "socket.getaddrinfo('example.org', 80)"));
        all.add(refused(
                "sends a datagram",
                "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))"));
        all.add(refused("reads the passwords", "open('/etc/shadow').read()"));
        all.add(refused("reads a file of the machine", "open('OUTSIDE').read()"));
        // It may think that it did; what it wrote is in a folder of its own, as is checked when all is over.
        all.add(new Hostile(
                "writes over a file of the machine", "open('OUTSIDE', 'w').write('x')", List.of(Outcome.PASSED)));
        all.add(refused("lists the home", "os.listdir('/root')"));
        all.add(refused("climbs out by name", "open('../../../../../../etc/passwd').read()"));
        all.add(refused("climbs out by a link", "os.symlink('/etc/passwd', 'link'); open('link').read()"));
        all.add(refused("makes a hard link to a program", "os.link('/usr/bin/env', '/work/env')"));
        all.add(refused("changes a program", "open('/usr/bin/env', 'ab').write(b'x')"));
        all.add(refused("removes a program", "os.remove('/usr/bin/env')"));
        all.add(refused("reads another's environment", "open('/proc/self/environ').read()"));
        all.add(refused("reads the parent's environment", "open('/proc/%d/environ' % os.getppid()).read()"));
        all.add(refused("kills what is beside it", "[os.kill(i, 9) for i in range(2, 1000)]"));
        all.add(refused("mounts", "if ctypes.CDLL(None).mount(b'none', b'/work', b'tmpfs', 0, None): raise OSError()"));
        all.add(refused("takes the mount off", "if ctypes.CDLL(None).umount2(b'/usr', 2): raise OSError()"));
        all.add(refused("makes a space of its own", "if ctypes.CDLL(None).unshare(0x10000000): raise OSError()"));
        all.add(refused("changes its root", "os.chroot('/work')"));
        all.add(refused("makes a device", "os.mknod('/work/mem', 0o600 | 0o020000, os.makedev(1, 1))"));
        all.add(refused("becomes another user", "os.setuid(1000)"));
        all.add(refused(
                "raises its limits", "import resource; resource.setrlimit(resource.RLIMIT_NPROC, (10000, 10000))"));
        all.add(refused(
                "traces its maker", "if ctypes.CDLL(None).ptrace(16, os.getppid() or 999999, 0, 0): raise OSError()"));
        all.add(refused("reads the memory of the machine", "open('/dev/mem', 'rb').read(1)"));
        all.add(refused("restarts the machine", "if ctypes.CDLL(None).reboot(0x1234567): raise OSError()"));
        all.add(refused("sets the clock", "import time; time.clock_settime(time.CLOCK_REALTIME, 0)"));
        all.add(refused("changes the name of the machine", "socket.sethostname('x')"));
        all.add(fails("leaves with a good status", "import os; os._exit(0)"));
        all.add(fails("leaves by an exception", "import sys; sys.exit(0)"));
        all.add(fails("leaves by an exception of the interpreter", "raise SystemExit"));
        all.add(fails("says that it passed", "print('passed'); import os; os.write(2, b'passed'); os._exit(0)"));
        all.add(fails("is no Python", "def f(:"));
        all.add(fails("has a null byte", "x = 1\0"));
        all.add(fails("nests too deep", "(".repeat(5000)));
        all.add(fails("recurses for ever", "def f(): f()\nf()"));
        all.add(stopped("recurses without the interpreter's limit", """
                import sys
                sys.setrecursionlimit(10 ** 9)
                def f(): f()
                f()
                """));
        all.add(stopped("breaks the interpreter", "import ctypes; ctypes.string_at(0)"));
        all.add(stopped("lets no signal end it", """
                import signal
                for i in range(1, 65):
                    try: signal.signal(i, signal.SIG_IGN)
                    except (OSError, ValueError): pass
                while True: pass
                """));
        all.add(stopped("tries a regular expression for ever", "import re; re.match('(a+)+b', 'a' * 60)"));
        all.add(stopped("raises an error that cannot be told", """
                class E(Exception):
                    def __str__(self): raise E()
                raise E()
                """));
        all.add(new Hostile("leaves a child behind and passes", """
                import os, time
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        time.sleep(600)
                    os._exit(0)
                """, List.of(Outcome.PASSED)));
        return all;
    }

    @ParameterizedTest
    @MethodSource("hostilePrograms")
    void aHostileProgramIsHeld(Hostile hostile) {
        CodeRun run = sandbox.run(hostile.program().replace("OUTSIDE", outside.toString()), "assert True");
        assertThat(run.outcome()).as(run.detail()).isIn(hostile.ends());
        assertThat(run.detail().length()).isLessThan(1000);
    }

    @Test
    void thereAreEnoughOfThem() {
        assertThat(hostilePrograms()).hasSizeGreaterThanOrEqualTo(30);
    }

    @Test
    void aWrongProgramFailsAndSaysHow() {
        assertThat(sandbox.run("def add(a, b):\n    return a - b\n", "assert add(2, 3) == 5, 'sum'"))
                .isEqualTo(new CodeRun(Outcome.FAILED, "AssertionError: sum"));
        assertThat(sandbox.run("def add(a, b):\n    return a + c\n", "add(1, 2)")
                        .detail())
                .isEqualTo("NameError: name 'c' is not defined");
    }

    @Test
    void limitsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new SandboxLimits(Duration.ZERO, Duration.ofSeconds(1), 1 << 28, 1 << 20, 100, 4))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyPublishedSolutionOfHumanEvalPasses() throws IOException {
        Path file = Path.of("..", "..", "..", "shared", "data", "humaneval", "HumanEval.jsonl.gz");
        assumeTrue(
                Files.exists(file),
                "the published problems, " + file.toAbsolutePath().normalize() + ", are absent");
        List<String> failed = new ArrayList<>();
        int problems = 0;
        try (Sandbox usual = Sandbox.open(SandboxLimits.USUAL);
                BufferedReader lines = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode row = new ObjectMapper().readTree(line);
                CodeRun run = usual.run(
                        row.get("prompt").asText()
                                + row.get("canonical_solution").asText(),
                        row.get("test").asText() + "\ncheck("
                                + row.get("entry_point").asText() + ")");
                problems++;
                if (!run.passed()) {
                    failed.add(row.get("task_id").asText() + " " + run);
                }
            }
        }
        assertThat(failed).isEmpty();
        assertThat(problems).isEqualTo(164);
    }
}
