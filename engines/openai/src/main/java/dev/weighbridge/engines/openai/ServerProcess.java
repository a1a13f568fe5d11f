package dev.weighbridge.engines.openai;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.ServerTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that was started by a command. It ends with this process, however that ends, and so do its children: between the two is a
 * shell that waits for the end of its standard input, which is a pipe from here, and then kills the server's whole group.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);
    /** How long a process may take to end after it lost its connections. */
    public static final Duration TIME_TO_DIE = Duration.ofSeconds(2);

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 100;

    /**
     * Runs its arguments after the first as the server, in a session of its own where the system can make one, and writes the
     * server's process id to the first.
     */
    private static final String SUPERVISOR = """
            pidfile=$1
            shift
            exec 3<&0
            if command -v setsid >/dev/null 2>&1; then
              setsid "$@" </dev/null 3<&- &
              server=$!
              group=-$server
            else
              "$@" </dev/null 3<&- &
              server=$!
              group=$server
            fi
            echo "$server" > "$pidfile.tmp" && mv "$pidfile.tmp" "$pidfile"
            (
              cat <&3 >/dev/null
              kill -s TERM -- "$group" 2>/dev/null || kill -s TERM "$server" 2>/dev/null
              tries=0
              while kill -s 0 -- "$group" 2>/dev/null && [ "$tries" -lt 50 ]; do
                sleep 0.1
                tries=$((tries + 1))
              done
              kill -s KILL -- "$group" 2>/dev/null
            ) &
            watcher=$!
            exec 3<&-
            wait "$server"
            code=$?
            kill -s KILL -- "$group" 2>/dev/null
            kill "$watcher" 2>/dev/null
            exit "$code"
            """;

    private final Process shell;
    private final ProcessLog log;
    private final long server;

    private ServerProcess(Process shell, ProcessLog log, long server) {
        this.shell = shell;
        this.log = log;
        this.server = server;
    }

    /**
     * Starts a server and blocks until it can be asked.
     *
     * @param placeholders of its command and environment
     * @param healthy asked again and again until it says so
     * @throws EngineException of category UNAVAILABLE when the program does not exist, CRASHED when it ended, TIMED_OUT when it
     *     was not healthy in time; nothing is left running then
     */
    public static ServerProcess start(
            ServerTarget.Launch launch, Placeholders placeholders, Path logFile, BooleanSupplier healthy) {
        List<String> command = placeholders.command(launch.command());
        Map<String, String> environment = new HashMap<>();
        launch.environment().forEach((name, value) -> environment.put(name, placeholders.fill(value)));
        Path pidFile = null;
        try {
            pidFile = Files.createTempDirectory("weighbridge-server-").resolve("pid");
            ProcessLog log = ProcessLog.at(logFile);
            List<String> supervised =
                    new ArrayList<>(List.of("sh", "-c", SUPERVISOR, "weighbridge-server", pidFile.toString()));
            supervised.addAll(command);
            ProcessBuilder builder = new ProcessBuilder(supervised)
                    .directory(launch.folder().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()));
            builder.environment().putAll(environment);
            Process shell = builder.start();
            return await(shell, pidFile, log, launch, command.get(0), healthy);
        } catch (IOException e) {
            throw new EngineException(
                    Category.FAILED, "the server '" + command.get(0) + "' could not be started: " + e.getMessage(), e);
        } finally {
            delete(pidFile);
        }
    }

    private static ServerProcess await(
            Process shell,
            Path pidFile,
            ProcessLog log,
            ServerTarget.Launch launch,
            String program,
            BooleanSupplier healthy) {
        long deadline = System.nanoTime() + launch.timeout().toNanos();
        boolean started = false;
        try {
            while (true) {
                if (shell.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw ended(shell, log, program);
                }
                OptionalLong pid = processId(pidFile);
                if (pid.isPresent() && healthy.getAsBoolean()) {
                    started = true;
                    return new ServerProcess(shell, log, pid.getAsLong());
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new EngineException(
                            Category.TIMED_OUT,
                            "the server '" + program + "' did not answer " + launch.healthPath() + " with HTTP 200 in "
                                    + launch.timeout().toSeconds() + " s. " + log.tail());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Category.FAILED, "interrupted while the server '" + program + "' started", e);
        } finally {
            if (!started) {
                end(shell);
            }
        }
    }

    private static EngineException ended(Process shell, ProcessLog log, String program) {
        int code = shell.exitValue();
        boolean missing = code == 126 || code == 127;
        return new EngineException(
                missing ? Category.UNAVAILABLE : Category.CRASHED,
                "the server '" + program + "' ended with exit code " + code + " before it could be asked"
                        + (missing ? ": is it installed?" : "") + " " + log.tail());
    }

    private static OptionalLong processId(Path pidFile) {
        try {
            return Files.exists(pidFile)
                    ? OptionalLong.of(Long.parseLong(Files.readString(pidFile).strip()))
                    : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** The server's own process. */
    public long processId() {
        return server;
    }

    /** Its own process and all that it has started which run now. */
    public List<Long> processes() {
        List<Long> processes = new ArrayList<>(List.of(server));
        ProcessHandle.of(server).ifPresent(handle -> handle.descendants().forEach(child -> processes.add(child.pid())));
        return processes;
    }

    /** Whether it is there still, waiting a moment for its end. */
    public boolean endsWithin(Duration time) {
        try {
            return shell.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !shell.isAlive();
        }
    }

    /** The failure to report once it has ended. */
    public EngineException crash() {
        String how = shell.isAlive() ? "ended" : "ended with exit code " + shell.exitValue();
        return new EngineException(Category.CRASHED, "the server's process " + how + ". " + log.tail());
    }

    /**
     * The failure to report for one that befell a request: the end of the process, where that is what took the connection away.
     *
     * @param patience to wait for its end
     */
    public EngineException reasonFor(EngineException failure, Duration patience) {
        if (!(failure.getCause() instanceof IOException) || !endsWithin(patience)) {
            return failure;
        }
        EngineException crash = crash();
        crash.addSuppressed(failure);
        return crash;
    }

    /** Ends the server with all its children: asks, and kills what is left after 5 s. */
    @Override
    public void close() {
        end(shell);
    }

    private static void end(Process shell) {
        List<ProcessHandle> children = shell.descendants().toList();
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            LOG.debug("standard input of process {} was closed already", shell.pid());
        }
        boolean over = false;
        try {
            over = shell.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!over) {
            LOG.warn("the server's shell {} did not end when asked and is killed", shell.pid());
            shell.destroyForcibly();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private static void delete(@Nullable Path pidFile) {
        try {
            if (pidFile != null) {
                Files.deleteIfExists(pidFile);
                Files.deleteIfExists(pidFile.getParent());
            }
        } catch (IOException e) {
            LOG.debug("{} was left behind: {}", pidFile, e.toString());
        }
    }
}
