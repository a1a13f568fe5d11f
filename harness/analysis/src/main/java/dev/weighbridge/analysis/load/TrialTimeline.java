package dev.weighbridge.analysis.load;

import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.TelemetrySample;
import dev.weighbridge.results.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a load trial, by time: requests, tokens, latency, and what machine, graphics processor and server said meanwhile.
 * Pure; what was not sampled is absent.
 *
 * @param panels one for each unit, in a fixed order
 * @param steadyStart of the steady window, in seconds since the run's start
 * @param steadyEnd its end
 */
public record TrialTimeline(List<Panel> panels, double steadyStart, double steadyEnd) {
    private static final double NANOS = 1e9;
    private static final double BYTES_PER_MEGABYTE = 1e6;
    private static final int MOST_SLICES = 240;
    private static final long LEAST_SLICE = 100_000_000;

    /**
     * Lines that share a unit.
     *
     * @param id of the panel, safe in a file name
     * @param title for people, with the unit
     * @param lines at least one
     */
    public record Panel(String id, String title, List<Line> lines) {}

    /**
     * One line.
     *
     * @param name for a legend
     * @param seconds since the run's start, ascending
     * @param values as many
     */
    public record Line(String name, List<Double> seconds, List<Double> values) {}

    /** The timeline of a load trial; empty when it is none, or ended before its first request. */
    public static Optional<TrialTimeline> read(RunDirectory run, Trial trial) {
        Circumstances circumstances = trial.circumstances();
        if (circumstances == null) {
            return Optional.empty();
        }
        long[] end = {circumstances.steadyEndNanos()};
        run.forEachRequest(trial.id(), request -> end[0] = Math.max(end[0], request.endNanos()));
        Slices slices = new Slices(end[0]);
        run.forEachRequest(trial.id(), slices::add);
        if (slices.requests == 0) {
            return Optional.empty();
        }
        List<Panel> panels = new ArrayList<>(slices.panels());
        Machine machine = new Machine(run.telemetry(trial.id()), circumstances, end[0]);
        panels.addAll(machine.panels());
        return Optional.of(new TrialTimeline(
                List.copyOf(panels), circumstances.steadyStartNanos() / NANOS, circumstances.steadyEndNanos() / NANOS));
    }

    private static void addPanel(List<Panel> panels, String id, String title, List<Line> lines) {
        List<Line> known =
                lines.stream().filter(line -> !line.values().isEmpty()).toList();
        if (!known.isEmpty()) {
            panels.add(new Panel(id, title, known));
        }
    }

    /** Requests and tokens in slices of equal length. */
    private static final class Slices {
        private final long width;
        private final long[] begun;
        private final long[] completed;
        private final double[] tokens;
        private final List<List<Double>> firstTokens = new ArrayList<>();
        private long requests;

        Slices(long endNanos) {
            width = Math.max(LEAST_SLICE, (endNanos + MOST_SLICES - 1) / MOST_SLICES);
            int count = (int) Math.max(1, (endNanos + width - 1) / width);
            begun = new long[count];
            completed = new long[count];
            tokens = new double[count];
            for (int i = 0; i < count; i++) {
                firstTokens.add(new ArrayList<>());
            }
        }

        private int at(long nanos) {
            return (int) Math.max(0, Math.min(begun.length - 1, nanos / width));
        }

        void add(RequestTiming request) {
            requests++;
            begun[at(request.intendedNanos())]++;
            if (!RequestLatency.completed(request)) {
                return;
            }
            completed[at(request.endNanos())]++;
            firstTokens.get(at(request.intendedNanos())).add(RequestLatency.ttft(request) / 1e6);
            double scale =
                    (double) RequestLatency.outputTokens(request) / Math.max(1, RequestLatency.chunkTokens(request));
            for (int i = 0; i < request.chunkNanos().length; i++) {
                tokens[at(request.chunkNanos()[i])] += request.chunkTokens()[i] * scale;
            }
        }

        List<Panel> panels() {
            double perSecond = NANOS / width;
            List<Panel> panels = new ArrayList<>();
            panels.add(new Panel(
                    "requests",
                    "Requests a second",
                    List.of(
                            line(
                                    "wanted by the schedule",
                                    Arrays.stream(begun)
                                            .mapToDouble(n -> n * perSecond)
                                            .toArray()),
                            line(
                                    "completed",
                                    Arrays.stream(completed)
                                            .mapToDouble(n -> n * perSecond)
                                            .toArray()))));
            panels.add(new Panel(
                    "tokens",
                    "Output tokens a second",
                    List.of(line(
                            "of completed requests",
                            Arrays.stream(tokens).map(n -> n * perSecond).toArray()))));
            addPanel(
                    panels,
                    "ttft",
                    "TTFT, ms, by the time at which the request was to be sent",
                    List.of(
                            latency("median", values -> values.get((values.size() - 1) / 2)),
                            latency("longest", values -> values.get(values.size() - 1))));
            return panels;
        }

        private Line line(String name, double[] values) {
            List<Double> seconds = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                seconds.add(middle(i));
            }
            return new Line(name, seconds, Arrays.stream(values).boxed().toList());
        }

        private double middle(int slice) {
            return (slice + 0.5) * width / NANOS;
        }

