package dev.weighbridge.core.run;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.core.study.StudyFile;
import dev.weighbridge.core.telemetry.QuietSpell;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Carries out studies: checks everything first, then measures what {@link TrialSource} names, trial by trial, and keeps every
 * finished one. What a kill interrupts is measured again by {@link #resume}; what was finished is not.
 */
public final class StudyRunner {
    /** An interrupt from the terminal reaches the engine's process and this one in any order. */
    private static final Duration GRACE_FOR_INTERRUPT = Duration.ofMillis(300);

    /** Waiting for other processes to finish, before one attempt and in all. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String RESUME = "resume.json";

    private final Map<String, EngineProvider> providers;
    private final LoadGenerator generator;
    private final Path cacheDirectory;
    private final RunListener listener;
    private final @Nullable String gitCommit;

    /**
     * A runner.
     *
     * @param providers of engines, by id
     * @param generator of load
     * @param cacheDirectory for compiled artifacts
     * @param gitCommit of the working tree, for the record, or {@code null}
     */
    public StudyRunner(
            Map<String, EngineProvider> providers,
            LoadGenerator generator,
            Path cacheDirectory,
            @Nullable String gitCommit,
            RunListener listener) {
        this.providers = new TreeMap<>(providers);
        this.generator = generator;
        this.cacheDirectory = cacheDirectory;
        this.gitCommit = gitCommit;
        this.listener = listener;
    }

    /**
     * What a resumed run must find again.
     *
     * @param studyFolder that paths of the study are relative to
     */
    record ResumePoint(String studyFolder) {}

    /**
     * One session of measuring.
     *
     * @param at ISO-8601 instant
     * @param changes of machine or software since the run began
     */
    record Session(String at, List<String> changes) {}

    /**
     * Runs a study from its beginning.
     *
     * @throws ConfigException when the study cannot be carried out as it is written
     * @throws EngineException before anything is measured, when an engine is missing or a checkpoint is bad
     */
    public RunDirectory run(Study study, Path results, String runId) throws InterruptedException {
        Plan plan = Plan.of(study, providers);
        Provenance provenance = Provenance.of(study, providers, generator.description(), gitCommit);
        openEveryModelOnce(plan);
        RunDirectory run = RunDirectory.create(results, provenance.manifest(plan, runId));
        try {
            Files.writeString(
                    run.path().resolve(RESUME),
                    Json.pretty(new ResumePoint(study.folder().toString())));
        } catch (IOException e) {
            throw new InvalidResultException("cannot write " + run.path().resolve(RESUME) + ": " + e, e);
        }
        measure(plan, run, provenance, List.of(), false);
        return run;
    }

    /**
     * Measures what an interrupted run left open. A change of machine or software since is put on record and told.
     *
     * @param retryFailed whether trials that failed, or were disturbed too often, are tried once more
     * @throws ConfigException when the models or the data are not those of the run any more
     */
    public RunDirectory resume(Path path, boolean retryFailed) throws InterruptedException {
        RunDirectory run = RunDirectory.open(path);
        Manifest manifest = run.manifest();
        Path folder = Path.of(Json.read(path.resolve(RESUME), ResumePoint.class).studyFolder());
        Study study = StudyFile.parse(manifest.studyText(), manifest.study() + " (kept in the run)", folder);
        Plan plan = Plan.of(study, providers);
        Provenance provenance = Provenance.of(study, providers, generator.description(), gitCommit);
        List<String> changes = provenance.changesSince(manifest, study);
        changes.forEach(change -> listener.preparing("changed since the run began: " + change));
        measure(plan, run, provenance, changes, retryFailed);
        return run;
    }

    private void measure(Plan plan, RunDirectory run, Provenance provenance, List<String> changes, boolean retryFailed)
            throws InterruptedException {
        Closeable lock = run.lock();
        try (EngineSeat seat = new EngineSeat(providers, plan.study(), cacheDirectory, listener);
                Tokenizers tokenizers = new Tokenizers()) {
            List<Trial> finished = new ArrayList<>(run.trials());
            Set<String> again = retryFailed ? TrialSource.withoutResult(finished) : Set.of();
            listener.planned(plan.expectedTrials(), finished.size());
            Optional<PlannedTrial> next = TrialSource.next(plan, finished, again);
            if (next.isEmpty()) {
                return;
            }
            run.session(new Session(Instant.now().toString(), changes));
            listener.preparing("measuring the load generator's own ceiling");
            Ceiling ceiling = ClientCalibration.of(generator, plan.study().threads(), cacheDirectory);
            TrialRunner runner = new TrialRunner(plan, run, provenance.tasks(), generator, ceiling, tokenizers);
            QuietSpell quiet = QuietSpell.of(PATIENCE);
            while (next.isPresent()) {
                requireNotInterrupted();
                if (afterDisturbance(next.get(), finished)) {
                    quiet.await(LONGEST_WAIT);
                }
                listener.trialStarted(next.get());
                Trial trial = measure(next.get(), run, runner, seat);
                finished.add(trial);
                listener.trialFinished(trial);
                next = TrialSource.next(plan, finished, again);
            }
        } catch (InvalidResultException e) {
            if (e.interrupted()) {
                // The channel of a file that is written closes when its thread is interrupted: no fault of the disk.
                throw interrupted(e);
            }
            throw e;
        } finally {
            release(lock, run);
        }
    }

    private static boolean afterDisturbance(PlannedTrial next, List<Trial> finished) {
        Trial last = finished.isEmpty() ? null : finished.get(finished.size() - 1);
        return next.attempt() > 1 && last != null && last.status() == Trial.Status.DISTURBED;
    }

    private static void release(Closeable lock, RunDirectory run) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new InvalidResultException("cannot release the lock of " + run.path() + ": " + e, e);
        }
    }

    private static Trial measure(PlannedTrial planned, RunDirectory run, TrialRunner runner, EngineSeat seat)
            throws InterruptedException {
        Instant started = Instant.now();
        long startNanos = System.nanoTime();
        try (TrialFolder folder = run.begin(planned.id())) {
            TrialOutcome outcome = outcome(planned, run, runner, seat, folder);
            // What an interrupt cut short is no finding about the variant: the trial stays open.
            requireNotInterrupted();
            return folder.commit(new Trial(
                    Trial.SCHEMA_VERSION,
                    planned.id(),
                    planned.variant().variant(),
                    planned.workload(),
                    planned.repeat(),
                    planned.step(),
                    planned.attempt(),
                    outcome.status(),
                    outcome.reasons(),
                    outcome.flags(),
                    outcome.measurements(),
                    outcome.circumstances(),
                    seat.facts(),
                    started.toString(),
                    (System.nanoTime() - startNanos) / 1e9));
        }
    }

    private static TrialOutcome outcome(
            PlannedTrial planned, RunDirectory run, TrialRunner runner, EngineSeat seat, TrialFolder folder)
            throws InterruptedException {
        Reason skip = planned.skip();
        if (skip != null) {
            return TrialOutcome.skipped(skip);
        }
        Path log =
                run.path().resolve("logs").resolve(planned.variant().variant().id() + ".log");
        try {
            return runner.run(planned, seat.open(planned, log), folder);
        } catch (EngineException e) {
            return failed(seat, e.category() + ": " + e.getMessage());
        } catch (IllegalStateException e) {
            return failed(seat, String.valueOf(e.getMessage()));
        }
    }

    /** The process may be gone or in any state: the next trial gets a fresh one. */
    private static TrialOutcome failed(EngineSeat seat, String message) throws InterruptedException {
        Thread.sleep(GRACE_FOR_INTERRUPT.toMillis());
        seat.close();
        return TrialOutcome.failed(message);
    }

    private static InterruptedException interrupted(InvalidResultException cause) {
        InterruptedException interrupt = new InterruptedException("the run was interrupted while it wrote");
        interrupt.initCause(cause);
        // Told by the exception from here on.
        Thread.interrupted();
        return interrupt;
    }

    private static void requireNotInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the run was interrupted");
        }
    }

    /** A checkpoint that cannot be opened must be told before anything is measured, not after an hour. */
    private void openEveryModelOnce(Plan plan) {
        try (EngineSeat seat = new EngineSeat(providers, plan.study(), cacheDirectory, listener)) {
            for (PlannedVariant variant : plan.variants()) {
                if (variant.isBaseline() && variant.refusal().isEmpty()) {
                    Path log = Files.createTempFile("weighbridge-preflight", ".log");
                    seat.open(variant, log).close();
                    Files.deleteIfExists(log);
                }
            }
        } catch (IOException e) {
            throw new InvalidResultException("no temporary file can be made: " + e, e);
        }
    }
}
