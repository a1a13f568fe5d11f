package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.hub.HubReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a file of lm-evaluation-harness: one, or those of a group, whose members are named by task, group or tag and are
 * described by the files in the group's folder and below. Each knows the groups that it is part of; a group that is written out
 * within another is called {@code OUTER::INNER}, as there (version 0.4.13, {@code lm_eval/tasks/_factory.py}).
 */
public final class HarnessTasks {
    private static final Set<String> STRUCTURE =
            Set.of("group", "group_alias", "task", "aggregate_metric_list", "metadata", "tag", "task_list");
    private static final int MOST_FILES = 20_000;
    private static final int MOST_TASKS = 1000;
    private static final int DEEPEST = 20;

    private final Path folder;
    private final Given given;
    private final Map<String, Map<String, @Nullable Object>> byName = new LinkedHashMap<>();
    private final Map<String, List<String>> byTag = new TreeMap<>();
    private final List<TaskSet> tasks = new ArrayList<>();

    private HarnessTasks(Path folder, Given given) {
        this.folder = folder;
        this.given = given;
    }

    /**
     * What is given with a file, in place of what its tasks say.
     *
     * @param data folder of the rows, or a file of those that are asked; {@code null} where each task says where they are
     * @param hub data set of the rows on the hub; {@code null} likewise
     * @param options wished of the tasks
     */
    public record Given(@Nullable Path data, @Nullable HubReference hub, TaskOptions options) {}

    /** Whether fields of a YAML file are those of such a task or group, and not of a task of ours. */
    public static boolean describes(Map<String, ? extends @Nullable Object> fields) {
        return Set.of("include", "group", "class", "doc_to_text", "doc_to_target", "dataset_path", "output_type")
                .stream()
                .anyMatch(fields::containsKey);
    }

    /**
     * Reads the tasks of a file with their rows.
     *
     * @param file of the task or group
     * @param folder that paths in it are relative to
     * @param data folder of the rows, or a file of those that are asked; {@code null} where each task says where they are
     * @throws DataException when one cannot be read, needs Python, or makes no sample
     */
    public static List<TaskSet> load(Path file, Path folder, @Nullable Path data) {
        return load(file, new Given(data, null, TaskOptions.NONE), folder);
    }

    /**
     * Reads the tasks of a file with their rows.
     *
     * @throws DataException as {@link #load(Path, Path, Path)}
     */
    public static List<TaskSet> load(Path file, Given given, Path folder) {
        HarnessTasks reader = new HarnessTasks(folder, given);
        Map<String, @Nullable Object> fields = HarnessFile.read(file);
        if (!fields.containsKey("group") || fields.containsKey("output_type")) {
            reader.add(fields, Map.of(), List.of());
            return List.copyOf(reader.tasks);
        }
        Path place = file.toAbsolutePath().normalize().getParent();
        reader.index(place == null ? folder : place);
        reader.group(String.valueOf(fields.get("group")), fields, Map.of(), List.of());
        return List.copyOf(reader.tasks);
    }

