package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.harness.port.PortedFunction;
import dev.weighbridge.datasets.harness.port.PythonPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads the fields of a task file of lm-evaluation-harness and of the files that it includes. */
final class HarnessFile {
    private static final int LARGEST = 1 << 20;
    private static final int MOST_INCLUDED = 50;

    private HarnessFile() {}

    /**
     * A value that a Python function would make; it is known by name only.
     *
     * @param name of the function, with its module
     * @param folder of the file that names it
     */
    record Function(String name, Path folder) {
        /**
         * What stands for it.
         *
         * @param where it is named, for messages
         * @throws DataException when nothing of this kind does
         */
        <T extends PortedFunction> T ported(String where, Class<T> kind) {
            try {
                return PythonPorts.find(name, folder, kind);
            } catch (DataException e) {
                throw new DataException(
                        where + " is Python (" + this + "), which is not run here: " + e.getMessage(), e);
            }
        }

        @Override
        public String toString() {
            return "!function " + name;
        }
    }

    /**
     * The fields of a file: those of its includes, a later one before an earlier one, and its own before all.
     *
     * @throws DataException when a file is missing, is no YAML of fields, or includes itself
     */
    static Map<String, @Nullable Object> read(Path file) {
        return read(file, new ArrayDeque<>());
    }

    private static Map<String, @Nullable Object> read(Path file, Deque<Path> open) {
        Path place = file.toAbsolutePath().normalize();
        if (open.contains(place)) {
            throw new DataException("task file " + place + " includes itself: " + open);
        }
        if (open.size() >= MOST_INCLUDED) {
            throw new DataException("task file " + open.getLast() + " includes more than " + MOST_INCLUDED
                    + " files one within the other");
        }
        open.push(place);
        Map<String, @Nullable Object> own = fields(place);
        Object included = own.remove("include");
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (Object name : included == null ? List.of() : included instanceof List<?> list ? list : List.of(included)) {
            Map<String, @Nullable Object> inherited = read(place.resolveSibling(String.valueOf(name)), open);
            inherited.remove("task_list");
            fields.putAll(inherited);
        }
        fields.putAll(own);
        open.pop();
        return fields;
    }

    private static Map<String, @Nullable Object> fields(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new DataException(
                        "task file " + file + " has " + Files.size(file) + " bytes; at most " + LARGEST + " are read");
            }
            LoaderOptions options = new LoaderOptions();
            options.setCodePointLimit(LARGEST);
            options.setAllowRecursiveKeys(false);
            Path folder = file.resolveSibling("");
            Object value = new Yaml(new Functions(options, folder)).load(Files.readString(file));
            if (!(value instanceof Map<?, ?> map)) {
                throw new DataException("task file " + file + " is no YAML of fields");
            }
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            map.forEach((key, element) -> fields.put(String.valueOf(key), element));
            return fields;
        } catch (YAMLException e) {
            throw new DataException("task file " + file + " is no YAML: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DataException("task file " + file + " cannot be read: " + e, e);
        }
    }

    /** Takes plain values and names of functions, and makes no object of any class. */
    private static final class Functions extends SafeConstructor {
        Functions(LoaderOptions options, Path folder) {
            super(options);
            yamlConstructors.put(new Tag("!function"), new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    return new Function(
                            node instanceof ScalarNode scalar ? scalar.getValue() : node.toString(), folder);
                }
            });
        }
    }
}
