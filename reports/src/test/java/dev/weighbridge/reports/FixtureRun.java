package dev.weighbridge.reports;

import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import dev.weighbridge.testkit.MeasuredRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Run directories made by hand: a realistic one of 18 variants, and one in which every text is hostile. */
final class FixtureRun {
    static final String HOSTILE =
            "<script>alert(1)</script>\"onload=\"x' `|[a](javascript:x) \u202Eevil\u0000 ]]>&amp;";
    static final String FORMULA = "=cmd|'/c calc'!A1";
    static final String SKIPPED = "pytorch has no int4 kernel on this CPU";
    static final String FAILED =
            "engine process ended with exit code 134 while loading the model; its last words are in engine.log";

    private static final List<String> TASKS = List.of("demo-arithmetic", "demo-facts", "demo-copy");

    private static final int PROBES = 7;

    private FixtureRun() {}

    /**
     * Eighteen variants: two engines, three precisions, three batching policies; one failed, one invalid, one skipped, one
     * screened. It is measured once and then copied, because every trial is synchronized to the disk.
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
            List<Variant> variants = realisticVariants();
            MeasuredRun run = MeasuredRun.in(
                    results, "serving-demo", "20260302-031000-7f3a", variants, TASKS, UnaryOperator.identity());
            for (Variant variant : variants) {
                FixtureRun.measure(run, variant, variants.indexOf(variant));
            }
            return run.directory().path();
        }
    }

    /**
     * A run as large as the quickstart's can become: eighteen variants, each with seven probes in each of three blocks, none
     * of them screened.
     */
    static RunDirectory quickstartSize(Path results) {
        List<Variant> variants = realisticVariants();
        MeasuredRun run = MeasuredRun.in(
                results, "quickstart", "20260302-031000-7f3a", variants, TASKS, UnaryOperator.identity());
        for (Variant variant : variants) {
            double rate = 10 + variants.indexOf(variant);
            run.whole(variant, 40, rate, rate * 1.002, rate * 0.998);
            for (int step = 3; step <= PROBES; step++) {
                for (int repeat = 1; repeat <= MeasuredRun.REPEATS; repeat++) {
                    double share = 1.0 - 0.001 * step;
                    run.trial(
                            variant,
                            new Workload(Workload.Kind.CAPACITY, "capacity", rate * (1 - 0.07 * step)),
                            repeat,
                            step,
                            Trial.Status.COMPLETED,
                            List.of(),
                            List.of(
                                    new Measurement("goodput", "", "goodput", share, "1", 600, share, 1.0, false),
                                    MeasuredRun.figure("ttft_p95", 90.0 - step, "ms", 600)),
                            Map.of());
                }
            }
        }
        return run.directory();
    }

    /** A run that was only evaluated: it has accuracy, and neither capacity nor cost. */
    static RunDirectory evaluatedOnly(Path results) {
        List<Variant> variants = realisticVariants();
        MeasuredRun run =
                MeasuredRun.in(results, "answers", "20260302-031000-7f3a", variants, TASKS, UnaryOperator.identity());
        variants.subList(0, 2).forEach(variant -> run.parity(variant).answers(variant, 40));
        return run.directory();
    }

