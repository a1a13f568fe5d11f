package dev.weighbridge.testkit;

import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A run directory as if it had been measured: real files, written by the classes that write them in a study, with figures that
 * a test chooses. For tests of what is made from a run's files; it is no engine and measures nothing.
 */
public final class MeasuredRun {
    /** Blocks of every run made here. */
    public static final int REPEATS = 3;
    /** How the capacity of every variant was searched. */
    public static final Manifest.Search SEARCH = new Manifest.Search(0.05, 6);
    /** Samples of each task. */
    public static final int SAMPLES = 200;
    /** Output tokens of each answer. */
    public static final int TOKENS = 32;

    private static final String STARTED = "2026-03-02T03:10:00Z";
    private static final double MISSED_OVER_HELD = 1.04;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final RunDirectory run;

    private MeasuredRun(RunDirectory run) {
        this.run = run;
    }

    /**
     * Starts a run; the first variant is the baseline.
     *
     * @param change of the manifest before it is written
     */
    public static MeasuredRun in(
            Path results,
            String study,
            String runId,
            List<Variant> variants,
            List<String> tasks,
            UnaryOperator<Manifest> change) {
        String baseline = variants.get(0).id();
        Map<String, String> baselines = new LinkedHashMap<>();
        variants.forEach(v -> baselines.put(v.id(), baseline));
        Manifest manifest = new Manifest(
                Manifest.SCHEMA_VERSION,
                study,
                runId,
                "3b1f0c5d".repeat(8),
                "study: " + study + "\n",
                STARTED,
                "9c1e4a7d2b3f4c5e6a7b8c9d0e1f2a3b4c5d6e7f",
                Map.of("study", 42L, "arrivals", 7L),
                Map.of("os", "Linux 6.1", "cpu", "AMD EPYC 7763", "cores", "2"),
                Map.of("jvm", "17.0.15", "onnxruntime", "1.29.0", "gatling", "3.15.1"),
                List.of(new Manifest.Model("demo-llm-25m", "a1b2c3d4".repeat(8), "Apache-2.0", 25_165_824)),
                tasks.stream()
                        .map(task -> new Manifest.Data(task, "1", "0f1e2d3c".repeat(8), "CC0-1.0", SAMPLES))
                        .toList(),
                new Manifest.Prices("example-cloud", "2026-02-15", "published prices", Map.of("cpu-2", 0.096)),
                baseline,
                new Manifest.Objectives(250.0, 40.0, null, 0.95, 0.02),
                variants,
                new Manifest.Plan(tasks, List.of(), SEARCH, REPEATS, null, baselines));
        return new MeasuredRun(RunDirectory.create(results, change.apply(manifest)));
    }

    /** The folder that was written. */
    public RunDirectory directory() {
        return run;
    }

    /**
     * Adds a whole variant: parity, answers, and a capacity in every block.
     *
     * @param wrong answers of each task that are wrong, the first ones
     * @param rates requests a second that held, one a block
     */
    public MeasuredRun whole(Variant variant, int wrong, double... rates) {
        return parity(variant).answers(variant, wrong).capacity(variant, rates);
    }

    /** Adds a parity that passed. */
    public MeasuredRun parity(Variant variant) {
        return trial(
                variant,
                new Workload(Workload.Kind.PARITY, "parity"),
                1,
                1,
                Trial.Status.COMPLETED,
                List.of(),
                List.of(figure("kl_divergence", 0.0021, "nats", 480), figure("top1_agreement", 0.998, "1", 480)),
                Map.of());
    }

    /** Adds judged answers. */
    public MeasuredRun answers(Variant variant, int wrong) {
        Map<String, List<SampleRecord>> samples = new LinkedHashMap<>();
        for (String task : run.manifest().plan().tasks()) {
            List<SampleRecord> records = new ArrayList<>();
            for (int i = 0; i < SAMPLES; i++) {
                records.add(sample(task, i, i >= wrong));
            }
            samples.put(task, records);
        }
        return trial(
                variant,
                new Workload(Workload.Kind.EVALUATION, "evaluation"),
                1,
                1,
                Trial.Status.COMPLETED,
                List.of(),
                samples.keySet().stream()
                        .map(task -> new Measurement(
                                "accuracy",
                                task,
                                "accuracy",
                                (SAMPLES - wrong) / (double) SAMPLES,
                                "1",
                                SAMPLES,
                                null,
                                null,
                                false))
                        .toList(),
                samples);
    }

    private static SampleRecord sample(String task, int index, boolean right) {
        String id = task + "-" + index;
        return new SampleRecord(
                index,
                Map.of("id", id),
                "yes",
                Map.of("gen_args_0", Map.of("arg_0", "question " + index)),
                List.of(List.of(right ? "yes" : "no")),
                List.of(right ? "yes" : "no"),
                "none",
                List.of("exact_match"),
                id,
                id,
                id,
                right ? 1 : 0,
                null,
                Map.of("exact_match", right ? 1 : 0));
    }

