package dev.weighbridge.core.evaluation;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.datasets.DataException;
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
     * @param names as {@link TaskFiles#load} takes them
     * @param folder that paths are relative to
     * @return by id, in the order of the names
     * @throws ConfigException when one does not exist, cannot be used, or has the id of another
     */
    public static Map<String, TaskSet> load(List<String> names, Path folder) {
        Map<String, TaskSet> tasks = new LinkedHashMap<>();
        for (String name : names) {
            TaskSet task = load(name, folder);
            new TaskScoring(task.rules()).close();
            if (tasks.putIfAbsent(task.id(), task) != null) {
                throw new ConfigException("two tasks are called '" + task.id() + "'. Give '" + name
                        + "' another name with its field 'task'.");
            }
        }
        return tasks;
    }

    /**
     * Reads one task with its rows.
     *
     * @throws ConfigException when it does not exist or cannot be used
     */
    public static TaskSet load(String name, Path folder) {
        try {
            return TaskFiles.load(name, folder);
        } catch (DataException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }
}
