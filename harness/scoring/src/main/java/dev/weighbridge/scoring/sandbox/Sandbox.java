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
    private final Map<Language, Ready> ready = new EnumMap<>(Language.class);

    private Sandbox(SandboxLimits limits, List<Confinement> confinements) {
        this.limits = Objects.requireNonNull(limits, "limits");
        this.confinements = List.copyOf(confinements);
    }

    /**
     * Opens a sandbox, after trying that it confines Python programs. Java is tried when its first program
     * comes.
     *
     * @param limits what each run may use
     * @throws SandboxUnavailableException where programs cannot be confined
     */
    public static Sandbox open(SandboxLimits limits) {
        return open(limits, Language.PYTHON);
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
        sandbox.ready(language);
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
        Ready here = ready(program.language());
        long bytes = program.source().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limits.sourceBytes()) {
            String reason = "its source has " + bytes + " bytes, of at most " + limits.sourceBytes();
            return new CodeRun(Outcome.FAILED, reason, OptionalInt.empty(), "", "", 0, OptionalDouble.of(0));
        }
        return Warden.run(here.command(), here.launcher(), program, limits);
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

    /** What runs a language's programs, in the first means that was seen to confine them. */
    private Ready ready(Language language) {
        synchronized (ready) {
            return ready.computeIfAbsent(language, this::probed);
        }
    }

    private Ready probed(Language language) {
        List<String> complaints = new ArrayList<>();
        for (Confinement confinement : confinements) {
            Optional<String> complaint = complaint(confinement, Language.PYTHON);
            if (complaint.isEmpty() && language != Language.PYTHON) {
                complaint = complaint(confinement, language);
            }
            if (complaint.isEmpty()) {
                return ready(confinement, language);
            }
            complaints.add(confinement.name() + ": " + complaint.get());
        }
        throw new SandboxUnavailableException(
                "no means of this machine was seen to confine (" + String.join("; ", complaints) + ")",
                Confinements.REMEDY);
    }

    private Optional<String> complaint(Confinement confinement, Language language) {
        Ready tried = ready(confinement, language);
        return Probe.complaint(
                language, limits, program -> Warden.run(tried.command(), tried.launcher(), program, limits));
    }

    private Ready ready(Confinement confinement, Language language) {
        LanguageRuntime runtime = LanguageRuntime.of(language)
                .orElseThrow(() -> new SandboxUnavailableException(
                        "the runtime of programs in " + language + " is missing",
                        "Install python3 so that it lies in /usr/bin or /usr/local/bin, for it watches over programs"
                                + " of every language; for Java, run this program with a JDK rather than a JRE"));
        return new Ready(runtime, confinement.command(runtime, limits));
    }

    /** A language's runtime, with the command that starts it confined. */
    private record Ready(LanguageRuntime runtime, List<String> command) {
        byte[] launcher() {
            return runtime.launcher();
        }
    }
}
