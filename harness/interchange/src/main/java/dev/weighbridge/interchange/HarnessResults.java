package dev.weighbridge.interchange;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.analysis.statistics.Confidence;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation that lm-evaluation-harness wrote: {@code results_<time>.json} with the {@code samples_<task>_<time>.jsonl} beside it.
 * Source of the formats: {@code lm_eval/result_schema.py} and {@code lm_eval/loggers/evaluation_tracker.py} of version 0.4.13.
 *
 * @param file of the results
 * @param model name as the file gives it
 * @param engine what served it there, for example {@code hf} or {@code vllm}
 * @param precision as the file gives it, or {@code unknown}
 * @param version of lm-evaluation-harness, or {@code unknown}
 * @param scores of its tasks, by names that are safe in a file's name, with their intervals, by its standard errors
 * @param samples by task; of several filters those of the first
 */
public record HarnessResults(
        Path file,
        String model,
        String engine,
        String precision,
        String version,
        List<Measurement> scores,
        Map<String, List<SampleRecord>> samples) {
    private static final Pattern NAME = Pattern.compile("results_(.+)\\.json");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FEW = 30;
    private static final int LONGEST_NAME = 200;
    private static final int MOST_FILES = 20_000;

    /** Whether a file is called as such results are. */
    public static boolean isCalledSo(Path file) {
        return NAME.matcher(file.getFileName().toString()).matches();
    }

    /**
     * Reads results with their samples.
     *
     * @throws InvalidResultException when a file is missing or is of another format, or there are no samples beside the results
     */
    public static HarnessResults read(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (!name.matches()) {
            throw new InvalidResultException(
                    file + " is not called as lm-evaluation-harness calls its results, results_TIME.json");
        }
        ForeignFile opened = ForeignFile.open(file);
        JsonNode root = opened.first();
        if (!root.path("results").isObject()) {
            throw opened.invalid("has no object 'results', which lm-evaluation-harness writes");
        }
        List<Measurement> scores = new ArrayList<>();
        Map<String, List<SampleRecord>> samples = new LinkedHashMap<>();
        Map<String, Path> files = sampleFiles(file, name.group(1));
        root.path("results").properties().forEach(entry -> {
            String task = Variant.shortIdPart(entry.getKey());
            String kind = root.path("groups").has(entry.getKey()) ? "group_score" : "score";
            scores(kind, task, entry.getValue(), root.path("n-samples").path(entry.getKey()), scores);
            Path own = files.get(entry.getKey());
            if (own != null) {
                samples.put(task, samples(own));
            }
        });
        if (samples.isEmpty()) {
            throw new InvalidResultException("there are no samples beside " + file + " (samples_TASK_" + name.group(1)
                    + ".jsonl): evaluate with --log_samples, since answers are compared one by one");
        }
        JsonNode config = root.path("config");
        return new HarnessResults(
                file,
                text(root.path("model_name").asText(config.path("model").asText("unknown"))),
                text(config.path("model").asText("unknown")),
                text(config.path("model_dtype").asText("unknown").replace("torch.", "")),
                text(root.path("lm_eval_version").asText("unknown")),
                scores,
                samples);
    }

    /** The samples of the tasks whose first score lies between 0, wrong, and 1, right, so that answers can be held to each other. */
    Map<String, List<SampleRecord>> comparable() {
        Map<String, List<SampleRecord>> comparable = new LinkedHashMap<>();
        samples.forEach((task, records) -> {
            if (records.stream().allMatch(HarnessResults::isShare)) {
                comparable.put(task, records);
            }
        });
        return comparable;
    }

    private static boolean isShare(SampleRecord record) {
        return record.failure() != null
                || (record.scores().get(record.metrics().get(0)) instanceof Number number
                        && number.doubleValue() >= 0
                        && number.doubleValue() <= 1);
    }

    private static String text(String untrusted) {
        return untrusted.length() > LONGEST_NAME ? untrusted.substring(0, LONGEST_NAME) : untrusted;
    }

    private static Map<String, Path> sampleFiles(Path results, String time) {
        Path folder = results.toAbsolutePath().getParent();
        Map<String, Path> files = new HashMap<>();
        String end = "_" + time + ".jsonl";
        try (Stream<Path> beside = Files.list(folder == null ? Path.of("") : folder)) {
            beside.limit(MOST_FILES).forEach(path -> {
                String name = path.getFileName().toString();
                if (name.startsWith("samples_") && name.endsWith(end)) {
                    files.put(name.substring("samples_".length(), name.length() - end.length()), path);
                }
            });
        } catch (IOException e) {
            throw new InvalidResultException("cannot read the folder of " + results + ": " + e, e);
        }
        return files;
    }

    /** Figures whose names are {@code metric,filter}; a standard error beside makes an interval. */
    private static void scores(String kind, String task, JsonNode figures, JsonNode counts, List<Measurement> scores) {
        long n = Math.max(
                1, counts.path("effective").asLong(figures.path("sample_len").asLong(1)));
        figures.properties().forEach(entry -> {
            String name = entry.getKey();
            int comma = name.indexOf(',');
            if (comma > 0
                    && entry.getValue().isNumber()
                    && !name.substring(0, comma).endsWith("_stderr")) {
                String metric = name.substring(0, comma);
                String filter = name.substring(comma + 1);
                JsonNode error = figures.path(metric + "_stderr," + filter);
                double value = entry.getValue().asDouble();
                boolean bounded = error.isNumber() && Double.isFinite(error.asDouble());
                double half = bounded ? Confidence.NORMAL * error.asDouble() : 0;
                if (Double.isFinite(value)) {
                    scores.add(new Measurement(
                            kind,
                            task + "/" + text(filter.equals("none") && kind.equals("score") ? metric : name),
                            "score",
                            value,
                            "1",
                            n,
                            bounded ? value - half : null,
                            bounded ? value + half : null,
                            n < FEW));
                }
            }
        });
    }

    private static List<SampleRecord> samples(Path file) {
        List<SampleRecord> samples = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        String filter = null;
        ForeignFile lines = ForeignFile.open(file);
        for (JsonNode line : lines.values()) {
            String own = line.path("filter").asText("none");
            filter = filter == null ? own : filter;
            if (own.equals(filter)) {
                samples.add(sample(lines, line, seen));
            }
        }
        return samples;
    }

    private static SampleRecord sample(ForeignFile file, JsonNode line, Map<String, Integer> seen) {
        if (!line.path("doc_id").isInt()
                || !line.path("doc").isObject()
                || !line.path("doc_hash").isTextual()) {
            throw file.invalid("has a line without 'doc_id', 'doc' or 'doc_hash', which lm-evaluation-harness writes");
        }
        List<String> metrics = new ArrayList<>();
        Map<String, Object> scores = new LinkedHashMap<>();
        for (JsonNode metric : line.path("metrics")) {
            Object value = score(line.path(metric.asText()));
            if (value != null) {
                metrics.add(metric.asText());
                scores.put(metric.asText(), value);
            }
        }
        String hash = line.path("doc_hash").asText();
        int before = seen.merge(hash, 1, Integer::sum) - 1;
        Object deciding = metrics.isEmpty() ? null : scores.get(metrics.get(0));
        double score = deciding instanceof Number number ? number.doubleValue() : 0;
        return new SampleRecord(
                line.path("doc_id").asInt(),
                map(line.path("doc")),
                line.path("target").asText(),
                map(line.path("arguments")),
                list(line.path("resps")),
                list(line.path("filtered_resps")),
                line.path("filter").asText("none"),
                metrics,
                before == 0 ? hash : hash + "#" + before,
                line.path("prompt_hash").asText(),
                line.path("target_hash").asText(),
                score >= 0 && score <= 1 ? score : 0,
                deciding == null ? "it has no score that is a number" : null,
                scores);
    }

    private static Map<String, Object> map(JsonNode node) {
        return node.isObject()
                ? JSON.convertValue(node, new TypeReference<LinkedHashMap<String, Object>>() {})
                : Map.of();
    }

    private static List<Object> list(JsonNode node) {
        List<Object> list = new ArrayList<>();
        node.forEach(element -> list.add(JSON.convertValue(element, Object.class)));
        return list;
    }

    /** A number, truth as 1 or 0, or numbers; {@code null} for anything else. */
    private static @Nullable Object score(JsonNode value) {
        if (value.isBoolean()) {
            return value.asBoolean() ? 1 : 0;
        }
        if (value.isNumber()) {
            return value.asDouble();
        }
        if (!value.isArray()) {
            return null;
        }
        List<Double> numbers = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isNumber()) {
                return null;
            }
            numbers.add(element.asDouble());
        }
        return numbers;
    }
}
