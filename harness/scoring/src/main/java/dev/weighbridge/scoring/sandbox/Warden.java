package dev.weighbridge.scoring.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts a warden, gives it one program and waits for its report; ends it with all it started. */
final class Warden {
    // Time for the sandbox to be set up and taken down, beyond what the warden itself allows the program.
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final int MOST_COMPLAINT_BYTES = 4096;

    private Warden() {}

    /**
     * Runs one program.
     *
     * @param command the confined command
     * @param launcher the class file that runs the program inside, or nothing
     * @param program the program
     * @param limits what it may use
     * @throws SandboxException when the sandbox fails, or the thread is interrupted
     */
    static CodeRun run(List<String> command, byte[] launcher, Program program, SandboxLimits limits) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new SandboxException("The sandbox did not start: " + e.getMessage(), e);
        }
        try {
            FutureTask<String> complaint = start("complaint", () -> complaint(process.getErrorStream()));
            FutureTask<CodeRun> report = start("report", () -> Report.read(process.getInputStream(), limits));
            // Not closed before the report is in: a warden whose harness has gone ends itself.
            FutureTask<Boolean> request = start("request", () -> {
                Report.ask(process.getOutputStream(), launcher, program, limits);
                return true;
            });
            CodeRun run = await(process, report, complaint, limits);
            request.cancel(false);
            return run;
        } finally {
            end(process);
        }
    }

    private static CodeRun await(
            Process process, FutureTask<CodeRun> report, FutureTask<String> complaint, SandboxLimits limits) {
        try {
            try {
                return report.get(limits.wall().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                process.destroyForcibly();
                return report.get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (TimeoutException e) {
            throw new SandboxException("The sandbox neither gave a report nor could be ended; look for it with ps", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new SandboxException(
                    "The sandbox gave no report: " + cause.getMessage() + complained(complaint), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("Interrupted while an untrusted program ran; it was ended", e);
        }
    }

    private static String complained(FutureTask<String> complaint) {
        try {
            String text = complaint.get(1, TimeUnit.SECONDS);
            return text.isEmpty() ? "" : "; it said: " + text;
        } catch (ExecutionException | TimeoutException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** Reads to the end so that nobody blocks on a full pipe, and keeps the beginning. */
    private static String complaint(InputStream stream) throws IOException {
        String kept = new String(stream.readNBytes(MOST_COMPLAINT_BYTES), StandardCharsets.UTF_8).strip();
        byte[] rest = new byte[MOST_COMPLAINT_BYTES];
        while (stream.read(rest) >= 0) {
            // Only read so that the pipe stays open.
        }
        return kept;
    }

    private static <T> FutureTask<T> start(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "sandbox-" + name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** Waits for the end of the first process: by then the kernel has ended all others of its namespace. */
    private static void end(Process process) {
        boolean interrupted = Thread.interrupted();
        try {
            if (interrupted || !process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The warden did not read all it was sent; it has ended, so nothing is lost.
        }
    }
}
