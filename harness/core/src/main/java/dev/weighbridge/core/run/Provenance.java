package dev.weighbridge.core.run;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.FileHash;
import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.core.study.EngineChoice;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Manifest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where the facts of a run come from: tasks, models, software and machine as they are now. */
record Provenance(
        Map<String, TaskSet> tasks,
        List<Manifest.Model> models,
        Map<String, String> software,
        Map<String, String> host,
        @Nullable String gitCommit) {

    /**
     * Looks everything up.
     *
     * @throws ConfigException when a task does not exist
     * @throws EngineException when an engine cannot run here
     */
    static Provenance of(
            Study study, Map<String, EngineProvider> providers, String loadGenerator, @Nullable String gitCommit) {
        return new Provenance(
                Tasks.ofStudy(
                        study.evaluation().tasks(),
                        study.folder(),
                        TaskOptions.of(study.evaluation().prompting())),
                study.models().stream().map(ModelFacts::of).toList(),
                software(study, providers, loadGenerator),
                HostFacts.describe(),
                gitCommit);
    }

    Manifest manifest(Plan plan, String runId) {
        Study study = plan.study();
        Map<String, String> baselines = new TreeMap<>();
        plan.variants().forEach(v -> baselines.put(v.variant().id(), v.baseline()));
        return new Manifest(
                Manifest.SCHEMA_VERSION,
                study.name(),
                runId,
                sha256(study.text()),
                study.text(),
                Instant.now().toString(),
                gitCommit,
                Map.of("study", study.seed()),
                host,
                software,
                models,
                data(study),
                study.prices(),
                plan.baseline(),
                study.objectives(),
                plan.variants().stream().map(PlannedVariant::variant).toList(),
                new Manifest.Plan(
                        List.copyOf(tasks.keySet()),
                        study.scenarios().stream().map(Study.Scenario::name).toList(),
                        study.capacity()
                                .map(c -> new Manifest.Search(c.resolution(), c.mostProbes(), c.moreRepeats()))
                                .orElse(null),
                        study.repeats(),
                        study.budget().map(b -> b.toMillis() / 1000.0).orElse(null),
                        baselines));
    }

    /**
     * What has changed since a run began and makes its figures another machine's or another software's.
     *
     * @throws ConfigException when models or data have changed, so that they are no figures of the same study any more
     */
    List<String> changesSince(Manifest manifest, Study study) {
        if (!models.equals(manifest.models())) {
            throw new ConfigException(
                    "the models of run " + manifest.runId() + " have changed since it began. Start a new run.");
        }
        if (!data(study).equals(manifest.data())) {
            throw new ConfigException(
                    "the task sets of run " + manifest.runId() + " have changed since it began. Start a new run.");
        }
        List<String> changes = new ArrayList<>();
        changed(changes, manifest.software(), software);
        changed(changes, manifest.host(), host);
        String before = String.valueOf(manifest.gitCommit());
        if (!before.equals(String.valueOf(gitCommit))) {
            changes.add("git_commit: " + before + " is now " + gitCommit);
        }
        return changes;
    }

    private static void changed(List<String> changes, Map<String, String> before, Map<String, String> now) {
        Map<String, String> all = new TreeMap<>(before);
        all.putAll(now);
        all.keySet().forEach(key -> {
            if (!String.valueOf(before.get(key)).equals(String.valueOf(now.get(key)))) {
                changes.add(key + ": " + before.get(key) + " is now " + now.get(key));
            }
        });
    }

    private List<Manifest.Data> data(Study study) {
        List<Manifest.Data> data = new ArrayList<>();
        tasks.values()
                .forEach(task -> data.add(new Manifest.Data(
                        task.id(),
                        task.rules().version(),
                        task.rules().sha256(),
                        task.rules().licence(),
                        Math.min(study.evaluation().samples(), task.samples().size()))));
        data.addAll(PromptData.of(study));
        return data;
    }

    /** Versions of what takes part; every engine must be available. */
    private static Map<String, String> software(
            Study study, Map<String, EngineProvider> providers, String loadGenerator) {
        Map<String, String> software = new TreeMap<>();
        software.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
        software.put("load_generator", loadGenerator);
        for (EngineChoice engine : study.engines()) {
            String id = engine.name();
            engine.tokenizer().ifPresent(file -> software.put("tokenizer_" + id, "sha256 " + FileHash.of(file)));
            EngineProvider provider = providers.get(engine.adapter());
            Availability availability = provider == null ? null : provider.probe();
            if (availability instanceof Availability.Available available) {
                software.put("engine_" + id, available.version());
            } else if (availability instanceof Availability.Unavailable unavailable) {
                throw new EngineException(
                        EngineException.Category.UNAVAILABLE,
                        "engine '" + id + "' cannot run here: " + unavailable.reason() + ". " + unavailable.remedy());
            }
        }
        return software;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
