package dev.weighbridge.load;

import dev.weighbridge.api.HttpProxy;
import io.gatling.app.Runner;
import io.gatling.app.Selection;
import io.gatling.app.SimulationClass;
import io.gatling.commons.util.DefaultClock;
import io.gatling.commons.util.GatlingVersion;
import io.gatling.core.CoreComponents;
import io.gatling.core.actor.ActorSystem;
import io.gatling.core.cli.GatlingArgs;
import io.gatling.core.config.GatlingConfiguration;
import io.gatling.core.config.GatlingConfiguration$;
import io.gatling.core.controller.Controller$Command$Start;
import io.gatling.core.controller.inject.open.OpenInjectionProfile;
import io.gatling.core.controller.inject.open.OpenInjectionStep;
import io.gatling.core.scenario.SimulationParams;
import io.gatling.core.stats.writer.StringInternals;
import io.gatling.http.client.proxy.HttpProxyServer;
import io.gatling.http.client.proxy.ProxyServer;
import io.gatling.http.client.realm.BasicRealm;
import io.gatling.javaapi.core.ActionBuilder;
import io.gatling.javaapi.core.CoreDsl;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import io.gatling.netty.util.Transports;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.Tuple2;
import scala.collection.AbstractIterator;
import scala.collection.Iterator;
import scala.collection.immutable.Map$;
import scala.concurrent.Promise;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/**
 * One Gatling run inside this JVM. Only this class and {@link RequestAction} know Gatling's internals; they are public
 * in its byte code but promised to no one, so its version is pinned. It drives the same parts that Gatling's own main class drives
 * (runner, injector, controller, statistics), but without the console, the usage statistics, the look-up of newer
 * versions, the warm-up request and the stopped logging that come with that class.
 */
final class GatlingInternals implements AutoCloseable {
    /** From the start of injection to time 0 of the run, so that Gatling's own start-up delays no arrival. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Gatling starts users on whole milliseconds; they come this much early and wait for their nanosecond. */
    private static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long SHUTDOWN_MILLIS = 2_000;
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    private final ActorSystem actors;
    private final EventLoopGroup eventLoops;
    private volatile @Nullable Try<BoxedUnit> result;

    private GatlingInternals(GatlingConfiguration configuration, int threads) {
        actors = new ActorSystem();
        eventLoops = Transports.newEventLoopGroup(
                configuration.netty().useNativeTransport(),
                configuration.netty().useIoUring(),
                threads,
                "weighbridge-load");
    }

    static String version() {
        return GatlingVersion.ThisVersion().fullVersion();
    }

    /**
     * A proxy as Gatling's client takes it.
     *
     * @throws IllegalArgumentException when its host does not exist
     */
    static ProxyServer proxy(HttpProxy proxy) {
        try {
            return new HttpProxyServer(
                    proxy.host(),
                    proxy.port(),
                    proxy.credentials()
                            .map(own -> new BasicRealm(own.user(), own.password()))
                            .orElse(null),
                    false,
                    EmptyHttpHeaders.INSTANCE);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("the proxy " + proxy + " cannot be used: its host does not exist", e);
        }
    }

    /** Whether this JVM lets Gatling write its own log: {@code --add-opens=java.base/java.lang=ALL-UNNAMED}. */
    static boolean canWriteReport() {
        try {
            StringInternals.checkAvailability();
            return true;
        } catch (Throwable closed) {
            return false;
        }
    }

    /**
     * Starts a run and returns at once.
     *
     * @param reportFolder where Gatling writes its log, or {@code null} to write none
     */
    static GatlingInternals start(
            String name, Traffic traffic, RequestAction.Target target, int threads, @Nullable Path reportFolder) {
        GatlingConfiguration configuration = configuration(target.secured(), reportFolder != null);
        GatlingInternals run = new GatlingInternals(configuration, threads);
        try {
            run.launch(name, traffic, target, configuration, reportFolder);
            return run;
        } catch (RuntimeException | Error e) {
            run.close();
            throw e;
        }
    }

