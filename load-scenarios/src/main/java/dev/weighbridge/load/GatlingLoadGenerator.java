package dev.weighbridge.load;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.HttpProxy;
import dev.weighbridge.api.ProxySettings;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.ClientErrors;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.Protocol;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.load.calibration.NullStreamingServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Load by Gatling in this JVM: its injector, life cycle and local log; our arrivals, stamps and records. One run at a
 * time in a JVM, since Gatling keeps a global configuration; further runs wait.
 *
 * <p>Gatling's log stays in the report folder as {@code <run>/simulation.log}. Its HTML report is not made during a study;
 * {@code java --add-opens=java.base/java.lang=ALL-UNNAMED -cp ... io.gatling.app.Gatling -ro <run> -rf <report folder>}
 * makes it afterwards, offline. It embeds Highcharts under that product's own licence and must not be published.
 */
public final class GatlingLoadGenerator implements LoadGenerator {
    private static final Logger LOG = LoggerFactory.getLogger(GatlingLoadGenerator.class);

    /** Time that Gatling may need beyond the last possible answer before the run counts as stuck. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private static final Duration POLL = Duration.ofMillis(2);
    private static final Object ONE_RUN_AT_A_TIME = new Object();

    private final UnaryOperator<@Nullable String> environment;

    /** For {@link java.util.ServiceLoader}. */
    public GatlingLoadGenerator() {
        this(System::getenv);
    }

    /**
     * @param environment value of a variable by its name, {@code null} for one that is not set
     */
    GatlingLoadGenerator(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    @Override
    public String description() {
        return "gatling " + GatlingInternals.version();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException when the scenario or the endpoint cannot be run at all
     * @throws IllegalStateException when the client failed; what it received was handed over before
     */
    @Override
    public LoadRun run(Endpoint endpoint, LoadScenario scenario, @Nullable Path localReport, Sink sink) {
        return run(endpoint, scenario, localReport == null ? null : writable(localReport), sink, defaultThreads());
    }

    /** The folder for Gatling's own log; {@code null} where it cannot be written. */
    private static @Nullable Path writable(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the report folder " + folder, e);
        }
        if (GatlingInternals.canWriteReport()) {
            return folder;
        }
        LOG.warn("Gatling's own log is left out: start Java with --add-opens=java.base/java.lang=ALL-UNNAMED");
        return null;
    }

    @Override
    public Ceiling calibrate(Duration budget, int serverThreads) {
        return new ClientCeiling(this::loop).measure(budget, serverThreads);
    }

    @Override
    public ClientErrors errors(Duration budget, double streamsPerSecond) {
        return new ClientExamination(this).measure(budget, streamsPerSecond);
    }

    private void loop(int tokens, Duration gap, LoadScenario scenario, Sink sink) {
        try (NullStreamingServer server = NullStreamingServer.start(tokens, gap, gap)) {
            run(Endpoint.of(server.endpoint(), "calibration"), scenario, null, sink, defaultThreads());
        }
    }

    private LoadRun run(Endpoint endpoint, LoadScenario scenario, @Nullable Path report, Sink sink, int threads) {
        validate(scenario);
        Protocol protocol = Protocol.of(endpoint.protocol())
                .orElseThrow(() -> new IllegalArgumentException("protocol '" + endpoint.protocol()
                        + "' does not exist. Use one of: "
                        + Protocol.all().stream().map(Protocol::id).collect(Collectors.joining(", "))));
        Optional<HttpProxy> proxy = ProxySettings.current().of(endpoint.base());
        RequestAction.Target target = new RequestAction.Target(
                address(endpoint, protocol.path(endpoint)),
                endpoint,
                protocol,
                ClassKeys.of(scenario.workload(), environment),
                proxy.isPresent()
                        ? RequestAction.Host.behindProxy()
                        : RequestAction.Host.lookUp(endpoint.base().getHost()),
                scenario.timeout().toMillis(),
                proxy.map(GatlingInternals::proxy));
        Traffic traffic = new Traffic(scenario, answer -> protocol.reader(endpoint, answer));
        synchronized (ONE_RUN_AT_A_TIME) {
            QuietLogging.apply();
            if (traffic.arrivals().length > 0) {
                drive(scenario, target, traffic, report, sink, threads);
            }
        }
        return new LoadRun(
                traffic.scheduled(),
                traffic.originNanos(),
                scenario.warmUp().toNanos(),
                scenario.horizon().toNanos());
    }

    private static void drive(
            LoadScenario scenario,
            RequestAction.Target target,
            Traffic traffic,
            @Nullable Path report,
            Sink sink,
            int threads) {
        Duration longest = scenario.horizon().plus(scenario.timeout()).plus(GRACE);
        long deadline = System.nanoTime() + longest.toNanos();
        String trouble = null;
        Throwable failure;
        String name = scenario.name();
        try (GatlingInternals run = GatlingInternals.start(name, traffic, target, threads, report)) {
            while (!run.isDone() && trouble == null) {
                deliver(traffic, sink);
                LockSupport.parkNanos(POLL.toNanos());
                if (System.nanoTime() - deadline > 0) {
                    trouble = "Gatling did not end the run within " + longest;
                } else if (Thread.interrupted()) {
                    Thread.currentThread().interrupt();
                    trouble = "the run was interrupted";
                }
            }
            failure = run.failure();
            traffic.close();
        }
        if (failure == null) {
            failure = traffic.clientFailure();
        }
        if (failure != null && trouble == null) {
            trouble = "Gatling failed: " + failure;
        }
        traffic.settle(
                Outcome.TIMED_OUT, trouble == null ? "unanswered at the end of the run" : trouble, System.nanoTime());
        deliver(traffic, sink);
        if (trouble != null) {
            throw new IllegalStateException("load run '" + name + "' is not complete: " + trouble, failure);
        }
    }

    private static void deliver(Traffic traffic, Sink sink) {
        for (RequestTiming timing = traffic.poll(); timing != null; timing = traffic.poll()) {
            sink.accept(timing);
        }
    }

    private static void validate(LoadScenario scenario) {
        if (scenario.timeout().toMillis() < 1) {
            throw new IllegalArgumentException(
                    "scenario " + scenario.name() + " needs a timeout of at least 1 ms, got: " + scenario.timeout());
        }
        if (!scenario.name().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new IllegalArgumentException(
                    "scenario name names a folder and must be kebab-case, got: " + Details.clean(scenario.name()));
        }
    }

    private static String address(Endpoint endpoint, String path) {
        String scheme = endpoint.base().getScheme();
        if (endpoint.base().getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException(
                    "endpoint must be an http or https address such as http://127.0.0.1:8090, got: " + endpoint.base());
        }
        return endpoint.address(path);
    }

    /** Two loops at least, so that work on one request does not hold up all others. */
    private static int defaultThreads() {
        return Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors() / 2));
    }
}
