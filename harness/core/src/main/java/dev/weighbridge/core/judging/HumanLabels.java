package dev.weighbridge.core.judging;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.JudgementRecord.Question;
import dev.weighbridge.results.OpinionFiles;
import dev.weighbridge.scoring.judge.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Verdicts of people on pairs of answers, JSON Lines: {@code {"id": SAMPLE, "variant": ID, "verdict": "variant" | "baseline" |
 * "tie"}}, with {@code "baseline": ID} where the variant was held against several, and {@code "repeat": N}, from 0, where several answers
 * were given to one prompt: without it the first is meant. Several people may have judged one pair: each verdict
 * counts.
 */
public final class HumanLabels {
    private static final long MOST_BYTES = 256L << 20;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(20)
                            .maxNumberLength(100)
                            .maxStringLength(100_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Map<String, List<Label>> labels = new HashMap<>();
    private final JudgedTask.Labels source;

    private final byte[] bytes;

    private record Label(@Nullable String baseline, int repeat, Verdict verdict) {}

    private HumanLabels(String name, byte[] bytes) {
        this.bytes = bytes;
        Map<String, Long> broken = new TreeMap<>();
        long rows = 0;
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
            if (!line.isBlank()) {
                rows++;
                String fault = add(line);
                if (fault != null) {
                    broken.merge(fault, 1L, Long::sum);
                }
            }
        }
        source = new JudgedTask.Labels(name, TaskSets.sha256(bytes), rows, broken);
    }

    /**
     * Reads a file. A broken row is passed over and counted by its fault.
     *
     * @throws ConfigException when it cannot be read, is too large, or has no label at all
     */
    public static HumanLabels read(Path file) {
        return read(file, String.valueOf(file.getFileName()));
    }

    /**
     * The labels that a run remembers of a task, under the name of the file that they came from.
     *
     * @return {@code null} when it has none
     * @throws ConfigException when they are not those that its figures name any more
     */
    public static @Nullable HumanLabels kept(OpinionFiles files, String task) {
        Path file = files.labels(task);
        JudgedTask.Labels named = files.figures(task).map(JudgedTask::labels).orElse(null);
        if (!Files.exists(file)) {
            return null;
        }
        if (named == null) {
            return read(file);
        }
        HumanLabels labels = read(file, named.file());
        if (!labels.source().sha256().equals(named.sha256())) {
            throw new ConfigException("labels " + file + " were changed since the run was held against " + named.file()
                    + ": they have the SHA-256 " + labels.source().sha256() + ", not " + named.sha256()
                    + ". Give the right file with --labels.");
        }
        return labels;
    }

    /** Has the run remember them for a task. */
    public void keep(OpinionFiles files, String task) {
        files.labels(task, bytes);
    }

    private static HumanLabels read(Path file, String name) {
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("labels " + file + " are not a file");
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new ConfigException("labels " + file + " have more than " + (MOST_BYTES >> 20) + " MiB");
            }
            HumanLabels read = new HumanLabels(name, Files.readAllBytes(file));
            if (read.labels.isEmpty()) {
                throw new ConfigException(
                        "labels " + file + " have no label among " + read.source.rows() + " rows"
                                + (read.source.broken().isEmpty() ? "" : ": " + read.source.broken())
                                + ". A label is a line such as {\"id\": \"7\", \"variant\": \"ID\", \"verdict\": \"baseline\"}.");
            }
            return read;
        } catch (IOException e) {
            throw new ConfigException("labels " + file + " cannot be read: " + e);
        }
    }

    /** Where they came from. */
    JudgedTask.Labels source() {
        return source;
    }

    /** People's verdicts on a pair: first is the variant, second the baseline. */
    List<Verdict> of(Question about) {
        return labels.getOrDefault(key(about.variant(), about.id()), List.of()).stream()
                .filter(label -> label.repeat() == about.place())
                .filter(label -> label.baseline() == null || label.baseline().equals(about.baseline()))
                .map(Label::verdict)
                .toList();
    }

    /** The fault of a line, the same for all lines that have it; {@code null} when it is a label. */
    private @Nullable String add(String line) {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return "no JSON";
        }
        if (!row.isObject()) {
            return "no JSON object";
        }
        for (String field : List.of("id", "variant")) {
            if (!row.path(field).isTextual() && !row.path(field).isIntegralNumber()) {
                return "no field " + field;
            }
        }
        Verdict verdict;
        switch (row.path("verdict").asText()) {
            case "variant" -> verdict = Verdict.FIRST;
            case "baseline" -> verdict = Verdict.SECOND;
            case "tie" -> verdict = Verdict.TIE;
            default -> {
                return "verdict none of variant, baseline, tie";
            }
        }
        JsonNode baseline = row.path("baseline");
        JsonNode repeat = row.path("repeat");
        if (!repeat.isMissingNode() && !(repeat.isInt() && repeat.asInt() >= 0)) {
            return "repeat no number from 0 on";
        }
        labels.computeIfAbsent(key(row.path("variant").asText(), row.path("id").asText()), absent -> new ArrayList<>())
                .add(new Label(baseline.isTextual() ? baseline.asText() : null, repeat.asInt(), verdict));
        return null;
    }

    private static String key(String variant, String id) {
        return variant + "\n" + id;
    }
}
