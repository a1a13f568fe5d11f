package dev.weighbridge.reports;

import dev.weighbridge.analysis.RunSummary;
import dev.weighbridge.analysis.VariantSummary;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Run directories made by hand: a realistic one of 18 variants, and one in which every text is hostile. */
final class FixtureRun {
    static final String HOSTILE =
            "<script>alert(1)</script>\"onload=\"x' `|[a](javascript:x) \u202Eevil\u0000 ]]>&amp;";
    static final String FORMULA = "=cmd|'/c calc'!A1";
    static final Manifest.Objectives OBJECTIVES = new Manifest.Objectives(250.0, 40.0, null, 0.99, 0.02);

    private static final int SAMPLES = 200;
    private static final String[] TASKS = {"demo-arithmetic", "demo-facts", "demo-copy"};
    private static final double[] TASK_SHIFT = {-0.06, 0.02, 0.04};
    private static final String STARTED = "2026-03-02T03:10:00Z";

    private FixtureRun() {}

    /**
     * Eighteen variants: two engines, three precisions, three batching policies; one failed, one invalid, one skipped. It is
     * measured once and then copied, because every trial is synchronized to the disk.
     */
    static RunDirectory realistic(Path results) {
        Path measured = Measured.PATH;
        Path copy = results.resolve("serving-demo").resolve(measured.getFileName());
        try (Stream<Path> files = Files.walk(measured)) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(measured.relativize(file).toString());
                Files.createDirectories(Files.isDirectory(file) ? target : target.getParent());
                if (Files.isRegularFile(file)) {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return RunDirectory.open(copy);
    }

    /** The realistic run as measured, in the build folder. */
    private static final class Measured {
        static final Path PATH = measure();

        private static Path measure() {
            Path results =
                    Path.of("target", "fixture-run-" + ProcessHandle.current().pid());
            RunDirectory run =
                    RunDirectory.create(results, manifest("serving-demo", realisticVariants(), "demo-llm-25m"));
            for (Variant variant : realisticVariants()) {
                FixtureRun.measure(run, variant);
            }
            run.writeDecision(decide(run, Decision.Outcome.TIED));
            return run.path();
        }
    }

    /** A run whose every text from outside is hostile. */
    static RunDirectory hostile(Path results) {
        List<Variant> variants = List.of(
                new Variant("v1" + HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
                new Variant(FORMULA, FORMULA, FORMULA, "+1+1", "@SUM(1)", "-2+3", "\tx", "box"),
                new Variant(
                        "مرحبا \u2067שלום\u2069", "日本語モデル", "エンジン", "int4", "x".repeat(5_000), "none", "cpu", "box"));
        RunDirectory run = RunDirectory.create(results, manifest("hostile", variants, HOSTILE));
        int i = 0;
        for (Variant variant : variants) {
            List<Measurement> figures = new ArrayList<>(load(0.8, 40, new Random(1)));
            figures.add(new Measurement(HOSTILE, HOSTILE, HOSTILE, 1, HOSTILE, 3, 0.5, 1.5, true));
            commit(
                    run,
                    "load-" + ++i,
                    variant,
                    Workload.Kind.LOAD_OPEN,
                    HOSTILE,
                    Trial.Status.COMPLETED,
                    List.of(),
                    figures);
            List<Measurement> answers = List.of(
                    accuracy("", 0.5 + i * 0.01, 100), accuracy(HOSTILE, 0.5, 100), accuracy("../../etc", 0.5, 100));
            commit(
                    run,
                    "eval-" + i,
                    variant,
                    Workload.Kind.EVALUATION,
                    "evaluation",
                    Trial.Status.COMPLETED,
                    List.of(),
                    answers);
            commit(
                    run,
                    "parity-" + i,
                    variant,
                    Workload.Kind.PARITY,
                    "parity",
                    Trial.Status.INVALID,
                    List.of(HOSTILE, "x".repeat(20_000)),
                    List.of());
        }
        run.writeDecision(decide(run, Decision.Outcome.DECIDED));
        return run;
    }

    static Manifest manifest(String study, List<Variant> variants, String model) {
        return new Manifest(
                Manifest.SCHEMA_VERSION,
                study,
                "20260302-031000-7f3a",
                "3b1f0c5d".repeat(8),
                "study: " + study + "\nmodels:\n  - " + model + "\n",
                STARTED,
                "9c1e4a7d2b3f4c5e6a7b8c9d0e1f2a3b4c5d6e7f",
                Map.of("study", 42L, "arrivals", 7L),
                Map.of(
                        "os",
                        "Linux 6.1",
                        "cpu",
                        "AMD EPYC 7763",
                        "cores",
                        "2",
                        "memory_bytes",
                        "8589934592",
                        "note",
                        model),
                Map.of("jvm", "17.0.15", "onnxruntime", "1.29.0", "pytorch", "2.7.1", "gatling", "3.15.1"),
                List.of(new Manifest.Model(model, "a1b2c3d4".repeat(8), "Apache-2.0", 25_165_824)),
                List.of(
                        new Manifest.Data(TASKS[0], "1", "0f1e2d3c".repeat(8), "CC0-1.0", SAMPLES),
                        new Manifest.Data(TASKS[1], "1", "1f1e2d3c".repeat(8), "CC0-1.0", SAMPLES),
                        new Manifest.Data(TASKS[2], "1", "2f1e2d3c".repeat(8), "CC0-1.0", SAMPLES)),
                new Manifest.Prices(
                        "example-cloud",
                        "2026-02-15",
                        "published on-demand prices",
                        Map.of("cpu-2", 0.096, "box", 0.2)),
                variants.get(0).id(),
                OBJECTIVES,
                variants);
    }

    /** A decision over what the run measured: cheapest valid variants first, the first two tied. */
    static Decision decide(RunDirectory run, Decision.Outcome outcome) {
        RunSummary summary = RunSummary.of(run);
        List<VariantSummary> rows = new ArrayList<>(summary.rows());
        rows.sort(Comparator.comparingDouble(FixtureRun::cost));
        List<Decision.Candidate> candidates = new ArrayList<>();
        int place = 0;
        for (VariantSummary row : rows) {
            boolean ranked = row.status() == Trial.Status.COMPLETED
                    && row.figure("usd_per_1m_output_tokens").isPresent();
            boolean inferior = row.figure("accuracy_difference")
                    .map(m -> m.value() < -0.04)
                    .orElse(false);
            Decision.Verdict verdict = !ranked
                    ? Decision.Verdict.NOT_RANKED
                    : inferior
                            ? Decision.Verdict.DISQUALIFIED
                            : place == 0
                                    ? Decision.Verdict.CHOSEN
                                    : place == 1 && outcome == Decision.Outcome.TIED
                                            ? Decision.Verdict.TIED
                                            : Decision.Verdict.DEARER;
            place += ranked && !inferior ? 1 : 0;
            candidates.add(new Decision.Candidate(
                    row.variant().id(),
                    verdict,
                    reasons(verdict, row),
                    row.figure("usd_per_1m_output_tokens").orElse(null)));
        }
        candidates.sort(Comparator.comparing(Decision.Candidate::verdict));
        return new Decision(
                Decision.SCHEMA_VERSION,
                run.manifest().study(),
                run.manifest().runId(),
                outcome,
                candidates.get(0).variant(),
                "The cheapest variant whose accuracy is non-inferior to the baseline and whose load met the objectives; one"
                        + " other lies inside its interval of cost.",
                run.manifest().objectives(),
                "example-cloud",
                "2026-02-15",
                candidates);
    }

    private static List<String> reasons(Decision.Verdict verdict, VariantSummary row) {
        return switch (verdict) {
            case CHOSEN ->
                List.of(
                        "lowest cost of all variants that qualify",
                        "accuracy non-inferior to the baseline by the margin of 2.0 pp",
                        "goodput of 99.6 % meets the share of 99.0 %");
            case TIED -> List.of("qualifies; its cost lies inside the interval of the chosen variant");
            case DEARER -> List.of("qualifies, and costs more than the chosen variant beyond the intervals");
            case DISQUALIFIED -> List.of("accuracy is inferior to the baseline by more than the margin of 2.0 pp");
            case INCONCLUSIVE -> List.of("about 840 more samples would settle its accuracy");
            case NOT_RANKED ->
                row.reasons().isEmpty() ? List.of("has no cost: no load met the objectives") : row.reasons();
        };
    }

    private static double cost(VariantSummary row) {
        return row.figure("usd_per_1m_output_tokens").map(Measurement::value).orElse(Double.MAX_VALUE);
    }

    private static List<Variant> realisticVariants() {
        List<Variant> variants = new ArrayList<>();
        for (String precision : List.of("fp32", "int8", "int4")) {
            for (String engine : List.of("pytorch", "onnxruntime")) {
                for (String[] batching :
                        new String[][] {{"none", "none"}, {"dynamic-8-5ms", "dynamic"}, {"continuous-8", "continuous"}
                        }) {
                    variants.add(new Variant(
                            "demo~" + engine + "~" + precision + "~" + batching[0],
                            "demo-llm-25m",
                            engine,
                            precision,
                            batching[0],
                            batching[1],
                            "cpu",
                            "cpu-2"));
                }
            }
        }
        return variants;
    }

    private static void measure(RunDirectory run, Variant variant) {
        int place = run.manifest().variants().indexOf(variant);
        if (place == 12) {
            commit(
                    run,
                    "t-skip-" + place,
                    variant,
                    Workload.Kind.PARITY,
                    "parity",
                    Trial.Status.SKIPPED,
                    List.of("pytorch has no int4 kernel on this CPU"),
                    List.of());
            return;
        }
        if (place == 15) {
            commit(
                    run,
                    "t-fail-" + place,
                    variant,
                    Workload.Kind.PARITY,
                    "parity",
                    Trial.Status.FAILED,
                    List.of(
                            "engine process ended with exit code 134 while loading the model; its last words are in engine.log"),
                    List.of());
            return;
        }
        Random random = new Random(place);
        double loss =
                variant.precision().equals("fp32") ? 0 : variant.precision().equals("int8") ? 0.004 : 0.055;
        parity(run, variant, place, loss);
        evaluation(run, variant, place, loss, random);
        double speed = speed(variant);
        List<String> invalid = place == 9
                ? List.of(
                        "the client sent its requests late: p99 schedule delay 14.2 ms is over 10 ms",
                        "answers are +14 % as long as the baseline's on the same 64 prompts (limit 10 %)")
                : List.of();
        for (int repeat = 1; repeat <= 3; repeat++) {
            List<Measurement> figures = load(speed, 1_200 / speed, random);
            Trial.Status status = invalid.isEmpty() ? Trial.Status.COMPLETED : Trial.Status.INVALID;
            try (TrialFolder folder = run.begin("t-open-" + place + "-" + repeat)) {
                folder.histogram("ttft", histogram(600, 1_200 / speed, random));
                folder.commit(trial(
                        "t-open-" + place + "-" + repeat,
                        variant,
                        new Workload(Workload.Kind.LOAD_OPEN, "chat-poisson"),
                        repeat,
                        status,
                        invalid,
                        figures));
            }
        }
    }

    private static double speed(Variant variant) {
        double speed = variant.engine().equals("onnxruntime") ? 16 : 11;
        speed *= variant.precision().equals("fp32") ? 1 : variant.precision().equals("int8") ? 1.7 : 2.1;
        return speed
                * (variant.batching().equals("none") ? 1 : variant.batching().startsWith("dynamic") ? 1.6 : 2.3);
    }

    private static void parity(RunDirectory run, Variant variant, int place, double loss) {
        List<Measurement> figures = new ArrayList<>();
        if (place > 0) {
            figures.add(new Measurement(
                    "kl_divergence",
                    "",
                    "kl_divergence",
                    loss / 4 + 1e-6,
                    "nats",
                    4_096,
                    loss / 5,
                    loss / 3 + 2e-6,
                    false));
            figures.add(new Measurement(
                    "top1_agreement",
                    "",
                    "top1_agreement",
                    1 - loss * 1.3,
                    "1",
                    4_096,
                    1 - loss * 1.5 - 0.001,
                    1 - loss * 1.1,
                    false));
        }
        commit(
                run,
                "t-parity-" + place,
                variant,
                Workload.Kind.PARITY,
                "parity",
                Trial.Status.COMPLETED,
                List.of(),
                figures);
    }

    private static void evaluation(RunDirectory run, Variant variant, int place, double loss, Random random) {
        String id = "t-eval-" + place;
        Workload workload = new Workload(Workload.Kind.EVALUATION, "evaluation");
        List<Measurement> figures = new ArrayList<>();
        try (TrialFolder folder = run.begin(id)) {
            double right = 0;
            for (int task = 0; task < TASKS.length; task++) {
                double taskRight = 0;
                Random difficulty = new Random(1_000 + task);
                for (int i = 0; i < SAMPLES; i++) {
                    double base = difficulty.nextDouble();
                    double noise = place == 0 ? 0 : (random.nextDouble() - 0.5) * 0.04;
                    boolean is = base + noise + loss < 0.78 + TASK_SHIFT[task];
                    taskRight += is ? 1 : 0;
                    folder.sample(TASKS[task], sample(i, is));
                }
                right += taskRight;
                figures.add(accuracy(TASKS[task], taskRight / SAMPLES, SAMPLES));
            }
            double mean = right / (SAMPLES * TASKS.length);
            figures.add(0, accuracy("", mean, (long) SAMPLES * TASKS.length));
            if (place > 0) {
                double difference = mean - 0.78;
                figures.add(
                        1,
                        new Measurement(
                                "accuracy_difference",
                                "",
                                "accuracy_difference",
                                difference,
                                "1",
                                600,
                                difference - 0.008,
                                difference + 0.008,
                                false));
            }
            folder.commit(trial(id, variant, workload, 1, Trial.Status.COMPLETED, List.of(), figures));
        }
    }

    private static SampleRecord sample(int i, boolean right) {
        return new SampleRecord(
                i,
                Map.of("id", i),
                "4",
                List.of("2+2="),
                List.of("4"),
                "4",
                "trim",
                List.of("exact_match"),
                "d" + i,
                "p" + i,
                "t" + i,
                right ? 1 : 0,
                null);
    }

    private static Measurement accuracy(String task, double value, long n) {
        double half = 1.96 * Math.sqrt(value * (1 - value) / n);
        return new Measurement("accuracy", task, "accuracy", value, "1", n, value - half, value + half, false);
    }

    private static List<Measurement> load(double speed, double typical, Random random) {
        double jitter = 1 + (random.nextDouble() - 0.5) * 0.06;
        double p50 = typical * jitter;
        List<Measurement> figures = new ArrayList<>();
        figures.add(latency("ttft_p50", "ttft", p50, false));
        figures.add(latency("ttft_p95", "ttft", p50 * 1.9, false));
        figures.add(latency("ttft_p99", "ttft", p50 * 2.8, typical > 90));
        figures.add(latency("tpot_p50", "tpot", 260 / speed * jitter, false));
        figures.add(latency("tpot_p95", "tpot", 340 / speed * jitter, false));
        figures.add(new Measurement("goodput", "", "goodput", 0.996, "1", 600, 0.991, 0.999, false));
        figures.add(new Measurement(
                "output_tokens_per_s",
                "",
                "output_tokens_per_s",
                speed * 40 * jitter,
                "tokens/s",
                12_000,
                null,
                null,
                false));
        return figures;
    }

    private static Measurement latency(String name, String definition, double value, boolean uncertain) {
        return new Measurement(name, "", definition, value, "ms", 600, value * 0.95, value * 1.06, uncertain);
    }

    private static Histogram histogram(int n, double medianMillis, Random random) {
        Histogram histogram = new Histogram(1_000, 3_600_000_000_000L, 3);
        for (int i = 0; i < n; i++) {
            histogram.recordValue((long) (medianMillis * 1e6 * Math.exp(random.nextGaussian() * 0.42)));
        }
        return histogram;
    }

    private static void commit(
            RunDirectory run,
            String id,
            Variant variant,
            Workload.Kind kind,
            String workload,
            Trial.Status status,
            List<String> reasons,
            List<Measurement> figures) {
        try (TrialFolder folder = run.begin(id)) {
            folder.commit(trial(id, variant, new Workload(kind, workload), 1, status, reasons, figures));
        }
    }

    private static Trial trial(
            String id,
            Variant variant,
            Workload workload,
            int repeat,
            Trial.Status status,
            List<String> reasons,
            List<Measurement> figures) {
        return new Trial(
                Trial.SCHEMA_VERSION,
                id,
                variant,
                workload,
                repeat,
                status,
                reasons,
                figures,
                Map.of("version", "1.0", "device", "cpu"),
                STARTED,
                42.5);
    }
}
