package dev.weighbridge.core.evaluation;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.definition.TaskFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tasks as a study or a command names them, read and checked before anything is asked. */
public final class Tasks {
    private Tasks() {}

    /**
     * Reads tasks with their rows, and opens their scorers once to see that they can be.
     *
     * @param names as {@link TaskFiles#loadAll} takes them
     * @param folder that paths are relative to
     * @return by id, in the order of the names
     * @throws ConfigException when one does not exist, cannot be used, or has the id of another
     */
    public static Map<String, TaskSet> load(List<String> names, Path folder) {
        return load(names, folder, TaskOptions.NONE);
    }

    /**
     * The same, asked otherwise than they say.
     *
     * @throws ConfigException as {@link #load(List, Path)}, and when a task has nowhere to take solved questions from
     */
    public static Map<String, TaskSet> load(List<String> names, Path folder, TaskOptions options) {
        Map<String, TaskSet> tasks = new LinkedHashMap<>();
        for (String name : names) {
            for (TaskSet read : load(name, folder, options)) {
                TaskSet task = told(read, name, names);
                new TaskScoring(task.rules()).close();
                if (tasks.putIfAbsent(task.id(), task) != null) {
                    throw new ConfigException("two tasks are called '" + task.id() + "'. Give '" + name
                            + "' another name with its field 'task'.");
                }
            }
        }
        return tasks;
    }

    /** The task, called by its file too where others of its format are named beside it, such as further subjects of MMLU. */
    private static TaskSet told(TaskSet task, String name, List<String> names) {
        long alike = names.stream()
                .filter(other -> TaskFiles.idWithFile(other).isPresent() && other.startsWith(task.id() + "@"))
                .count();
        return alike < 2 ? task : TaskFiles.idWithFile(name).map(task::called).orElse(task);
    }

    /**
     * Reads the tasks of a study, whose variants are held to each other by the deciding score of each sample.
     *
     * @throws ConfigException as {@link #load(List, Path, TaskOptions)}, and when a task's deciding score does not lie between 0 and 1
     */
    public static Map<String, TaskSet> ofStudy(List<String> names, Path folder, TaskOptions options) {
        Map<String, TaskSet> tasks = load(names, folder, options);
        for (TaskSet task : tasks.values()) {
            if (!comparable(task.rules())) {
                throw new ConfigException(
                        "task " + task.id() + " is decided by a score that does not lie between 0 and 1, by"
                                + " which a study cannot hold variants to each other. Name another scorer first, or ask it with"
                                + " 'evaluate'.");
            }
        }
        return tasks;
    }

    /** Whether the deciding score of each sample lies between 0, wrong, and 1, right. */
    public static boolean comparable(TaskSet.Rules rules) {
        try (TaskScoring scoring = new TaskScoring(rules)) {
            return scoring.scores().get(0).share();
        }
    }

    /**
     * Reads the tasks of one name with their rows: one, or those of a group.
     *
     * @throws ConfigException when it does not exist or cannot be used
     */
    public static List<TaskSet> load(String name, Path folder) {
        return load(name, folder, TaskOptions.NONE);
    }

    /**
     * The same, asked otherwise than they say.
     *
     * @throws ConfigException when it does not exist or cannot be used
     */
    public static List<TaskSet> load(String name, Path folder, TaskOptions options) {
        try {
            return TaskFiles.loadAll(name, folder, options);
        } catch (DataException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }
}
