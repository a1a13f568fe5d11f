package dev.weighbridge.cli;

import dev.weighbridge.analysis.RunView;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.core.run.PlannedTrial;
import dev.weighbridge.core.run.RunListener;
import dev.weighbridge.core.run.StudyRunner;
import dev.weighbridge.reports.ConsoleReport;
import dev.weighbridge.reports.ReportWriter;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import dev.weighbridge.site.SitePublisher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Measures a study on this terminal: progress while it runs, then table, decision, report and site. */
final class StudySession implements RunListener {
    private static final long PATIENCE_AFTER_INTERRUPT_SECONDS = 20;

    private final Terminal terminal;
    private @Nullable Progress progress;

    StudySession(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What is measured; runs on the calling thread. */
    @FunctionalInterface
    interface Measuring {
        RunDirectory measure(StudyRunner runner) throws InterruptedException;
    }

    /**
     * Measures, then tells.
     *
     * @param site folder for the leaderboard, or {@code null} for the run's own
     * @return exit code
     */
    int run(Measuring measuring, @Nullable Path site) {
        long start = System.nanoTime();
        CountDownLatch ended = new CountDownLatch(1);
        Thread measurer = Thread.currentThread();
        Thread onInterrupt = new Thread(() -> interrupt(measurer, ended), "weighbridge-interrupt");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            RunDirectory run = measuring.measure(runner());
            endProgress();
            return tell(run, RunSite.of(site, run.path()), terminal, (System.nanoTime() - start) / 1e9);
        } catch (InterruptedException e) {
            return interrupted();
        } catch (RuntimeException e) {
            // Whatever fails on an interrupted thread, a file that closes or an engine that starts, fails of that.
            boolean closed = e instanceof InvalidResultException result && result.interrupted();
            if (Thread.interrupted() || closed) {
                return interrupted();
            }
            throw e;
        } finally {
            ended.countDown();
        }
    }

    private int interrupted() {
        endProgress();
        terminal.note("interrupted; 'weighbridge resume' goes on where this ended");
        return ExitCode.TRIAL_FAILED;
    }

    /** Prints the table and the decision of a run, and writes decision, report and site. */
    static int tell(RunDirectory run, Path site, Terminal terminal, double seconds) {
        RunView view = RunView.of(run);
        run.writeDecision(view.decision());
        Path report = ReportWriter.write(run);
        Path page = SitePublisher.publish(List.of(run.path()), site);
        terminal.line(ConsoleReport.render(view, terminal.columns()));
        terminal.line("report  " + report);
        terminal.line("site    " + page);
        terminal.line("run     " + run.path() + (seconds > 0 ? "  (" + Terminal.seconds(seconds) + ")" : ""));
        return exitCode(view);
    }

    /** A decision that is open, or that names nobody, is told by its code before a trial that failed is. */
    static int exitCode(RunView view) {
        return switch (view.decision().outcome()) {
            case INCONCLUSIVE, NONE_QUALIFIES -> ExitCode.INCONCLUSIVE;
            case DECIDED, TIED ->
                view.rows().stream().anyMatch(row -> row.status() == Trial.Status.FAILED)
                        ? ExitCode.TRIAL_FAILED
                        : ExitCode.GOOD;
        };
    }

    @Override
    public void planned(int trials, int alreadyMeasured) {
        terminal.note(
                trials + " trials" + (alreadyMeasured > 0 ? ", " + alreadyMeasured + " of them measured before" : ""));
        progress = new Progress(terminal, trials, alreadyMeasured);
    }

    @Override
    public void preparing(String what) {
        if (progress != null) {
            progress.working(what);
        } else {
            terminal.note(what);
        }
    }

    @Override
    public void trialStarted(PlannedTrial trial) {
        if (progress != null) {
            progress.working(
                    trial.variant().variant().id() + "  " + trial.workload().name());
        }
    }

    @Override
    public void trialFinished(Trial trial) {
        if (progress != null) {
            boolean expected = trial.status() == Trial.Status.COMPLETED || probed(trial);
            progress.finished(line(trial), !expected);
        }
    }

    /** What came of a trial; of a probe of the capacity search the rate that was offered, and how the server took it. */
    private static String line(Trial trial) {
        String head = trial.variant().id() + "  " + trial.workload().name();
        if (probed(trial)) {
            String taken = trial.status() == Trial.Status.SATURATED
                    ? "fell behind"
                    : trial.measurement("goodput")
                            .map(goodput -> String.format(Locale.ROOT, "%.1f %% good", 100 * goodput.value()))
                            .orElse("held");
            Double rate = trial.workload().offeredRate();
            String digits = rate != null && rate < 10 ? "%s %.2f/s: %s" : "%s %.0f/s: %s";
            return String.format(Locale.ROOT, digits, head, rate, taken);
        }
        return trial.status() == Trial.Status.COMPLETED
                ? head
                : head + "  " + trial.status() + ": " + ReasonText.of(trial.reasons());
    }

    /** Whether it is a probe that tells something: that a server falls behind is what the search looks for. */
    private static boolean probed(Trial trial) {
        return trial.workload().kind() == Workload.Kind.CAPACITY
                && trial.workload().offeredRate() != null
                && trial.status().counts();
    }

    private StudyRunner runner() {
        Map<String, EngineProvider> providers =
                Engines.all().stream().collect(Collectors.toMap(EngineProvider::id, Function.identity()));
        LoadGenerator generator = ServiceLoader.load(LoadGenerator.class)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("no load generator is on the class path; rebuild the project"));
        return new StudyRunner(providers, generator, Caches.artifacts(), gitCommit(), this);
    }

    private void endProgress() {
        if (progress != null) {
            progress.end();
        }
    }

    /** Ctrl-C: lets the runner end its engine process and leave a run that can be resumed. */
    private static void interrupt(Thread measurer, CountDownLatch ended) {
        if (ended.getCount() == 0) {
            return;
        }
        measurer.interrupt();
        try {
            if (!ended.await(PATIENCE_AFTER_INTERRUPT_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(ExitCode.TRIAL_FAILED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The commit of the checkout this was started from, or {@code null} when it is none. */
    private static @Nullable String gitCommit() {
        String home = System.getenv("WEIGHBRIDGE_HOME");
        if (home == null) {
            return null;
        }
        try {
            Process git = new ProcessBuilder("git", "-C", home, "rev-parse", "HEAD")
                    .redirectErrorStream(true)
                    .start();
            String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 && answer.matches("[0-9a-f]{40,64}") ? answer : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
