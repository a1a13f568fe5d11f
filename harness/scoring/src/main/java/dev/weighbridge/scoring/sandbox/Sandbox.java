package dev.weighbridge.scoring.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs untrusted programs confined, on Linux, by bubblewrap or by the namespaces of util-linux. Safe for
 * use by several threads at once.
 *
 * <p>What it does not prove: program and tests share one interpreter, as in the reference harnesses of
 * HumanEval and MBPP. A program that ends early does not pass, for the proof of completion is sent to
 * the interpreter only once the program's source has run, and must come back after the tests. A program
 * written to deceive its tests, by answers equal to everything or by rewriting the interpreter, can pass
 * them; it remains confined.
 */
public final class Sandbox {
    private final SandboxLimits limits;
    private final List<Confinement> confinements;
    private final Map<Language, List<String>> commands = new EnumMap<>(Language.class);

    private Sandbox(SandboxLimits limits, List<Confinement> confinements) {
        this.limits = Objects.requireNonNull(limits, "limits");
        this.confinements = List.copyOf(confinements);
    }

    /**
     * Opens a sandbox, after trying that it confines Python programs, or Java programs where there is no
     * {@code python3}. The other language is tried when its first program comes.
     *
     * @param limits what each run may use
     * @throws SandboxUnavailableException where programs cannot be confined
     */
    public static Sandbox open(SandboxLimits limits) {
        return open(limits, LanguageRuntime.pythonInterpreter().isPresent() ? Language.PYTHON : Language.JAVA);
    }

    /**
     * Opens a sandbox, after trying that it confines programs of one language. The other is tried when its
     * first program comes.
     *
     * @param limits what each run may use
     * @param language the language tried at once
     * @throws SandboxUnavailableException where its programs cannot be confined
     */
    public static Sandbox open(SandboxLimits limits, Language language) {
        return open(limits, language, Confinements.ofThisMachine());
    }

    static Sandbox open(SandboxLimits limits, Language language, List<Confinement> confinements) {
        Sandbox sandbox = new Sandbox(limits, confinements);
        sandbox.command(language);
        return sandbox;
    }

    /** What each run may use. */
    public SandboxLimits limits() {
        return limits;
    }

    /**
     * Runs a program and its tests, and waits for the end of every process it started.
     *
     * @param program the program
     * @throws SandboxUnavailableException where programs of its language cannot be confined
     * @throws SandboxException when the sandbox itself fails, or the thread is interrupted
     */
    public CodeRun run(Program program) {
        List<String> command = command(program.language());
        long bytes = program.source().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limits.sourceBytes()) {
            String reason = "its source has " + bytes + " bytes, of at most " + limits.sourceBytes();
            return new CodeRun(Outcome.FAILED, reason, OptionalInt.empty(), "", "", 0, OptionalDouble.of(0));
        }
        return Warden.run(command, program, limits);
    }

    /**
     * Runs programs, several at once.
     *
     * @param programs the programs
     * @param parallelism how many run at once, at least 1; more than the machine's cores makes programs time
     *     out that would pass alone
     * @return their runs, in the order of the programs
     * @throws SandboxUnavailableException where programs of a language cannot be confined
     * @throws SandboxException when the sandbox itself fails, or the thread is interrupted; the other
     *     programs are ended
     */
    public List<CodeRun> runAll(List<Program> programs, int parallelism) {
        if (parallelism < 1) {
            throw new IllegalArgumentException("Programs run at once must be at least 1, not " + parallelism);
        }
        ExecutorService pool = Executors.newFixedThreadPool(parallelism);
        try {
            List<Future<CodeRun>> pending = new ArrayList<>();
            for (Program program : programs) {
                pending.add(pool.submit(() -> run(program)));
            }
            List<CodeRun> runs = new ArrayList<>();
            for (Future<CodeRun> run : pending) {
                runs.add(run.get());
            }
            return runs;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SandboxUnavailableException unavailable) {
                throw unavailable;
            }
            throw new SandboxException("A run among several failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("Interrupted while untrusted programs ran; they were ended", e);
        } finally {
            pool.shutdownNow();
        }
    }

    /** The command of a language's warden, in the first means that was seen to confine it. */
    private List<String> command(Language language) {
        synchronized (commands) {
            return commands.computeIfAbsent(language, this::probed);
        }
    }

    private List<String> probed(Language language) {
        LanguageRuntime runtime = LanguageRuntime.of(language, limits)
                .orElseThrow(() -> new SandboxUnavailableException(
                        "there is no runtime for programs in " + language,
                        language == Language.PYTHON
                                ? "Install python3 so that it lies in /usr/bin or /usr/local/bin"
                                : "Run this program with a JDK, which has a compiler, rather than a JRE"));
        List<String> complaints = new ArrayList<>();
        for (Confinement confinement : confinements) {
            List<String> command = confinement.command(runtime, limits);
            Optional<String> complaint =
                    Probe.complaint(language, limits, program -> Warden.run(command, program, limits));
            if (complaint.isEmpty()) {
                return command;
            }
            complaints.add(confinement.name() + ": " + complaint.get());
        }
        throw new SandboxUnavailableException(
                "no means of this machine was seen to confine (" + String.join("; ", complaints) + ")",
                Confinements.REMEDY);
    }
}