    private static void measure(MeasuredRun run, Variant variant, int place) {
        Workload parity = new Workload(Workload.Kind.PARITY, "parity");
        switch (place) {
            case 9 -> run.lost(variant, parity, Trial.Status.INVALID, Reason.over(Code.PARITY_DIVERGENCE, 0.31, 0.05));
            case 12 -> run.lost(variant, parity, Trial.Status.SKIPPED, Reason.about(Code.REFUSED_BY_ENGINE, SKIPPED));
            case 15 -> run.lost(variant, parity, Trial.Status.FAILED, Reason.about(Code.ENGINE_FAILED, FAILED));
            case 6 ->
                run.parity(variant)
                        .answers(variant, 40)
                        .lost(
                                variant,
                                new Workload(Workload.Kind.CAPACITY, "capacity", 10.0),
                                Trial.Status.SKIPPED,
                                Reason.over(Code.SCREENED_COST, 0.2, 0.1));
            default -> {
                double rate = 10
                        + (variant.engine().equals("onnxruntime") ? 6 : 0)
                        + (variant.batching().equals("none")
                                ? 0
                                : variant.batching().startsWith("dynamic") ? 9 : 14)
                        + (variant.precision().equals("fp32") ? 0 : 3);
                // The two fastest differ by less than their blocks do.
                double shift = place == 8 ? 5.88 : 0;
                boolean int4 = variant.precision().equals("int4");
                SplittableRandom noise = new SplittableRandom(place);
                double[] rates = new double[MeasuredRun.REPEATS];
                for (int block = 0; block < rates.length; block++) {
                    rates[block] = (rate + shift) * (0.997 + 0.006 * noise.nextDouble());
                }
                run.whole(variant, int4 ? 70 : 40, rates);
            }
        }
    }

    /** A run of one model whose weights are random: parity and capacity, no answers. */
    static RunDirectory randomWeights(Path results) {
        List<Variant> variants = realisticVariants().subList(0, 2);
        MeasuredRun run = MeasuredRun.in(
                results, "speed", "20260302-031000-7f3a", variants, List.of(), FixtureRun::withRandomWeights);
        variants.forEach(variant -> run.parity(variant).capacity(variant, 20, 21, 20.5));
        return run.directory();
    }

    private static Manifest withRandomWeights(Manifest m) {
        return new Manifest(
                m.schemaVersion(),
                m.study(),
                m.runId(),
                m.studySha256(),
                m.studyText(),
                m.createdAt(),
                m.gitCommit(),
                m.seeds(),
                m.host(),
                m.software(),
                List.of(new Manifest.Model(
                        "demo-llm-25m", "a1b2c3d4".repeat(8), "unknown", 1, new Manifest.RandomWeights("gpt2", 7))),
                m.data(),
                m.prices(),
                m.baseline(),
                m.objectives(),
                m.variants(),
                m.plan());
    }

    /** A run whose every text from outside is hostile. */
    static RunDirectory hostile(Path results) {
        List<Variant> variants = List.of(
                new Variant("v1" + HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
                new Variant(FORMULA, FORMULA, FORMULA, "+1+1", "@SUM(1)", "-2+3", "\tx", "box"),
                new Variant(
                        "مرحبا \u2067שלום\u2069", "日本語モデル", "エンジン", "int4", "x".repeat(5_000), "none", "cpu", "box"));
        MeasuredRun run = MeasuredRun.in(
                results, "hostile", "20260302-031000-7f3a", variants, List.of("demo-copy"), FixtureRun::hostile);
        for (Variant variant : variants) {
            run.whole(variant, 40, 20, 21, 20.5);
            run.trial(
                    variant,
                    new Workload(Workload.Kind.LOAD_OPEN, HOSTILE),
                    1,
                    1,
                    Trial.Status.INVALID,
                    List.of(
                            Reason.about(Code.ENGINE_FAILED, HOSTILE),
                            Reason.about(Code.ENGINE_FAILED, "x".repeat(20_000))),
                    List.of(new Measurement(HOSTILE, HOSTILE, HOSTILE, 1, HOSTILE, 3, 0.5, 1.5, true)),
                    Map.of());
        }
        return run.directory();
    }

    private static Manifest hostile(Manifest m) {
        return new Manifest(
                m.schemaVersion(),
                m.study(),
                m.runId(),
                m.studySha256(),
                "study: hostile\nmodels:\n  - " + HOSTILE + "\n",
                m.createdAt(),
                m.gitCommit(),
                m.seeds(),
                Map.of("note", HOSTILE),
                m.software(),
                List.of(new Manifest.Model(HOSTILE, "a1b2c3d4".repeat(8), HOSTILE, 1)),
                m.data(),
                new Manifest.Prices(HOSTILE, "2026-02-15", HOSTILE, Map.of("box", 0.2, HOSTILE, 0.2)),
                m.baseline(),
                m.objectives(),
                m.variants(),
                m.plan());
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
}
