package dev.weighbridge.scoring.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.scoring.ScoringException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs Python programs that nobody has read: in a process of its own without network, without rights, with no file of this
 * machine but the system's programs and libraries, and with limits on time, memory, files and processes. Made of Linux
 * namespaces by util-linux's {@code unshare}, {@code setpriv} and {@code prlimit}. Where these do not confine, it does not open.
 *
 * <p>A program passes when its tests ran to their end: one that ends the process before is told by a word that is then missing.
 * The word is out of the program's way, not out of its reach: one that searches the interpreter's memory for it can fake a pass.
 *
 * <p>Safe for use by several threads at once; no more programs run at a time than there are processors.
 */
public final class Sandbox implements AutoCloseable {
    private static final String PYTHON = "/usr/bin/python3";
    private static final int NOBODY = 65534;
    private static final int MOST_OUTPUT = 64 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFINE = resource("confine.sh");
    private static final String RUNNER = resource("runner.py");

    /** Reads the runner by its length, then the job; both come by standard input, so that no file holds them. */
    private static final String START =
            "import sys; i = sys.stdin.buffer; r = i.read(int(i.readline())); j = i.read();" + " exec(r); run(j)";

    private final SandboxLimits limits;
    private final Path root;
    private final Semaphore processors =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors()));
    private final SecureRandom random = new SecureRandom();

    private Sandbox(SandboxLimits limits, Path root) {
        this.limits = limits;
        this.root = root;
    }

    /**
     * Opens a sandbox after it was seen to hold: a program that reaches for the network, for this machine's files and for
     * more processes must be seen to fail, and a good one to pass.
     *
     * @throws ScoringException when it does not hold here: why, and what to do
     */
    public static Sandbox open(SandboxLimits limits) {
        for (String tool : List.of("unshare", "setpriv", "prlimit", "mount")) {
            if (!onPath(tool)) {
                throw unavailable("there is no '" + tool + "'", "Install util-linux and mount, on Linux.");
            }
        }
        if (!Files.isExecutable(Path.of(PYTHON))) {
            throw unavailable("there is no " + PYTHON, "Install python3.");
        }
        Path root;
        try {
            root = Files.createTempDirectory("weighbridge-sandbox");
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException | UnsupportedOperationException e) {
            throw unavailable("no folder can be made for it: " + e, "Free some space.");
        }
        Sandbox sandbox = new Sandbox(limits, root);
        CodeRun probe = sandbox.run("", PROBE);
        if (!probe.passed()) {
            sandbox.close();
            throw unavailable(
                    "a program was not confined as it must be: " + probe.outcome() + " " + probe.detail(),
                    "Allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1 or"
                            + " kernel.apparmor_restrict_unprivileged_userns=0; in a container: a seccomp profile that lets"
                            + " unshare through).");
        }
        return sandbox;
    }

    private static final String PROBE = """
            import os, socket
            def fails(act):
                try:
                    act()
                except (OSError, PermissionError):
                    return True
                return False
            assert fails(lambda: socket.create_connection(("127.0.0.1", 9), 0.2)), "the network can be reached"
            assert fails(lambda: open("/etc/passwd")), "files of the machine can be read"
            assert fails(lambda: open("/usr/weighbridge-probe", "w")), "files of the machine can be written"
            assert not os.path.exists("/proc/1/environ"), "other processes can be seen"
            assert os.getpid() == 1, "processes have no space of their own"
            assert sorted(os.environ) == sorted(set(os.environ) & {
                "PATH", "HOME", "LANG", "LC_CTYPE", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE"}), "the environment is seen"
            children = []
            try:
                for _ in range(500):
                    child = os.fork()
                    if child == 0:
                        import time
                        time.sleep(5)
                        os._exit(0)
                    children.append(child)
                raise AssertionError("processes are not limited")
            except BlockingIOError:
                pass
            finally:
                for child in children:
                    os.kill(child, 9)
                    os.waitpid(child, 0)
            """;

    private static ScoringException unavailable(String why, String what) {
        return new ScoringException("programs cannot be run in confinement here: " + why + ". " + what);
    }

    private static boolean onPath(String tool) {
        return Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder.isEmpty() ? "." : folder, tool)));
    }

    /**
     * Runs a program, then its tests in the same names.
     *
     * @param program Python source, untrusted
     * @param tests Python source that raises an error when the program is wrong
     */
    public CodeRun run(String program, String tests) {
        processors.acquireUninterruptibly();
        try {
            return confined(program, tests);
        } catch (IOException e) {
            throw new ScoringException("the sandbox cannot start a program: " + e, e);
        } finally {
            processors.release();
        }
    }

    private CodeRun confined(String program, String tests) throws IOException {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String token = HexFormat.of().formatHex(bytes);
        ProcessBuilder builder = new ProcessBuilder(command());
        builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
        builder.redirectErrorStream(true).directory(root.toFile());
        Process process = builder.start();
        LastOutput output = new LastOutput(process.getInputStream(), MOST_OUTPUT);
        output.start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                byte[] runner = RUNNER.getBytes(StandardCharsets.UTF_8);
                in.write((runner.length + "\n").getBytes(StandardCharsets.UTF_8));
                in.write(runner);
                in.write(JSON.writeValueAsBytes(Map.of("token", token, "program", program, "tests", tests)));
            } catch (IOException e) {
                // It ended before it had read all; how, its output tells.
            }
            boolean ended = process.waitFor(limits.wall().toMillis(), TimeUnit.MILLISECONDS);
            return ended
                    ? judged(process.exitValue(), output.text(), token)
                    : new CodeRun(
                            CodeRun.Outcome.TIMED_OUT,
                            "it ran for " + limits.wall().toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ScoringException("interrupted while a program ran", e);
        } finally {
            // The first process of the space goes with the one that made it, and all others with the first.
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            // Limits on processes bind everybody but root.
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.addAll(List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "--net",
                "--ipc",
                "--uts",
                "--pid",
                "--fork",
                "--kill-child",
                "sh",
                "-c",
                CONFINE,
                "sh"));
        command.addAll(List.of(
                root.toString(),
                Long.toString(limits.diskBytes()),
                Integer.toString(limits.files()),
                Integer.toString(limits.processes()),
                Long.toString(limits.memoryBytes()),
                Long.toString(limits.cpu().toSeconds())));
        command.addAll(List.of(PYTHON, "-I", "-S", "-c", START));
        return command;
    }

    private static CodeRun judged(int exit, String output, String token) {
        int at = output.lastIndexOf(token);
        if (at < 0) {
            boolean cpu = exit == 128 + 24 || exit == 128 + 9;
            return new CodeRun(
                    cpu ? CodeRun.Outcome.TIMED_OUT : CodeRun.Outcome.FAILED,
                    cpu
                            ? "it used up its CPU time or was killed"
                            : "it ended before its tests did, status " + exit
                                    + (output.isBlank() ? "" : ": " + tail(output)));
        }
        String told = output.substring(at + token.length()).strip();
        String state = told.split(" ", 2)[0];
        String detail = told.substring(state.length()).strip();
        return switch (state) {
            case "passed" -> new CodeRun(CodeRun.Outcome.PASSED, "");
            case "memory" -> new CodeRun(CodeRun.Outcome.OUT_OF_MEMORY, "it had no memory left");
            default -> new CodeRun(CodeRun.Outcome.FAILED, detail);
        };
    }

    private static String tail(String output) {
        String line = output.strip().replace('\n', ' ');
        return line.substring(Math.max(0, line.length() - 300));
    }

    private static String resource(String name) {
        try (InputStream in = Sandbox.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing. Build again.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the resource " + name + " cannot be read: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(root);
        } catch (IOException e) {
            // An empty folder among the temporary ones harms nobody.
        }
    }
}
