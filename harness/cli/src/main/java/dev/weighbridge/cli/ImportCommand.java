package dev.weighbridge.cli;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.interchange.HarnessImport;
import dev.weighbridge.interchange.HarnessResults;
import dev.weighbridge.interchange.RunImport;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Variant;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a run of results of other load generators. */
@Command(
        name = "import",
        description = {
            "Make a run of what another load generator measured: vllm bench serve (--save-detailed), GuideLLM (JSON report), AIPerf"
                    + " (profile_export.jsonl). Figures are computed anew from its requests, by the definitions used here; those"
                    + " that cannot be had exactly are left out, with the reason.",
            "Or of what lm-evaluation-harness wrote: results_TIME.json with its samples beside it. Each file is a variant; the first is the"
                    + " baseline, to which the others are held sample by sample."
        },
        footer = {
            "",
            "Examples:",
            "  weighbridge import vllm-rate-20.json --engine vllm --precision bf16",
            "  weighbridge import benchmarks.json --model llama-3-8b --ttft 500 --tpot 50",
            "  weighbridge import fp16/results_2026-11-27.json int4/results_2026-11-27.json --accuracy-margin 0.01"
        })
final class ImportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Result files, all of one variant.")
    private List<Path> files = List.of();

    @Option(names = "--study", paramLabel = "NAME", description = "Name of the study. Default: ${DEFAULT-VALUE}.")
    private String study = "imported";

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Name of the model. Default: the one that the files name.")
    private @Nullable String model;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "What served it, for the record. Default: ${DEFAULT-VALUE}.")
    private String engine = "unknown";

    @Option(
            names = "--precision",
            paramLabel = "P",
            description = "What it computed with, for the record. Default: ${DEFAULT-VALUE}.")
    private String precision = "unknown";

    @Option(
            names = "--batching",
            paramLabel = "B",
            description = "How it batched, for the record. Default: ${DEFAULT-VALUE}.")
    private String batching = "unknown";

    @Option(names = "--ttft", paramLabel = "MS", description = "Longest good TTFT in milliseconds. Default: none.")
    private @Nullable Double ttft;

    @Option(names = "--tpot", paramLabel = "MS", description = "Longest good TPOT in milliseconds. Default: none.")
    private @Nullable Double tpot;

    @Option(
            names = "--goodput",
            paramLabel = "SHARE",
            description = "Share of the requests that must be good. Default: ${DEFAULT-VALUE}.")
    private double goodput = 0.99;

    @Option(
            names = "--accuracy-margin",
            paramLabel = "SHARE",
            description = "Largest loss of accuracy against the baseline that is accepted. Default: ${DEFAULT-VALUE}.")
    private double accuracyMargin = 0.01;

    @Option(names = "--results", paramLabel = "DIR", description = "Folder of all runs. Default: ${DEFAULT-VALUE}.")
    private Path results = Path.of("results");

    ImportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (!(goodput > 0 && goodput <= 1)) {
            throw new ConfigException("--goodput must be a share above 0 and at most 1, got: " + goodput);
        }
        Manifest.Objectives objectives =
                new Manifest.Objectives(positive("--ttft", ttft), positive("--tpot", tpot), null, goodput, 0);
        if (files.stream().allMatch(HarnessResults::isCalledSo)) {
            return evaluations();
        }
        List<RunImport.Source> sources =
                files.stream().map(RunImport.Source::read).toList();
        String name = model == null ? RunImport.modelOf(sources) : model;
        Variant variant = Variant.outsideStudy(name, engine, precision, batching, "unknown");
        RunDirectory run = new RunImport(study, variant, objectives).write(sources, results, Instant.now());
        StudySession.tell(run, RunSite.of(null, run.path()), terminal, 0);
        // What was measured elsewhere decides nothing here, which is no failure of importing it.
        return ExitCode.GOOD;
    }

    private int evaluations() {
        if (!(accuracyMargin >= 0 && accuracyMargin < 1)) {
            throw new ConfigException("--accuracy-margin must be a share from 0 to under 1, got: " + accuracyMargin);
        }
        List<HarnessResults> evaluations =
                files.stream().map(HarnessResults::read).toList();
        RunDirectory run = new HarnessImport(study, accuracyMargin).write(evaluations, results, Instant.now());
        StudySession.tell(run, RunSite.of(null, run.path()), terminal, 0);
        return ExitCode.GOOD;
    }

    private static @Nullable Double positive(String option, @Nullable Double value) {
        if (value != null && !(value > 0 && Double.isFinite(value))) {
            throw new ConfigException(option + " must be above 0, got: " + value);
        }
        return value;
    }
}