    private static GatlingConfiguration configuration(boolean secured, boolean report) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("gatling.data.enableAnalytics", false);
        settings.put("gatling.data.writers", new ArrayList<>(report ? List.of("file") : List.of()));
        settings.put("gatling.http.warmUpUrl", "");
        settings.put("gatling.http.enableHostnameVerification", true);
        settings.put("gatling.ssl.useInsecureTrustManager", false);
        // Loading the native TLS library takes time that a plain endpoint need not spend.
        settings.put("gatling.ssl.useOpenSsl", secured);
        settings.put("gatling.socket.connectTimeout", CONNECT_TIMEOUT_MILLIS);
        List<Tuple2<String, ?>> pairs = new ArrayList<>();
        settings.forEach((key, value) -> pairs.add(new Tuple2<>(key, value)));
        // Despite its name the only way to give settings without a file; a stray gatling.conf is not read either.
        return GatlingConfiguration$.MODULE$.loadForTest(
                CollectionConverters.asScala(pairs).toSeq());
    }

    private void launch(
            String name,
            Traffic traffic,
            RequestAction.Target target,
            GatlingConfiguration configuration,
            @Nullable Path reportFolder) {
        // The DSL reads the configuration from this global; runs in one JVM therefore follow one another.
        io.gatling.core.Predef$.MODULE$._configuration_$eq(configuration);
        SimulationParams params = simulation(name, traffic, target).params(name);
        GatlingArgs arguments = new GatlingArgs(
                Option.empty(),
                Option.empty(),
                true,
                Option.empty(),
                Option.apply(reportFolder),
                Option.empty(),
                Option.empty());
        Runner runner = new Runner(actors, eventLoops, new DefaultClock(), arguments, configuration);
        var loaded = runner.load(new Selection(new Prepared(params), name, ""));
        CoreComponents components = loaded._3();
        Promise<BoxedUnit> done =
                components.controller().replyPromise(new FiniteDuration(Integer.MAX_VALUE, TimeUnit.MILLISECONDS));
        done.future().onComplete(this::finished, actors.executionContext());
        components.controller().$bang(new Controller$Command$Start(loaded._4(), done));
    }

    private static Simulation simulation(String name, Traffic traffic, RequestAction.Target target) {
        ActionBuilder request = () -> RequestAction.builder(traffic, target);
        ScenarioBuilder scenario = CoreDsl.scenario(name);
        scenario = traffic.severalRequests()
                ? scenario.asLongAs(session -> traffic.wantsMore(session.userId()))
                        .on(CoreDsl.exec(request))
                : scenario.exec(request);
        OpenInjectionProfile profile = new OpenInjectionProfile(list(List.of(new Arrivals(traffic))));
        PopulationBuilder population = new PopulationBuilder(io.gatling.core.structure.PopulationBuilder.apply(
                scenario.wrapped,
                profile,
                Map$.MODULE$.empty(),
                list(List.of()),
                Option.empty(),
                list(List.of()),
                true));
        Simulation simulation = new Simulation() {};
        simulation.setUp(population);
        return simulation;
    }

    private static <T> scala.collection.immutable.List<T> list(List<T> elements) {
        return CollectionConverters.asScala(elements).toList();
    }

    private BoxedUnit finished(Try<BoxedUnit> outcome) {
        result = outcome;
        return BoxedUnit.UNIT;
    }

    /** Whether Gatling ended the run, well or not. */
    boolean isDone() {
        return result != null;
    }

    /** Why Gatling gave up, or {@code null}. */
    @Nullable
    Throwable failure() {
        Try<BoxedUnit> ended = result;
        return ended == null || ended.isSuccess() ? null : ended.failed().get();
    }

    /** Closes connections and ends all threads of the run. */
    @Override
    public void close() {
        try {
            actors.close();
        } finally {
            eventLoops
                    .shutdownGracefully(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly(SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** A simulation that is built already; Gatling would make one from a class without arguments. */
    private static final class Prepared extends SimulationClass {
        private final transient SimulationParams params;

        Prepared(SimulationParams params) {
            super(Simulation.class);
            this.params = params;
        }

        @Override
        public SimulationParams params() {
            return params;
        }

        @Override
        public int productArity() {
            return 0;
        }

        @Override
        public Object productElement(int n) {
            throw new IndexOutOfBoundsException(n);
        }

        @Override
        public boolean canEqual(Object that) {
            return that instanceof Prepared;
        }
    }

    /** The computed arrivals as an injection step; user k of the run gets arrival k - 1. */
    private static final class Arrivals implements OpenInjectionStep {
        private final transient Traffic traffic;

        Arrivals(Traffic traffic) {
            this.traffic = traffic;
        }

        /** Called once, right after the injector took its own start time. */
        @Override
        public Iterator<FiniteDuration> chain(Iterator<FiniteDuration> following) {
            traffic.startAt(System.nanoTime() + LEAD_NANOS);
            long[] arrivals = traffic.arrivals();
            return new AbstractIterator<>() {
                private int next;

                @Override
                public boolean hasNext() {
                    return next < arrivals.length || following.hasNext();
                }

                @Override
                public FiniteDuration next() {
                    return next < arrivals.length
                            ? nanos(LEAD_NANOS - EARLY_NANOS + arrivals[next++])
                            : following.next();
                }
            };
        }

        @Override
        public long users() {
            return traffic.arrivals().length;
        }

        @Override
        public FiniteDuration duration() {
            long[] arrivals = traffic.arrivals();
            return nanos(LEAD_NANOS + (arrivals.length == 0 ? 0 : arrivals[arrivals.length - 1]));
        }

        private static FiniteDuration nanos(long length) {
            return new FiniteDuration(length, TimeUnit.NANOSECONDS);
        }

        @Override
        public int productArity() {
            return 0;
        }

        @Override
        public Object productElement(int n) {
            throw new IndexOutOfBoundsException(n);
        }

        @Override
        public boolean canEqual(Object that) {
            return that instanceof Arrivals;
        }
    }
}
