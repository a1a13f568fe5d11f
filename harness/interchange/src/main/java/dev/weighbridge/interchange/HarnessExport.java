package dev.weighbridge.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.analysis.statistics.Confidence;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes an evaluation as lm-evaluation-harness 0.4.13 would: {@code <folder>/<model>/results_<time>.json} and a
 * {@code samples_<task>_<time>.jsonl} for each task. A standard error is that of the interval given here; where there is none, it is
 * {@code N/A}. What is not known here, as the git hash of that tool, is left out.
 */
public final class HarnessExport {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What the names of scores have in which less is better. */
    private static final List<String> LOWER = List.of("perplexity", "brier", "ece", "bits_per_byte");

    private HarnessExport() {}

    /** The evaluations of a run that can be written. */
    public static List<Trial> trials(RunDirectory run) {
        return run.trials().stream()
                .filter(trial ->
                        trial.workload().kind() == Workload.Kind.EVALUATION && trial.status() == Trial.Status.COMPLETED)
                .toList();
    }

    /**
     * Writes one evaluation.
     *
     * @param folder that gets a folder of the model
     * @return the file of the results
     * @throws InvalidResultException when it cannot be written, or the trial has no samples
     */
    public static Path write(RunDirectory run, Trial trial, Path folder) {
        String time = trial.startedAt().isEmpty()
                ? run.manifest().runId()
                : trial.startedAt().replace(':', '-').replaceAll("Z$", "");
        Path own = folder.resolve(Variant.shortIdPart(trial.variant().model()));
        ObjectNode root = JSON.createObjectNode();
        for (String part : List.of("results", "group_subtasks", "configs", "versions", "n-shot", "higher_is_better")) {
            root.putObject(part);
        }
        ObjectNode counts = root.putObject("n-samples");
        ObjectNode hashes = JSON.createObjectNode();
        HarnessGroups groups = new HarnessGroups();
        try {
            Files.createDirectories(own);
            for (String task : tasks(trial)) {
                Written written = samples(
                        run, trial, task, own.resolve("samples_" + Variant.shortIdPart(task) + "_" + time + ".jsonl"));
                if (written.count() > 0) {
                    JsonNode listing = HarnessGroups.listing(run, trial, task);
                    task(root, trial, task, version(run, task), written, listing);
                    groups.add(task, listing);
                    counts.putObject(task).put("original", written.count()).put("effective", written.count());
                    hashes.put(task, written.hash());
                }
            }
            if (counts.isEmpty()) {
                throw new InvalidResultException("trial " + trial.id() + " has no samples to write");
            }
            groups.write(root, trial);
            about(root, run, trial).set("task_hashes", hashes);
            Path file = own.resolve("results_" + time + ".json");
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
            return file;
        } catch (IOException e) {
            throw new InvalidResultException("cannot write to " + own + ": " + e, e);
        }
    }

    private static List<String> tasks(Trial trial) {
        return trial.measurements().stream()
                .filter(figure -> figure.name().equals("score"))
                .map(figure -> figure.scope().substring(0, figure.scope().lastIndexOf('/')))
                .distinct()
                .toList();
    }

    private static String version(RunDirectory run, String task) {
        return run.manifest().data().stream()
                .filter(data -> data.id().equals(task))
                .map(Manifest.Data::version)
                .findFirst()
                .orElse("unknown");
    }

    private static ObjectNode about(ObjectNode root, RunDirectory run, Trial trial) {
        Variant variant = trial.variant();
        ObjectNode config = root.putObject("config");
        config.put("model", variant.engine());
        config.put(
                "model_args",
                "pretrained=" + variant.model() + ",dtype=" + variant.precision() + ",batching=" + variant.batching());
        config.put("model_dtype", variant.precision());
        config.putNull("batch_size");
        root.put("model_source", variant.engine());
        root.put("model_name", variant.model());
        root.put("model_name_sanitized", Variant.shortIdPart(variant.model()));
        root.put("total_evaluation_time_seconds", String.valueOf(trial.durationSeconds()));
        root.put("weighbridge_run", run.manifest().runId());
        return root;
    }

    private static void task(
            ObjectNode root, Trial trial, String task, String version, Written written, JsonNode listing) {
        ObjectNode results = ((ObjectNode) root.get("results")).putObject(task);
        String alias = listing.path("alias").asText("");
        results.put("alias", alias.isEmpty() ? task : alias).put("name", task).put("sample_len", written.count());
        ObjectNode better = ((ObjectNode) root.get("higher_is_better")).putObject(task);
        for (Measurement figure : trial.measurements()) {
            if (figure.name().equals("score") && figure.scope().startsWith(task + "/")) {
                String score = figure.scope().substring(task.length() + 1);
                int comma = score.indexOf(',');
                String metric = comma < 0 ? score : score.substring(0, comma);
                String filter = comma < 0 ? written.filter() : score.substring(comma + 1);
                results.put(metric + "," + filter, figure.value());
                if (figure.low() == null || figure.high() == null) {
                    results.put(metric + "_stderr," + filter, "N/A");
                } else {
                    results.put(metric + "_stderr," + filter, (figure.high() - figure.low()) / 2 / Confidence.NORMAL);
                }
                better.put(metric, LOWER.stream().noneMatch(metric::contains));
            }
        }
        ((ObjectNode) root.get("configs")).putObject(task).put("task", task);
        ((ObjectNode) root.get("versions")).put(task, version);
        ((ObjectNode) root.get("n-shot")).put(task, listing.path("shots").asInt(0));
    }

    /** What was written of a task: how many samples, judged after which filter, and the hash that pairs equal tasks. */
    private record Written(int count, String filter, String hash) {}

    private static Written samples(RunDirectory run, Trial trial, String task, Path file) throws IOException {
        List<SampleRecord> records = new ArrayList<>();
        MessageDigest digest = sha256();
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            run.forEachSample(trial.id(), task, record -> {
                try {
                    out.write(JSON.writeValueAsString(line(record)));
                    out.write('\n');
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                digest.update((record.docHash() + record.promptHash() + record.targetHash())
                        .getBytes(StandardCharsets.UTF_8));
                records.add(record.slim());
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (records.isEmpty()) {
            Files.deleteIfExists(file);
        }
        return new Written(
                records.size(),
                records.isEmpty() ? "none" : records.get(0).filter(),
                HexFormat.of().formatHex(digest.digest()));
    }

    /** A line; answers are texts there, also those that are numbers. */
    private static ObjectNode line(SampleRecord record) {
        ObjectNode line = JSON.createObjectNode();
        line.put("doc_id", record.docId());
        line.set("doc", JSON.valueToTree(record.doc()));
        line.put("target", record.target());
        line.set("arguments", JSON.valueToTree(record.arguments()));
        line.set("resps", texts(record.resps()));
        line.set("filtered_resps", texts(record.filteredResps()));
        line.put("filter", record.filter());
        line.set("metrics", JSON.valueToTree(record.metrics()));
        line.put("doc_hash", record.docHash());
        line.put("prompt_hash", record.promptHash());
        line.put("target_hash", record.targetHash());
        record.scores().forEach((name, value) -> line.set(name, JSON.valueToTree(value)));
        return line;
    }

    private static ArrayNode texts(List<?> values) {
        ArrayNode texts = JSON.createArrayNode();
        for (Object value : values) {
            if (value instanceof List<?> list) {
                texts.add(texts(list));
            } else {
                texts.add(value instanceof Boolean truth ? (truth ? "True" : "False") : String.valueOf(value));
            }
        }
        return texts;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
