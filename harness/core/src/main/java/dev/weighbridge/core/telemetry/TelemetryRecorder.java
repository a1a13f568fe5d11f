package dev.weighbridge.core.telemetry;

import dev.weighbridge.results.TelemetrySample;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Samples the machine when it is started, every 100 ms on a thread of its own, and when it is closed. */
public final class TelemetryRecorder implements AutoCloseable {
    /** Time between two samples. */
    public static final Duration INTERVAL = Duration.ofMillis(100);

    private final MachineCounters counters;
    private final List<Long> servers;
    private final Optional<NvidiaDriver.Device> gpu;
    private final Optional<ServerMetrics> metrics;
    private final LongSupplier nanoClock;
    private final LongSupplier wallClock;
    private final List<TelemetrySample> samples = new ArrayList<>();
    /** CPU time of each server as it was last read. */
    private final Map<Long, Long> usedMicros = new HashMap<>();

    private @Nullable Thread thread;
    private volatile boolean closed;

    TelemetryRecorder(
            MachineCounters counters,
            List<Long> servers,
            Optional<NvidiaDriver.Device> gpu,
            Optional<ServerMetrics> metrics,
            LongSupplier nanoClock,
            LongSupplier wallClock) {
        this.counters = counters;
        this.servers = List.copyOf(servers);
        this.gpu = gpu;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.wallClock = wallClock;
    }

    /**
     * Starts to sample this machine.
     *
     * @param servers processes that compute and serve, where they run here; their figures are added up
     * @param device that it computes on, {@code cuda:N} or another, or empty where that is not known
     * @param metrics of the server, which are closed with this
     */
    public static TelemetryRecorder start(
            List<Long> servers, Optional<String> device, Optional<ServerMetrics> metrics) {
        Optional<NvidiaDriver.Device> gpu = device.filter(name -> name.matches("cuda:\\d{1,4}"))
                .flatMap(name -> NvidiaDriver.ofThisMachine()
                        .flatMap(driver -> driver.cudaDevice(Integer.parseInt(name.substring("cuda:".length())))));
        TelemetryRecorder recorder = new TelemetryRecorder(
                new MachineCounters(Path.of("/")), servers, gpu, metrics, System::nanoTime, System::currentTimeMillis);
        Thread thread = new Thread(recorder::sampleUntilClosed, "weighbridge-telemetry");
        thread.setDaemon(true);
        recorder.thread = thread;
        recorder.sample(System.nanoTime());
        thread.start();
        return recorder;
    }

    private void sampleUntilClosed() {
        long due = nanoClock.getAsLong();
        while (!closed) {
            // What was missed is not made up for: a late sample already says that the machine stood still.
            due = Math.max(due + INTERVAL.toNanos(), nanoClock.getAsLong());
            while (!closed && nanoClock.getAsLong() < due) {
                LockSupport.parkNanos(due - nanoClock.getAsLong());
            }
            if (!closed) {
                sample(due);
            }
        }
    }

    /** Takes one sample that was due at the given time. */
    void sample(long dueNanos) {
        long now = nanoClock.getAsLong();
        MachineCounters.Cpu cpu = counters.cpu().orElse(null);
        long self = ProcessHandle.current().pid();
        OptionalLong serverCpu = serverMicros();
        OptionalLong serverBytes = serverBytes();
        TelemetrySample sample = new TelemetrySample(
                now,
                wallClock.getAsLong(),
                Math.max(0, now - dueNanos),
                cpu == null ? null : cpu.busyMicros(),
                cpu == null ? null : boxed(cpu.stealMicros()),
                boxed(counters.throttledMicros()),
                boxed(counters.processMicros(self)),
                boxed(serverCpu),
                boxed(counters.residentBytes(self)),
                boxed(serverBytes),
                boxed(counters.availableBytes()),
                gpu.map(NvidiaDriver.Device::sample).orElse(null),
                metrics.map(ServerMetrics::next).orElse(null),
                counters.network().orElse(null));
        synchronized (samples) {
            samples.add(sample);
        }
    }

    /** Over all servers, those that have ended with what they had used; nothing where none could ever be read. */
    private OptionalLong serverMicros() {
        for (long server : servers) {
            counters.processMicros(server).ifPresent(micros -> usedMicros.put(server, micros));
        }
        return usedMicros.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                        usedMicros.values().stream().mapToLong(Long::longValue).sum());
    }

    /** Over those servers that run; nothing where none does. */
    private OptionalLong serverBytes() {
        long[] known = servers.stream()
                .map(counters::residentBytes)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .toArray();
        return known.length == 0
                ? OptionalLong.empty()
                : OptionalLong.of(LongStream.of(known).sum());
    }

    private static @Nullable Long boxed(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    /** Everything sampled so far, in order. */
    public List<TelemetrySample> samples() {
        synchronized (samples) {
            return List.copyOf(samples);
        }
    }

    /** Stops sampling; what was sampled stays. */
    @Override
    public void close() {
        closed = true;
        metrics.ifPresent(ServerMetrics::close);
        Thread running = thread;
        if (running != null) {
            LockSupport.unpark(running);
            boolean interrupted = false;
            while (running.isAlive()) {
                try {
                    running.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            sample(nanoClock.getAsLong());
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            thread = null;
        }
    }
}
