package dev.weighbridge.inference.server;

import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.InferenceService;
import dev.weighbridge.inference.backend.Backend;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that serves one model: it opens the engine, tells its parent with a {@link StartReport} and serves until its
 * standard input ends, its parent is gone, it is asked to terminate, or the engine fails.
 *
 * <p>Options: {@code --engine ID --model DIR --precision P --batching none|static:8:20ms|dynamic:8:5ms|continuous:8
 * --device auto|cpu|cuda:N --threads N --context N --cache DIR --port N --max-requests N --ready-file FILE}. Without
 * {@code --ready-file} one line {@code READY http://127.0.0.1:PORT} goes to standard output, or the failed report to
 * standard error.
 *
 * <p>Exit codes: 0 served and ended as asked, 1 failed to start, 2 bad options or model, 3 engine unavailable, and after
 * it has served those of {@link FailedEngineExit}, with the reason as the last line on standard error.
 */
public final class ServerMain {
    private static final Logger LOG = LoggerFactory.getLogger(ServerMain.class);
    private static final Set<String> OPTIONS = Set.of(
            "engine",
            "model",
            "precision",
            "batching",
            "device",
            "threads",
            "context",
            "cache",
            "port",
            "max-requests",
            "ready-file");

    /** How long an asked-for end may take, native clean-up and class archive included. */
    private static final Duration TIME_TO_END = Duration.ofSeconds(30);

    /** How long the last answers of a failed engine may take. */
    private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(2);

    private ServerMain() {}

    public static void main(String[] arguments) {
        Thread.setDefaultUncaughtExceptionHandler(ServerMain::endWhenOutOfMemory);
        int exit;
        Path readyFile = null;
        try {
            Map<String, String> options = options(arguments);
            readyFile = options.containsKey("ready-file") ? Path.of(options.get("ready-file")) : null;
            exit = serve(options, readyFile);
        } catch (EngineException e) {
            exit = report(readyFile, e.category(), e);
        } catch (IllegalArgumentException e) {
            exit = report(readyFile, Category.BAD_REQUEST, e);
        } catch (IOException | RuntimeException | Error e) {
            exit = report(readyFile, Category.FAILED, e);
        }
        // Native libraries may keep threads of their own, so the process is ended rather than left to end.
        System.exit(exit);
    }

    private static int serve(Map<String, String> options, @Nullable Path readyFile) throws IOException {
        EngineSpec spec = spec(options);
        int port = integer(options, "port", 0);
        int maximumRequests = integer(options, "max-requests", LocalServer.Options.LOOPBACK.maximumRequests());
        LocalServer.Options where = new LocalServer.Options(
                "127.0.0.1", port, maximumRequests, LocalServer.Options.LOOPBACK.maximumBodyBytes(), List.of());
        CountDownLatch asked = new CountDownLatch(1);
        watchParent(asked);
        Backend backend = backend(required(options, "engine"));
        // The HTTP side takes about as long to start as a small model: both start at once.
        CompletableFuture<LocalServer> listening = CompletableFuture.supplyAsync(() -> listen(where));
        try (InferenceService service = InferenceService.open(backend, spec);
                LocalServer server = await(listening)) {
            server.serve(service);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "terminate"));
            StartReport.Ready ready = new StartReport.Ready(
                    server.endpoint(), ProcessHandle.current().pid(), service.info());
            if (readyFile == null) {
                line(FileDescriptor.out, "READY " + server.endpoint());
            } else {
                ready.writeTo(readyFile);
            }
            service.onFailure(asked::countDown);
            asked.await();
            EngineException failure = service.failure().orElse(null);
            return failure == null ? 0 : failed(failure, server);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** Lets the answers on their way out; the process must end after that, whatever native code does. */
    private static int failed(EngineException failure, LocalServer server) throws InterruptedException {
        FailedEngineExit exit = FailedEngineExit.of(failure);
        haltLater(exit.code());
        if (!server.awaitIdle(TIME_TO_ANSWER)) {
            LOG.warn("not every request could be told of the failure in {} s", TIME_TO_ANSWER.toSeconds());
        }
        line(FileDescriptor.err, exit.message(failure.getMessage()));
        return exit.code();
    }

    /** Out of memory in any thread leaves requests without an answer: the process ends at once and says why. */
    private static void endWhenOutOfMemory(Thread thread, Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            line(FileDescriptor.err, FailedEngineExit.OUT_OF_MEMORY.message("the engine's process failed: " + failure));
            Runtime.getRuntime().halt(FailedEngineExit.OUT_OF_MEMORY.code());
        }
        LOG.error("thread {} ended", thread.getName(), failure);
    }

    private static LocalServer listen(LocalServer.Options where) {
        try {
            return LocalServer.listen(where);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LocalServer await(CompletableFuture<LocalServer> listening) throws IOException {
        try {
            return listening.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failure) {
                throw new IOException(failure.getMessage(), failure);
            }
            throw e;
        }
    }

    /**
     * Counts the latch down when standard input ends or the parent is gone, and ends the process even if the main thread is
     * stuck in native code by then: an orphan must not keep a device busy.
     */
    private static void watchParent(CountDownLatch asked) {
        endWhenOver("standard-input", ServerMain::drain, asked);
        ProcessHandle.current()
                .parent()
                .ifPresent(parent -> endWhenOver("parent", () -> parent.onExit().join(), asked));
    }

    private static void endWhenOver(String name, Runnable wait, CountDownLatch asked) {
        Thread watch = new Thread(
                () -> {
                    wait.run();
                    asked.countDown();
                    haltLater(1);
                },
                name);
        watch.setDaemon(true);
        watch.start();
    }

    private static void drain() {
        try (InputStream input = new FileInputStream(FileDescriptor.in)) {
            byte[] ignored = new byte[256];
            while (input.read(ignored) >= 0) {
                // Whatever is typed or piped here has no meaning; only its end has.
            }
        } catch (IOException e) {
            LOG.debug("standard input broke, which counts as its end", e);
        }
    }

    private static void haltLater(int code) {
        Thread last = new Thread(
                () -> {
                    try {
                        Thread.sleep(TIME_TO_END.toMillis());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    Runtime.getRuntime().halt(code);
                },
                "halt");
        last.setDaemon(true);
        last.start();
    }

    private static int report(@Nullable Path readyFile, Category category, Throwable failure) {
        LOG.error("the engine's process could not serve", failure);
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        StartReport.Failed failed = new StartReport.Failed(category, message);
        line(FileDescriptor.err, failed.toJson());
        if (readyFile != null) {
            try {
                failed.writeTo(readyFile);
            } catch (IOException e) {
                LOG.error("the report could not be written to {}", readyFile, e);
            }
        }
        return switch (category) {
            case BAD_MODEL, BAD_REQUEST -> 2;
            case UNAVAILABLE -> 3;
            case CRASHED, TIMED_OUT, FAILED -> 1;
        };
    }

    /** Writes one line of the protocol with the parent, which is not logging. */
    private static void line(FileDescriptor where, String text) {
        PrintStream stream = new PrintStream(new FileOutputStream(where), true, StandardCharsets.UTF_8);
        stream.println(text);
    }

    private static Backend backend(String id) {
        Set<String> known = new TreeSet<>();
        for (Backend backend : ServiceLoader.load(Backend.class)) {
            if (backend.id().equals(id)) {
                return backend;
            }
            known.add(backend.id());
        }
        throw new EngineException(
                Category.UNAVAILABLE,
                "engine '" + id + "' is not on the class path. Present: "
                        + (known.isEmpty() ? "none" : String.join(", ", known)));
    }

    private static EngineSpec spec(Map<String, String> options) {
        Path model = Path.of(required(options, "model"));
        Path cache = Path.of(required(options, "cache"));
        return new EngineSpec(
                model,
                Precision.of(options.getOrDefault("precision", Precision.FP32.id())),
                BatchingOption.parse(options.getOrDefault("batching", "continuous:8")),
                DeviceRequest.parse(options.getOrDefault("device", "auto")),
                integer(options, "threads", Runtime.getRuntime().availableProcessors()),
                integer(options, "context", 0),
                cache,
                cache.resolve("engine.log"));
    }

    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
            if (!OPTIONS.contains(name)) {
                throw new IllegalArgumentException("option '" + arguments[i] + "' is not known. Use one of: "
                        + OPTIONS.stream().sorted().map(known -> "--" + known).collect(Collectors.joining(", ")));
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("option --" + name + " needs a value");
            }
            options.put(name, arguments[i + 1]);
        }
        return options;
    }

    private static String required(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("option --" + name + " must be given");
        }
        return value;
    }

    private static int integer(Map<String, String> options, String name, int fallback) {
        String value = options.get(name);
        if (value == null) {
            return fallback;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("option --" + name + " must be an integer, got: " + value, e);
        }
    }
}