    /** Adds two probes a block: one that held, and one four percent above that did not. */
    public MeasuredRun capacity(Variant variant, double... rates) {
        for (int repeat = 1; repeat <= rates.length; repeat++) {
            double rate = rates[repeat - 1];
            probe(variant, repeat, 1, rate, 600);
            probe(variant, repeat, 2, rate * MISSED_OVER_HELD, 300);
        }
        return this;
    }

    private void probe(Variant variant, int repeat, int step, double rate, int good) {
        double share = good / 600.0;
        List<Measurement> figures = List.of(
                new Measurement(
                        "goodput", "", "goodput", share, "1", 600, share * 0.99, Math.min(1, share * 1.01), false),
                figure("ttft_p50", 800 / rate, "ms", 600),
                figure("ttft_p95", 1_900 / rate, "ms", 600),
                new Measurement("ttft_p99", "", "ttft", 3_000 / rate, "ms", 600, null, null, true),
                figure("tpot_p50", 90 / rate, "ms", 600),
                figure("tpot_p95", 150 / rate, "ms", 600),
                figure("output_tokens_per_s", rate * TOKENS, "tokens/s", 600),
                figure("output_tokens_mean", TOKENS, "tokens", 600),
                figure("achieved_rate", rate, "requests/s", 600));
        trial(
                variant,
                new Workload(Workload.Kind.CAPACITY, "capacity", rate),
                repeat,
                step,
                Trial.Status.COMPLETED,
                List.of(),
                figures,
                Map.of());
    }

    /** Adds a trial without figures that did not count. */
    public MeasuredRun lost(Variant variant, Workload workload, Trial.Status status, Reason... reasons) {
        return trial(variant, workload, 1, 1, status, List.of(reasons), List.of(), Map.of());
    }

    /** Adds a load of the first block that counts, with what its judgement rests on. */
    public MeasuredRun load(
            Variant variant, Workload workload, Circumstances circumstances, List<Measurement> figures) {
        return trial(variant, workload, 1, 1, Trial.Status.COMPLETED, List.of(), figures, Map.of(), circumstances);
    }

    /** Adds any trial. */
    public MeasuredRun trial(
            Variant variant,
            Workload workload,
            int repeat,
            int step,
            Trial.Status status,
            List<Reason> reasons,
            List<Measurement> figures,
            Map<String, List<SampleRecord>> samples) {
        return trial(variant, workload, repeat, step, status, reasons, figures, samples, null);
    }

    private MeasuredRun trial(
            Variant variant,
            Workload workload,
            int repeat,
            int step,
            Trial.Status status,
            List<Reason> reasons,
            List<Measurement> figures,
            Map<String, List<SampleRecord>> samples,
            @Nullable Circumstances circumstances) {
        String id = "t" + run.manifest().variants().indexOf(variant) + "-"
                + workload.kind().name().toLowerCase(java.util.Locale.ROOT) + "-" + repeat + "-" + step;
        try (TrialFolder folder = run.begin(id)) {
            samples.forEach((task, records) -> records.forEach(record -> folder.sample(task, record)));
            if (workload.kind().load() && !figures.isEmpty()) {
                folder.histogram("ttft", histogram(workload));
            }
            folder.commit(new Trial(
                    Trial.SCHEMA_VERSION,
                    id,
                    variant,
                    workload,
                    repeat,
                    step,
                    1,
                    status,
                    reasons,
                    List.of(),
                    figures,
                    circumstances,
                    engine(variant),
                    STARTED,
                    4.5));
        }
        return this;
    }

    /** What the engine says of itself; of w8a8 that its answers depend on the processor. */
    private static Map<String, String> engine(Variant variant) {
        return variant.precision().equals("w8a8")
                ? Map.of("version", "1.0", "device", "cpu", EngineInfo.NUMERICS, "w8a8: activations have 7 bits")
                : Map.of("version", "1.0", "device", "cpu");
    }

    private static Histogram histogram(Workload workload) {
        Histogram histogram = new Histogram(3);
        Double rate = workload.offeredRate();
        double middle = 800 / (rate == null ? 20 : rate);
        for (int i = 0; i < 600; i++) {
            histogram.recordValue((long) (middle * (0.5 + i / 300.0) * NANOS_PER_MILLI));
        }
        return histogram;
    }

    /** A figure with an interval of five percent around it. */
    public static Measurement figure(String name, double value, String unit, long samples) {
        String definition = name.replaceAll("_(p[0-9.]+|max)$", "");
        return new Measurement(name, "", definition, value, unit, samples, value * 0.95, value * 1.05, false);
    }
}
