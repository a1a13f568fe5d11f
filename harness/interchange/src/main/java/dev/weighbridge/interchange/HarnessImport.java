package dev.weighbridge.interchange;

import dev.weighbridge.analysis.accuracy.AccuracyJudge;
import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes a run directory of evaluations that lm-evaluation-harness wrote. Each is a variant, the first one the baseline, to which the others
 * are held sample by sample.
 *
 * @param study name of the study that the run belongs to
 * @param margin largest loss of accuracy that is accepted, a share
 */
public record HarnessImport(String study, double margin) {
    /**
     * Writes the run.
     *
     * @param results folder of all runs
     * @param now when it is imported, which names the run
     * @throws InvalidResultException when nothing is given, or the run cannot be written
     */
    public RunDirectory write(List<HarnessResults> all, Path results, Instant now) {
        if (all.isEmpty()) {
            throw new InvalidResultException("there is no evaluation to import");
        }
        Map<Variant, HarnessResults> variants = new LinkedHashMap<>();
        for (HarnessResults one : all) {
            variants.put(variant(one, variants.keySet()), one);
        }
        Set<String> tasks = new LinkedHashSet<>();
        all.forEach(one -> tasks.addAll(one.samples().keySet()));
        RunDirectory run = RunDirectory.create(results, manifest(variants, tasks, now));
        HarnessResults baseline = all.get(0);
        variants.forEach((variant, one) -> trial(run, variant, one, baseline, List.copyOf(tasks)));
        return run;
    }

    private static Variant variant(HarnessResults one, Set<Variant> taken) {
        String model = one.model();
        for (int i = 2; ; i++) {
            Variant variant = Variant.outsideStudy(model, one.engine(), one.precision(), "unknown", "unknown");
            if (taken.stream().noneMatch(other -> other.id().equals(variant.id()))) {
                return variant;
            }
            model = Variant.shortIdPart(one.model())
                            .substring(
                                    0,
                                    Math.min(
                                            40, Variant.shortIdPart(one.model()).length()))
                    + "-" + i;
        }
    }

    private Manifest manifest(Map<Variant, HarnessResults> variants, Set<String> tasks, Instant now) {
        Variant baseline = variants.keySet().iterator().next();
        Map<String, String> software = new TreeMap<>();
        Map<String, String> baselines = new LinkedHashMap<>();
        Set<String> models = new LinkedHashSet<>();
        variants.forEach((variant, one) -> {
            software.put("lm-evaluation-harness", one.version());
            baselines.put(variant.id(), baseline.id());
            models.add(variant.model());
        });
        HarnessResults first = variants.values().iterator().next();
        return new Manifest(
                Manifest.SCHEMA_VERSION,
                study,
                RunImport.RUN_ID.format(now),
                "",
                "",
                now.toString(),
                null,
                Map.of(),
                Map.of(),
                software,
                models.stream()
                        .map(model -> new Manifest.Model(model, "unknown", "unknown", 0))
                        .toList(),
                tasks.stream()
                        .map(task -> new Manifest.Data(
                                task,
                                "unknown",
                                "unknown",
                                "unknown",
                                first.samples().getOrDefault(task, List.of()).size()))
                        .toList(),
                new Manifest.Prices("none", "", "", Map.of()),
                baseline.id(),
                new Manifest.Objectives(null, null, null, 0, margin),
                List.copyOf(variants.keySet()),
                new Manifest.Plan(List.copyOf(tasks), List.of(), null, 1, null, baselines));
    }

    private void trial(
            RunDirectory run, Variant variant, HarnessResults one, HarnessResults baseline, List<String> tasks) {
        String id = variant.id() + "~evaluation~1";
        AccuracyJudgement judgement = AccuracyJudge.of(
                one.comparable(),
                baseline.comparable(),
                variant.id().equals(run.manifest().baseline()),
                tasks.stream().filter(baseline.comparable()::containsKey).toList(),
                margin);
        List<Measurement> figures = new ArrayList<>(judgement.figures());
        figures.addAll(one.scores());
        try (TrialFolder folder = run.begin(id)) {
            for (Map.Entry<String, List<SampleRecord>> task : one.samples().entrySet()) {
                task.getValue().forEach(sample -> folder.sample(task.getKey(), sample));
            }
            folder.commit(new Trial(
                    Trial.SCHEMA_VERSION,
                    id,
                    variant,
                    new Workload(Workload.Kind.EVALUATION, "evaluation"),
                    1,
                    1,
                    1,
                    Trial.Status.COMPLETED,
                    judgement.reasons(),
                    List.of(Reason.about(
                            Code.IMPORTED,
                            "lm-evaluation-harness, " + one.file().getFileName())),
                    figures,
                    null,
                    Map.of("version", one.version()),
                    "",
                    0));
        }
    }
}
