package dev.weighbridge.inference.local;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.engines.openai.PlainText;
import dev.weighbridge.engines.openai.ProcessLog;
import dev.weighbridge.inference.server.FailedEngineExit;
import dev.weighbridge.inference.server.StartReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Java process that serves one model. It ends with this one, however that ends, because its standard input is a pipe from
 * here.
 */
final class EngineProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineProcess.class);
    private static final Duration BASE_START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration ARCHIVE_GRACE = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 4;

    private final Process process;
    private final ProcessLog log;
    private final ClassArchive archive;
    private final StartReport.Ready ready;

    /**
     * Starts a process and blocks until it serves.
     *
     * @throws EngineException of the category the process reported, CRASHED when it ended without a report, TIMED_OUT when
     *     it did neither in two minutes and one more for each GiB of weights
     */
    static EngineProcess start(String engineId, EngineSpec spec) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("weighbridge-engine-");
            Path report = folder.resolve("ready.json");
            ProcessLog log = ProcessLog.at(spec.logFile());
            JavaLaunch launch = JavaLaunch.of(engineId, spec, report);
            Process process = launch.builder()
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()))
                    .start();
            Duration timeout = BASE_START_TIMEOUT.plusSeconds(60 * (launch.weightBytes() >> 30));
            return awaitReady(process, report, log, launch.archive(), timeout);
        } catch (IOException e) {
            throw new EngineException(
                    Category.FAILED,
                    "the process of engine " + engineId + " could not be launched: " + e.getMessage(),
                    e);
        } finally {
            deleteFolder(folder);
        }
    }

    private EngineProcess(Process process, ProcessLog log, ClassArchive archive, StartReport.Ready ready) {
        this.process = process;
        this.log = log;
        this.archive = archive;
        this.ready = ready;
    }

    StartReport.Ready ready() {
        return ready;
    }

    /** Waits a moment for the process to end, as it may lose its connections before it is gone. */
    boolean endsWithin(Duration time) {
        try {
            return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    /** The failure to report once the process has ended. */
    EngineException crash() {
        return crashed(process, log, "ended");
    }

    /** Ends the process: its standard input is closed, and where that is not enough in 5 s it is killed. */
    @Override
    public void close() {
        boolean ended = false;
        try {
            process.getOutputStream().close();
            ended = endsWithin(archive.writing() ? GRACE.plus(ARCHIVE_GRACE) : GRACE);
        } catch (IOException e) {
            LOG.debug("standard input of process {} was closed already", process.pid());
        }
        if (!ended) {
            LOG.warn("engine process {} did not end when asked and is killed", process.pid());
            kill(process);
        }
        archive.settle(ended && process.exitValue() == 0);
    }

    private static EngineProcess awaitReady(
            Process process, Path report, ProcessLog log, ClassArchive archive, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean started = false;
        try {
            while (!Files.exists(report)) {
                boolean ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (ended && !Files.exists(report)) {
                    throw crashed(process, log, "ended before it was ready");
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new EngineException(
                            Category.TIMED_OUT,
                            "the engine's process was not ready after " + timeout.toSeconds() + " s. " + log.tail());
                }
            }
            StartReport answer = StartReport.read(report);
            if (answer instanceof StartReport.Failed failed) {
                throw new EngineException(failed.category(), PlainText.bounded(failed.message(), 2000));
            }
            started = true;
            return new EngineProcess(process, log, archive, (StartReport.Ready) answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Category.FAILED, "interrupted while the engine's process started", e);
        } finally {
            if (!started) {
                kill(process);
                archive.settle(false);
            }
        }
    }

    private static EngineException crashed(Process process, ProcessLog log, String how) {
        if (process.isAlive()) {
            return new EngineException(Category.CRASHED, "the engine's process " + how + ". " + log.tail());
        }
        int code = process.exitValue();
        // A failed engine's last line says it all; before it stands a stack trace.
        int lines = FailedEngineExit.ofCode(code).isPresent() ? 1 : ProcessLog.LINES;
        return new EngineException(
                Category.CRASHED, "the engine's process " + how + " with exit code " + code + ". " + log.tail(lines));
    }

    private static void kill(Process process) {
        process.destroyForcibly();
        try {
            process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void deleteFolder(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.debug("temporary folder {} was left behind: {}", folder, e.toString());
        }
    }
}
