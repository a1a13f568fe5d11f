package dev.weighbridge.site;

import dev.weighbridge.analysis.RunView;
import dev.weighbridge.results.Json;
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
import java.util.function.UnaryOperator;

/** Run directories made by hand: one of eight variants with every fate, and one in which every text is hostile. */
final class FixtureRuns {
    static final String HOSTILE =
            "</td><script>alert(1)</script>\"onload=\"x' `../../etc \u202Eevil\u0000 ]]>&amp;<!--";
    static final String FORMULA = "=cmd|'/c calc'!A1";
    static final String SKIPPED = "this engine has no int4 kernel on this CPU";
    static final String INVALID = "mean KL divergence from the baseline is 0.310 nats (limit 0.0500)";
    static final String FAILED = "engine process ended with exit code 134 while loading the model";

    private FixtureRuns() {}

    /** Eight variants: chosen, tied, dearer, disqualified, inconclusive, invalid, failed, skipped. */
    static Path everyFate(Path results, String runId) {
        List<Variant> variants = new ArrayList<>();
        for (String engine : List.of("onnxruntime", "pytorch")) {
            for (String precision : List.of("fp32", "int4")) {
                variants.add(variant(engine, precision, "continuous-8", "continuous"));
                variants.add(variant(engine, precision, "none", "none"));
            }
        }
        Workload parity = new Workload(Workload.Kind.PARITY, "parity");
        MeasuredRun run = MeasuredRun.in(
                        results, "quickstart", runId, variants, List.of("demo-arithmetic"), UnaryOperator.identity())
                .whole(variants.get(0), 44, 30, 30.6, 29.7)
                .whole(variants.get(1), 44, 29.8, 29.5, 30.1)
                .whole(variants.get(2), 44, 20, 20.4, 19.9)
                .whole(variants.get(3), 80, 40, 40.3, 39.9)
                .whole(variants.get(4), 48, 10, 10.1, 9.9)
                .lost(variants.get(5), parity, Trial.Status.INVALID, Reason.over(Code.PARITY_DIVERGENCE, 0.31, 0.05))
                .lost(variants.get(6), parity, Trial.Status.FAILED, Reason.about(Code.ENGINE_FAILED, FAILED))
                .lost(variants.get(7), parity, Trial.Status.SKIPPED, Reason.about(Code.REFUSED_BY_ENGINE, SKIPPED));
        run.directory().writeDecision(RunView.of(run.directory()).decision());
        return run.directory().path();
    }

    /** A run whose every text from outside is hostile, its study and id too. */
    static Path hostile(Path results) {
        List<Variant> variants = List.of(
                new Variant("v1", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
                new Variant("v2", FORMULA, FORMULA, "+1+1", "@SUM(1)", "-2+3", "\tx", "cpu-2"),
                new Variant("v3", "日本語モデル", "エンジン", "int4", "x".repeat(5_000), "none", "cpu", "cpu-2"));
        MeasuredRun run =
                MeasuredRun.in(results, "hostile", "h1", variants, List.of("demo-copy"), UnaryOperator.identity());
        for (Variant variant : variants) {
            run.whole(variant, 40, 20, 21, 20.5);
        }
        run.trial(
                variants.get(0),
                new Workload(Workload.Kind.LOAD_OPEN, HOSTILE),
                1,
                1,
                Trial.Status.INVALID,
                List.of(
                        Reason.about(Code.ENGINE_FAILED, HOSTILE),
                        Reason.about(Code.ENGINE_FAILED, "x".repeat(20_000))),
                List.of(new Measurement(HOSTILE, HOSTILE, HOSTILE, 1, HOSTILE, 3, 0.5, 1.5, true)),
                Map.of());
        RunDirectory made = run.directory();
        try {
            Files.writeString(made.path().resolve("manifest.json"), Json.pretty(hostile(made.manifest())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return made.path();
    }

    /** A run of a model whose weights are random; its name is that of a trained one. */
    static Path randomWeights(Path results) {
        Variant variant = variant("pytorch", "fp32", "none", "none");
        MeasuredRun run =
                MeasuredRun.in(results, "speed", "r1", List.of(variant), List.of(), FixtureRuns::withRandomWeights);
        return run.parity(variant).capacity(variant, 20, 21, 20.5).directory().path();
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

    private static Manifest hostile(Manifest m) {
        return new Manifest(
                m.schemaVersion(),
                "../" + HOSTILE,
                "../../" + HOSTILE,
                m.studySha256(),
                "study: " + HOSTILE + "\n",
                m.createdAt(),
                m.gitCommit(),
                m.seeds(),
                Map.of("note", HOSTILE),
                m.software(),
                List.of(new Manifest.Model(HOSTILE, "a1b2c3d4".repeat(8), HOSTILE, 1)),
                m.data(),
                m.prices(),
                m.baseline(),
                m.objectives(),
                m.variants(),
                m.plan());
    }

    private static Variant variant(String engine, String precision, String batching, String policy) {
        String id = "demo~" + engine + "~" + precision + "~" + batching;
        return new Variant(id, "demo-llm-25m", engine, precision, batching, policy, "cpu", "cpu-2");
    }
}