    /**
     * Adds a task.
     *
     * @param groups that it is part of, the outermost first
     */
    private void add(
            Map<String, @Nullable Object> fields,
            Map<String, ? extends @Nullable Object> overrides,
            List<TaskSet.Group> groups) {
        if (tasks.size() >= MOST_TASKS) {
            throw new DataException("a group has more than " + MOST_TASKS + " tasks. Name its parts one by one.");
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>(fields);
        all.putAll(overrides);
        all.keySet().removeAll(Set.of("group", "task_list"));
        List<String> notes = new ArrayList<>();
        // A task that says 0 itself keeps it, as there.
        if (given.options().shots().isPresent() && !Integer.valueOf(0).equals(all.get("num_fewshot"))) {
            all.put("num_fewshot", given.options().shots().getAsInt());
        } else if (given.options().shots().orElse(0) > 0) {
            notes.add("num_fewshot is 0 in the task file itself and stays so, as in lm-evaluation-harness");
        }
        HubReference hub = given.hub();
        if (hub != null) {
            all.put("dataset_path", HubReference.SCHEME + hub.id());
            all.put("dataset_kwargs", Map.of("revision", hub.revision()));
            if (!hub.config().isEmpty()) {
                all.put("dataset_name", hub.config());
            }
        }
        TaskSet task = HarnessTask.load(
                "task " + all.get("task"),
                all,
                folder,
                given.data(),
                given.options().prompting());
        notes.addAll(task.notes());
        TaskSet.Listing own = task.rules().listing();
        TaskSet.Rules listed = task.rules().listed(new TaskSet.Listing(own.alias(), own.shots(), groups));
        tasks.add(new TaskSet(listed, task.samples(), task.broken(), notes));
    }

    /** What the files of a folder describe, by name and by tag. Files that are no task of their own are left out. */
    private void index(Path place) {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(place, DEEPEST)) {
            files = walk.filter(file -> file.toString().endsWith(".yaml"))
                    .limit(MOST_FILES)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DataException("folder " + place + " cannot be read: " + e, e);
        }
        for (Path file : files) {
            Map<String, @Nullable Object> fields;
            try {
                fields = HarnessFile.read(file);
            } catch (DataException e) {
                continue;
            }
            Object name = fields.containsKey("group") ? fields.get("group") : fields.get("task");
            if (name instanceof String text) {
                byName.putIfAbsent(text, fields);
                Object tags = fields.get("tag");
                for (Object tag : tags == null ? List.of() : tags instanceof List<?> list ? list : List.of(tags)) {
                    byTag.computeIfAbsent(tag.toString(), key -> new ArrayList<>())
                            .add(text);
                }
            }
        }
    }

    private void group(
            String name,
            Map<String, @Nullable Object> group,
            Map<String, ? extends @Nullable Object> overrides,
            List<TaskSet.Group> outer) {
        if (outer.size() > DEEPEST) {
            throw new DataException("groups are nested deeper than " + DEEPEST + ": " + name);
        }
        Map<String, @Nullable Object> own = new LinkedHashMap<>(group);
        own.keySet().removeAll(STRUCTURE);
        own.putAll(overrides);
        Object members = group.get("task");
        if (members == null) {
            throw new DataException("group " + name + " names no task");
        }
        List<TaskSet.Group> groups = new ArrayList<>(outer);
        groups.add(HarnessGroups.of(name, group));
        for (Object member : members instanceof List<?> list ? list : List.of(members)) {
            if (member instanceof Map<?, ?> map) {
                described(HarnessConfig.copy(map), own, groups);
            } else {
                named(String.valueOf(member), own, groups);
            }
        }
    }

    /** A member that is written out in the group: a task or group of the index with other fields, or one of its own. */
    private void described(
            Map<String, @Nullable Object> member, Map<String, @Nullable Object> overrides, List<TaskSet.Group> groups) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(overrides);
        if (member.get("group") instanceof String name) {
            Map<String, @Nullable Object> known = byName.get(name);
            if (known == null) {
                group(groups.get(groups.size() - 1).id() + "::" + name, member, overrides, groups);
                return;
            }
            changed.putAll(member);
            changed.remove("group");
            group(name, known, changed, groups);
        } else if (member.get("task") instanceof String name) {
            changed.putAll(member);
            changed.remove("task");
            if (byName.containsKey(name) || byTag.containsKey(name)) {
                named(name, changed, groups);
            } else {
                add(member, overrides, groups);
            }
        } else {
            throw new DataException("a member of a group has neither 'task' nor 'group': " + member);
        }
    }

    private void named(String name, Map<String, @Nullable Object> overrides, List<TaskSet.Group> groups) {
        Map<String, @Nullable Object> known = byName.get(name);
        if (known == null && byTag.containsKey(name)) {
            byTag.getOrDefault(name, List.of()).stream().sorted().forEach(task -> named(task, overrides, groups));
        } else if (known == null) {
            throw new DataException("a group names '" + name + "', which no file in its folder or below describes");
        } else if (known.containsKey("group")) {
            group(name, known, overrides, groups);
        } else {
            add(known, overrides, groups);
        }
    }
}