        private Line latency(String name, Function<List<Double>, Double> of) {
            List<Double> seconds = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            for (int i = 0; i < firstTokens.size(); i++) {
                List<Double> sorted = firstTokens.get(i).stream().sorted().toList();
                if (!sorted.isEmpty()) {
                    seconds.add(middle(i));
                    values.add(of.apply(sorted));
                }
            }
            return new Line(name, seconds, values);
        }
    }

    /** What was sampled beside the requests. */
    private static final class Machine {
        private final List<TelemetrySample> samples;
        private final long origin;
        private final int cores;

        Machine(List<TelemetrySample> samples, Circumstances circumstances, long endNanos) {
            origin = circumstances.originNanos();
            cores = Math.max(1, circumstances.cores());
            this.samples = samples.stream()
                    .filter(sample -> sample.nanos() >= origin && sample.nanos() <= origin + endNanos)
                    .toList();
        }

        List<Panel> panels() {
            List<Panel> panels = new ArrayList<>();
            addPanel(
                    panels,
                    "server",
                    "Requests in the server, by its own count",
                    List.of(
                            gauge("running", sample -> server(sample, TelemetrySample.Server::running)),
                            gauge("waiting", sample -> server(sample, TelemetrySample.Server::waiting))));
            addPanel(
                    panels,
                    "cpu",
                    "CPU time of all cores, %",
                    List.of(
                            cpu("server", TelemetrySample::serverCpuMicros),
                            cpu("client", TelemetrySample::clientCpuMicros),
                            cpu("taken by the hypervisor", TelemetrySample::stealMicros)));
            addPanel(
                    panels,
                    "gpu",
                    "GPU busy and KV cache in use, %",
                    List.of(
                            gauge("GPU busy", sample -> gpu(sample, TelemetrySample.Gpu::utilisationPercent, 1)),
                            gauge(
                                    "KV cache in use",
                                    sample -> percent(server(sample, TelemetrySample.Server::cacheShare)))));
            addPanel(
                    panels,
                    "power",
                    "GPU power, W",
                    List.of(gauge("board", sample -> gpu(sample, TelemetrySample.Gpu::powerMilliwatts, 1e3))));
            addPanel(
                    panels,
                    "network",
                    "Network of the client's machine, MB/s",
                    List.of(
                            network("received", false, TelemetrySample.Network::receivedBytes),
                            network("sent", false, TelemetrySample.Network::sentBytes),
                            network("to itself", true, TelemetrySample.Network::sentBytes)));
            return panels;
        }

        private static @Nullable Double server(
                TelemetrySample sample, Function<TelemetrySample.Server, @Nullable Double> value) {
            return sample.server() == null ? null : value.apply(sample.server());
        }

        private static @Nullable Double percent(@Nullable Double share) {
            return share == null ? null : 100 * share;
        }

        private static @Nullable Double gpu(
                TelemetrySample sample, Function<TelemetrySample.Gpu, @Nullable Integer> value, double unit) {
            Integer known = sample.gpu() == null ? null : value.apply(sample.gpu());
            return known == null ? null : known / unit;
        }

        private Line gauge(String name, Function<TelemetrySample, @Nullable Double> value) {
            List<Double> seconds = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            for (TelemetrySample sample : samples) {
                Double known = value.apply(sample);
                if (known != null) {
                    seconds.add((sample.nanos() - origin) / NANOS);
                    values.add(known);
                }
            }
            return new Line(name, seconds, values);
        }

        private Line network(String name, boolean loopback, ToLongFunction<TelemetrySample.Network> bytes) {
            List<TelemetrySample> known =
                    samples.stream().filter(sample -> sample.network() != null).toList();
            int step = Math.max(1, known.size() / MOST_SLICES);
            List<Double> seconds = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            for (int i = step; i < known.size(); i += step) {
                TelemetrySample before = known.get(i - step);
                TelemetrySample after = known.get(i);
                NetworkFigures.rate(before, after, loopback, bytes).ifPresent(rate -> {
                    seconds.add(((before.nanos() + after.nanos()) / 2.0 - origin) / NANOS);
                    values.add(rate / BYTES_PER_MEGABYTE);
                });
            }
            return new Line(name, seconds, values);
        }

        /** Differences of a counter of microseconds, in percent of the time of all cores. */
        private Line cpu(String name, Function<TelemetrySample, @Nullable Long> counter) {
            List<TelemetrySample> known = samples.stream()
                    .filter(sample -> counter.apply(sample) != null)
                    .toList();
            int step = Math.max(1, known.size() / MOST_SLICES);
            List<Double> seconds = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            for (int i = step; i < known.size(); i += step) {
                TelemetrySample before = known.get(i - step);
                TelemetrySample after = known.get(i);
                double micros = (after.nanos() - before.nanos()) / 1e3 * cores;
                long passed =
                        Objects.requireNonNull(counter.apply(after)) - Objects.requireNonNull(counter.apply(before));
                if (micros > 0) {
                    seconds.add(((before.nanos() + after.nanos()) / 2.0 - origin) / NANOS);
                    values.add(100 * Math.max(0, passed) / micros);
                }
            }
            return new Line(name, seconds, values);
        }
    }
}
