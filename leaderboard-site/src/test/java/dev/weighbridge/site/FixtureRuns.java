package dev.weighbridge.site;

import dev.weighbridge.analysis.RunSummary;
import dev.weighbridge.analysis.VariantSummary;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Run directories made by hand: one of eight variants with every fate, and one in which every text is hostile. */
final class FixtureRuns {
    static final String HOSTILE =
            "</td><script>alert(1)</script>\"onload=\"x' `../../etc \u202Eevil\u0000 ]]>&amp;<!--";
    static final String FORMULA = "=cmd|'/c calc'!A1";
    static final String SKIPPED = "this engine has no int4 kernel on this CPU";
    static final String INVALID = "the client sent its requests late: p99 schedule delay 14.2 ms is over 10 ms";
    static final String FAILED = "engine process ended with exit code 134 while loading the model";

    private static final String STARTED = "2026-03-02T03:10:00Z";
    private static final Manifest.Objectives OBJECTIVES = new Manifest.Objectives(250.0, 40.0, null, 0.99, 0.02);

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
        RunDirectory run = RunDirectory.create(results, manifest("quickstart", runId, variants, "demo-llm-25m"));
        for (int i = 0; i < 5; i++) {
            measure(run, variants.get(i), i, Trial.Status.COMPLETED, List.of());
        }
        measure(run, variants.get(5), 5, Trial.Status.INVALID, List.of(INVALID));
        commit(run, "t-6", variants.get(6), Workload.Kind.PARITY, Trial.Status.FAILED, List.of(FAILED), List.of());
        commit(run, "t-7", variants.get(7), Workload.Kind.PARITY, Trial.Status.SKIPPED, List.of(SKIPPED), List.of());
        run.writeDecision(decision(run));
        return run.path();
    }

    /** A run whose every text from outside is hostile, its study and id too. */
    static Path hostile(Path results) {
        List<Variant> variants = List.of(
                new Variant("v1", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
                new Variant("v2", FORMULA, FORMULA, "+1+1", "@SUM(1)", "-2+3", "\tx", "cpu-2"),
                new Variant("v3", "日本語モデル", "エンジン", "int4", "x".repeat(5_000), "none", "cpu", "cpu-2"));
        RunDirectory made = RunDirectory.create(results, manifest("hostile", "h1", variants, HOSTILE));
        for (Variant variant : variants) {
            String id = "t-" + variant.id();
            List<Measurement> figures = new ArrayList<>(load(100, 1));
            figures.add(new Measurement(HOSTILE, HOSTILE, HOSTILE, 1, HOSTILE, 3, 0.5, 1.5, true));
            commit(made, id, variant, Workload.Kind.LOAD_OPEN, Trial.Status.COMPLETED, List.of(), figures);
        }
        List<String> reasons = List.of(HOSTILE, "x".repeat(20_000));
        commit(made, "t-4", variants.get(0), Workload.Kind.PARITY, Trial.Status.INVALID, reasons, List.of());
        try {
            Files.writeString(
                    made.path().resolve("manifest.json"),
                    Json.pretty(manifest("../" + HOSTILE, "../../" + HOSTILE, variants, HOSTILE)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return made.path();
    }

    private static Variant variant(String engine, String precision, String batching, String policy) {
        String id = "demo~" + engine + "~" + precision + "~" + batching;
        return new Variant(id, "demo-llm-25m", engine, precision, batching, policy, "cpu", "cpu-2");
    }

    private static Manifest manifest(String study, String runId, List<Variant> variants, String text) {
        return new Manifest(
                Manifest.SCHEMA_VERSION,
                study,
                runId,
                "3b1f0c5d".repeat(8),
                "study: " + study + "\nmodels:\n  - " + text + "\n",
                STARTED,
                "9c1e4a7d2b3f4c5e6a7b8c9d0e1f2a3b4c5d6e7f",
                Map.of("study", 42L, "arrivals", 7L),
                Map.of("os", "Linux 6.1", "cpu", "AMD EPYC 7763", "cores", "2", "note", text),
                Map.of("jvm", "17.0.15", "onnxruntime", "1.29.0", "gatling", "3.15.1"),
                List.of(new Manifest.Model(text, "a1b2c3d4".repeat(8), "Apache-2.0", 25_165_824)),
                List.of(new Manifest.Data("demo-arithmetic", "1", "0f1e2d3c".repeat(8), "CC0-1.0", 600)),
                new Manifest.Prices("example-cloud", "2026-02-15", "published prices", Map.of("cpu-2", 0.096)),
                variants.get(0).id(),
                OBJECTIVES,
                variants);
    }

    private static void measure(
            RunDirectory run, Variant variant, int place, Trial.Status status, List<String> reasons) {
        List<Measurement> answers = new ArrayList<>();
        double accuracy = 0.78 - (place == 3 ? 0.06 : 0.004 * place);
        answers.add(share("accuracy", accuracy, 0.033));
        if (place > 0) {
            answers.add(share("accuracy_difference", accuracy - 0.78, 0.008));
        }
        String id = "t-" + place;
        commit(run, id + "-e", variant, Workload.Kind.EVALUATION, Trial.Status.COMPLETED, List.of(), answers);
        List<Measurement> figures = load(900 - 130.0 * place, 1 + place);
        commit(run, id + "-l", variant, Workload.Kind.LOAD_OPEN, status, reasons, figures);
    }

    private static List<Measurement> load(double rate, int scale) {
        List<Measurement> figures = new ArrayList<>();
        figures.add(latency("ttft_p50", "ttft", 38.2 * scale, false));
        figures.add(latency("ttft_p95", "ttft", 71.4 * scale, false));
        figures.add(latency("ttft_p99", "ttft", 104.9 * scale, true));
        figures.add(latency("tpot_p50", "tpot", 9.31 * scale, false));
        figures.add(new Measurement("goodput", "", "goodput", 0.996, "1", 600, 0.991, 0.999, false));
        figures.add(new Measurement(
                "output_tokens_per_s",
                "",
                "output_tokens_per_s",
                rate,
                "tokens/s",
                12_000,
                rate * 0.9,
                rate * 1.1,
                false));
        return figures;
    }

    private static Measurement latency(String name, String definition, double value, boolean uncertain) {
        return new Measurement(name, "", definition, value, "ms", 600, value * 0.95, value * 1.06, uncertain);
    }

    private static Measurement share(String name, double value, double half) {
        return new Measurement(name, "", name, value, "1", 600, value - half, value + half, false);
    }

    private static Decision decision(RunDirectory run) {
        List<Decision.Verdict> fates = List.of(
                Decision.Verdict.CHOSEN,
                Decision.Verdict.TIED,
                Decision.Verdict.DEARER,
                Decision.Verdict.DISQUALIFIED,
                Decision.Verdict.INCONCLUSIVE,
                Decision.Verdict.NOT_RANKED,
                Decision.Verdict.NOT_RANKED,
                Decision.Verdict.NOT_RANKED);
        List<Decision.Candidate> candidates = new ArrayList<>();
        for (VariantSummary row : RunSummary.of(run).rows()) {
            Decision.Verdict verdict = fates.get(candidates.size());
            candidates.add(new Decision.Candidate(
                    row.variant().id(),
                    verdict,
                    List.of("fixture reason for " + verdict),
                    row.figure("usd_per_1m_output_tokens").orElse(null)));
        }
        return new Decision(
                Decision.SCHEMA_VERSION,
                run.manifest().study(),
                run.manifest().runId(),
                Decision.Outcome.TIED,
                candidates.get(0).variant(),
                "The cheapest variant whose accuracy is non-inferior and whose load met the objectives; one other lies"
                        + " inside its interval of cost.",
                OBJECTIVES,
                "example-cloud",
                "2026-02-15",
                candidates);
    }

    private static void commit(
            RunDirectory run,
            String id,
            Variant variant,
            Workload.Kind kind,
            Trial.Status status,
            List<String> reasons,
            List<Measurement> figures) {
        String workload =
                kind == Workload.Kind.LOAD_OPEN ? "chat" : kind == Workload.Kind.PARITY ? "parity" : "evaluation";
        try (TrialFolder folder = run.begin(id)) {
            folder.commit(new Trial(
                    Trial.SCHEMA_VERSION,
                    id,
                    variant,
                    new Workload(kind, workload),
                    1,
                    status,
                    reasons,
                    figures,
                    Map.of("version", "1.0", "device", "cpu"),
                    STARTED,
                    42.5));
        }
    }
}
