package dev.weighbridge.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.analysis.statistics.Confidence;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What lm-evaluation-harness's results say of groups of tasks: their figures, once among the {@code results} and once as
 * {@code groups}, and which tasks and groups they are made of (version 0.4.13, {@code lm_eval/evaluator_utils.py}). What a task
 * is part of stands in the rules that were kept with its answers.
 */
final class HarnessGroups {
    private static final String FIGURE = "group_score";

    private final Map<String, Group> groups = new LinkedHashMap<>();

    /** A group as its tasks tell of it. */
    private record Group(String alias, String version, Set<String> children, List<String> tasks) {}

    /**
     * How a task is listed: alias, solved questions, groups.
     *
     * @return nothing where that was not kept, as by other tools
     */
    static JsonNode listing(RunDirectory run, Trial trial, String task) {
        Path rules = run.rulesFile(trial.id(), task);
        return Files.isRegularFile(rules)
                ? Json.read(rules, JsonNode.class).path("listing")
                : MissingNode.getInstance();
    }

    /** Takes in a task that was written. */
    void add(String task, JsonNode listing) {
        List<JsonNode> path = new ArrayList<>();
        listing.path("groups").forEach(path::add);
        for (int i = 0; i < path.size(); i++) {
            JsonNode own = path.get(i);
            String id = own.path("id").asText();
            Group group = groups.computeIfAbsent(
                    id,
                    name -> new Group(
                            own.path("alias").asText(name),
                            own.path("version").asText("N/A"),
                            new LinkedHashSet<>(),
                            new ArrayList<>()));
            group.children()
                    .add(i + 1 < path.size() ? path.get(i + 1).path("id").asText() : task);
            group.tasks().add(task);
        }
    }

    /** Writes all groups beside the tasks. */
    void write(ObjectNode root, Trial trial) {
        if (groups.isEmpty()) {
            return;
        }
        ObjectNode figures = root.putObject("groups");
        groups.forEach((id, group) -> {
            ObjectNode own = figures(id, group, trial, root);
            ((ObjectNode) root.get("results")).set(id, own);
            if (own.has("sample_count")) {
                figures.set(id, own);
            }
            ((ObjectNode) root.get("versions")).put(id, group.version());
            group.children()
                    .forEach(child -> ((ObjectNode) root.get("group_subtasks"))
                            .withArray(id)
                            .add(child));
            shared(root, id, group);
        });
    }

    private static ObjectNode figures(String id, Group group, Trial trial, ObjectNode root) {
        ObjectNode own = root.objectNode().put("alias", group.alias()).put("name", id);
        ObjectNode counts = root.objectNode();
        for (Measurement figure : trial.measurements()) {
            if (figure.name().equals(FIGURE) && figure.scope().startsWith(id + "/")) {
                String key = figure.scope().substring(id.length() + 1);
                String error = key.replaceFirst(",", "_stderr,");
                own.put(key, figure.value());
                if (figure.low() == null || figure.high() == null) {
                    own.put(error, "N/A");
                } else {
                    own.put(error, (figure.high() - figure.low()) / 2 / Confidence.NORMAL);
                }
                counts.put(key, figure.samples());
            }
        }
        if (!counts.isEmpty()) {
            long samples = group.tasks().stream()
                    .mapToLong(task ->
                            root.path("results").path(task).path("sample_len").asLong())
                    .sum();
            own.put("sample_len", samples).set("sample_count", counts);
        }
        return own;
    }

    /** What all tasks of a group have in common. */
    private static void shared(ObjectNode root, String id, Group group) {
        JsonNode shots = root.path("n-shot");
        JsonNode first = shots.path(group.tasks().get(0));
        if (group.tasks().stream().allMatch(task -> shots.path(task).equals(first))) {
            ((ObjectNode) shots).set(id, first);
        }
        ObjectNode better = (ObjectNode) root.get("higher_is_better");
        ObjectNode merged = root.objectNode();
        group.tasks()
                .forEach(task -> better.path(task).properties().forEach(metric -> {
                    JsonNode before = merged.get(metric.getKey());
                    merged.set(
                            metric.getKey(),
                            before == null || before.equals(metric.getValue()) ? metric.getValue() : root.nullNode());
                }));
        better.set(id, merged);
    }
}
