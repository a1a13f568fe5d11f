package dev.weighbridge.core.run;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.gateway.GatewayMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A gateway in a process of its own, so that its work is not the load generator's. It ends with this one, however that ends, because
 * its standard input is a pipe from here.
 */
final class GatewayProcess implements AutoCloseable {
    private static final Duration TIME_TO_START = Duration.ofMinutes(1);
    private static final Duration TIME_TO_END = Duration.ofSeconds(5);

    private final Process process;
    private final URI endpoint;

    private GatewayProcess(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /**
     * Starts a gateway and returns when it serves.
     *
     * @param upstream server before which it stands
     * @param file that says what it does
     * @param log that takes what it has to say
     * @throws EngineException of category BAD_REQUEST when it ends at once, TIMED_OUT when it does not serve in a minute
     */
    static GatewayProcess start(URI upstream, Path file, Path log) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                GatewayMain.class.getName(),
                upstream.toString(),
                file.toAbsolutePath().toString());
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new EngineException(Category.FAILED, "the gateway could not be started: " + e.getMessage(), e);
        }
        boolean started = false;
        try {
            String line = firstLine(process);
            if (line == null || !line.startsWith(GatewayMain.READY)) {
                throw new EngineException(
                        Category.FAILED, "the gateway of " + file + " did not start; " + log + " says why");
            }
            started = true;
            return new GatewayProcess(process, URI.create(line.substring(GatewayMain.READY.length())));
        } finally {
            if (!started) {
                process.destroyForcibly();
            }
        }
    }

    private static String firstLine(Process process) {
        CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> {
            try {
                // The reader is not closed: what the gateway prints later must find a place to go.
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                String first = lines.readLine();
                return first == null ? "" : first;
            } catch (IOException e) {
                return "";
            }
        });
        try {
            return line.get(TIME_TO_START.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new EngineException(
                    Category.TIMED_OUT, "the gateway did not serve after " + TIME_TO_START.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Category.FAILED, "interrupted while the gateway started", e);
        } catch (ExecutionException e) {
            throw new EngineException(Category.FAILED, "the gateway could not be heard", e);
        }
    }

    URI endpoint() {
        return endpoint;
    }

    long processId() {
        return process.pid();
    }

    /** @throws EngineException of category CRASHED when it has ended */
    void requireRunning() {
        if (!process.isAlive()) {
            throw new EngineException(
                    Category.CRASHED, "the gateway before the engine ended with exit code " + process.exitValue());
        }
    }

    @Override
    public void close() {
        boolean ended = false;
        try {
            process.getOutputStream().close();
            ended = process.waitFor(TIME_TO_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            // Its standard input is closed already, as when it has ended by itself.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.destroyForcibly();
        }
    }
}
