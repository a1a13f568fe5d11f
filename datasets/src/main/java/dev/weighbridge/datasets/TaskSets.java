package dev.weighbridge.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The task sets that this module ships: JSON lines beside a manifest that names their licence, checksum and origin. */
public final class TaskSets {
    private static final List<String> IDS =
            List.of("demo-arithmetic", "demo-extraction", "demo-sentiment", "demo-sorting");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TaskSets() {}

    /** The ids that {@link #load} knows, in alphabetical order. */
    public static List<String> ids() {
        return IDS;
    }

    /**
     * Reads a shipped task set and checks it against its manifest.
     *
     * @throws IllegalArgumentException when there is no set of that id
     * @throws IllegalStateException when its files are missing or are not what the manifest says
     */
    public static TaskSet load(String id) {
        if (!IDS.contains(id)) {
            throw new IllegalArgumentException("there is no task set '" + id + "'. Choose one of " + IDS + ".");
        }
        return parse(id, resource(id + ".manifest.json"), resource(id + ".jsonl"));
    }

    /**
     * Reads a shipped task set and puts its questions before a model as a prompting says.
     *
     * @throws IllegalArgumentException when there is no set of that id
     */
    public static TaskSet load(String id, Prompting prompting) {
        TaskSet plain = load(id);
        if (prompting.equals(Prompting.PLAIN)) {
            return plain;
        }
        TaskSet.Rules rules = plain.rules();
        TaskSet.Asking asking = rules.asking();
        String hash = sha256((rules.sha256() + prompting.identity()).getBytes(StandardCharsets.UTF_8));
        return new TaskSet(
                new TaskSet.Rules(
                        rules.id(),
                        rules.version(),
                        rules.licence(),
                        hash,
                        prompting.chat() ? asking.withDelimiter("") : asking,
                        rules.pipelines(),
                        rules.scorers(),
                        rules.folder(),
                        rules.listing(),
                        prompting),
                plain.samples().stream().map(sample -> sample.with(prompting)).toList());
    }

    static TaskSet parse(String id, byte[] manifestJson, byte[] lines) {
        try {
            JsonNode manifest = MAPPER.readTree(manifestJson);
            String expected = manifest.required("sha256").asText();
            String actual = sha256(lines);
            if (!expected.equals(actual)) {
                throw new IllegalStateException("task set " + id + " is damaged: its lines have the SHA-256 " + actual
                        + ", its manifest says " + expected + ". Build the datasets module again.");
            }
            List<String> stop = new ArrayList<>();
            manifest.required("stop").forEach(text -> stop.add(text.asText()));
            TaskSet.Output output = TaskSet.Output.valueOf(
                    manifest.required("kind").asText().toUpperCase(Locale.ROOT).replace('-', '_'));
            TaskSet.Asking asking =
                    new TaskSet.Asking(output, manifest.required("max_tokens").asInt(), stop, 0, 1, "");
            TaskSet.Rule scorer = TaskSet.Rule.of(output == TaskSet.Output.MULTIPLE_CHOICE ? "choice" : "exact-match");
            TaskSet.Rules rules = new TaskSet.Rules(
                    id,
                    manifest.required("version").asText(),
                    manifest.required("licence").asText(),
                    actual,
                    asking,
                    List.of(),
                    List.of(scorer));
            return new TaskSet(rules, samples(id, lines));
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("task set " + id + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<TaskSet.Sample> samples(String id, byte[] lines) throws IOException {
        List<TaskSet.Sample> samples = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String line : new String(lines, StandardCharsets.UTF_8).lines().toList()) {
            JsonNode node = MAPPER.readTree(line);
            String sample = node.required("id").asText();
            String target = node.required("target").asText();
            List<String> choices = new ArrayList<>();
            node.path("choices").forEach(choice -> choices.add(choice.asText()));
            if (!seen.add(sample) || (!choices.isEmpty() && !choices.contains(target))) {
                throw new IllegalStateException("task set " + id + ": sample " + sample
                        + " is there twice, or its target '" + target + "' is not one of its choices " + choices);
            }
            samples.add(new TaskSet.Sample(
                    sample,
                    node.required("prompt").asText(),
                    List.of(target),
                    choices,
                    node.path("cluster").asText(sample),
                    "",
                    Map.of()));
        }
        return samples;
    }

    private static byte[] resource(String name) {
        try (InputStream in = TaskSets.class.getResourceAsStream("tasks/" + name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "the resource tasks/" + name + " is missing. Build the datasets module again.");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("the resource tasks/" + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Lower-case hex SHA-256 of the bytes. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
