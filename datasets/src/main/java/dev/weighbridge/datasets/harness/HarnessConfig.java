package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.harness.port.PortedFunction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a task file of lm-evaluation-harness says, with its defaults (version 0.4.13, {@code lm_eval/config/task.py}). A field that
 * a row is made with is a column, a template, a fixed value or what stands for a Python function.
 *
 * @param task name
 * @param alias that it is shown by; empty for its name
 * @param version of the task, from its metadata
 * @param output that is asked for
 * @param data where its rows are
 * @param splits names of the splits by role: {@code training}, {@code validation}, {@code test}
 * @param rows makes other rows of those of a split; {@code null} where they are taken as they are
 * @param question what makes a prompt of a row
 * @param description text before everything; a column or a template
 * @param shots solved questions before each
 * @param generation how answers are written: {@code until}, {@code max_gen_toks}, {@code temperature}, {@code do_sample},
 *     {@code top_p}, {@code top_k}
 * @param repeats answers to each prompt
 * @param filters named lists of filters
 * @param metrics that judge the answers
 * @param results judges them in place of the metrics; {@code null} where the metrics do
 */
record HarnessConfig(
        String task,
        String alias,
        String version,
        TaskSet.Output output,
        Source data,
        Map<String, String> splits,
        PortedFunction.@Nullable Rows rows,
        Question question,
        @Nullable Object description,
        Shots shots,
        Map<String, @Nullable Object> generation,
        int repeats,
        @Nullable List<Map<String, @Nullable Object>> filters,
        @Nullable List<Map<String, @Nullable Object>> metrics,
        PortedFunction.@Nullable Results results) {
    private static final Set<String> KNOWN = Set.of(
            "task",
            "task_alias",
            "tag",
            "group",
            "custom_dataset",
            "dataset_path",
            "dataset_name",
            "dataset_kwargs",
            "training_split",
            "validation_split",
            "test_split",
            "fewshot_split",
            "process_docs",
            "doc_to_text",
            "doc_to_target",
            "doc_to_image",
            "doc_to_audio",
            "unsafe_code",
            "doc_to_choice",
            "process_results",
            "use_prompt",
            "description",
            "target_delimiter",
            "fewshot_delimiter",
            "fewshot_config",
            "num_fewshot",
            "metric_list",
            "output_type",
            "generation_kwargs",
            "repeats",
            "filter_list",
            "should_decontaminate",
            "doc_to_decontamination_query",
            "gen_prefix",
            "metadata");
    private static final Set<String> SHOTS = Set.of(
            "sampler",
            "split",
            "process_docs",
            "fewshot_indices",
            "samples",
            "doc_to_text",
            "doc_to_choice",
            "doc_to_target",
            "gen_prefix",
            "fewshot_delimiter",
            "target_delimiter");
    private static final Set<String> UNREAD = Set.of("use_prompt", "custom_dataset", "doc_to_image", "doc_to_audio");
    private static final Map<String, TaskSet.Output> OUTPUTS = Map.of(
            "generate_until", TaskSet.Output.GENERATE,
            "multiple_choice", TaskSet.Output.MULTIPLE_CHOICE,
            "loglikelihood", TaskSet.Output.LIKELIHOOD,
            "loglikelihood_rolling", TaskSet.Output.ROLLING);
    private static final int MOST_SHOTS = 1000;
    private static final int MOST_REPEATS = 1000;

    /**
     * Where rows are.
     *
     * @param path id of a data set on the Hugging Face hub, a folder, or a format such as {@code json}
     * @param name of its configuration, or empty
     * @param options further ones, as {@code data_files}
     */
    record Source(String path, String name, Map<String, @Nullable Object> options) {}

    /**
     * What makes a question of a row.
     *
     * @param text prompt
     * @param target right answer
     * @param choices to choose from; {@code null} where there are none
     * @param prefix of the answer, which the model goes on with; {@code null} for none
     * @param delimiter between prompt and answer
     */
    record Question(
            @Nullable Object text,
            @Nullable Object target,
            @Nullable Object choices,
            @Nullable Object prefix,
            String delimiter) {}

    /**
     * Solved questions.
     *
     * @param count of them
     * @param sampler {@code default}, which draws, or {@code first_n}
     * @param split that they are drawn from; {@code null} for the training, validation or test split, the first that there is
     * @param samples rows that stand in the file itself; used where no split is named
     * @param chosen gives such rows in place of the file; {@code null} where the file does
     * @param rows makes other rows of those of the split; {@code null} where they are taken as they are
     * @param question what makes each of its row
     * @param delimiter after each
     */
    record Shots(
            int count,
            String sampler,
            @Nullable String split,
            @Nullable List<Map<String, @Nullable Object>> samples,
            PortedFunction.@Nullable Samples chosen,
            PortedFunction.@Nullable Rows rows,
            Question question,
            String delimiter) {}

    /**
     * Reads the fields of a file.
     *
     * @throws DataException when the file needs Python, or a field is unknown or has no good value
     */
    static HarnessConfig of(String where, Map<String, @Nullable Object> fields) {
        PortedFunction.TaskClass task = new Reader(where, fields).ported("class", PortedFunction.TaskClass.class);
        if (task == null) {
            return of(where, fields, null);
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>(task.fields());
        all.putAll(fields);
        return of(where, all, task.results());
    }

    private static HarnessConfig of(
            String where, Map<String, @Nullable Object> fields, PortedFunction.@Nullable Results results) {
        Reader reader = new Reader(where, fields);
        reader.check(KNOWN);
        for (String name : UNREAD) {
            if (fields.get(name) != null) {
                throw reader.python(name);
            }
        }
        String output = reader.text("output_type", "generate_until");
        if (!OUTPUTS.containsKey(output)) {
            throw reader.problem("output_type", "one of " + new TreeSet<>(OUTPUTS.keySet()));
        }
        Question question = question(reader, new Question(null, null, null, null, " "));
        String delimiter = reader.text("fewshot_delimiter", "\n\n");
        Map<String, String> splits = new LinkedHashMap<>();
        for (String role : List.of("training", "validation", "test")) {
            reader.optional(role + "_split").ifPresent(split -> splits.put(role, split));
        }
        Map<String, @Nullable Object> generation = reader.map("generation_kwargs");
        generation.putIfAbsent("until", List.of(delimiter));
        return new HarnessConfig(
                reader.optional("task").orElseThrow(() -> reader.problem("task", "the task's name")),
                reader.text("task_alias", ""),
                version(fields.get("metadata")),
                OUTPUTS.getOrDefault(output, TaskSet.Output.GENERATE),
                new Source(
                        reader.text("dataset_path", ""), reader.text("dataset_name", ""), reader.map("dataset_kwargs")),
                splits,
                reader.ported("process_docs", PortedFunction.Rows.class),
                question,
                reader.value("description"),
                shots(reader, question, delimiter),
                generation,
                reader.whole("repeats", 1, 1, MOST_REPEATS),
                reader.maps("filter_list"),
                reader.maps("metric_list"),
                results == null ? reader.ported("process_results", PortedFunction.Results.class) : results);
    }

    private static String version(@Nullable Object metadata) {
        Object version = metadata instanceof Map<?, ?> map ? map.get("version") : null;
        return version == null ? "0" : version.toString();
    }

    private static Question question(Reader reader, Question inherited) {
        return new Question(
                reader.made("doc_to_text", inherited.text()),
                reader.made("doc_to_target", inherited.target()),
                reader.made("doc_to_choice", inherited.choices()),
                reader.value("gen_prefix", inherited.prefix()),
                reader.text("target_delimiter", inherited.delimiter()));
    }

    private static Shots shots(Reader task, Question question, String delimiter) {
        Reader reader = new Reader(task.where() + " fewshot_config", task.map("fewshot_config"));
        reader.check(SHOTS);
        String sampler = reader.text("sampler", "default");
        if (!sampler.equals("default") && !sampler.equals("first_n")) {
            throw reader.problem("sampler", "default or first_n");
        }
        boolean chosen = reader.fields().get("samples") instanceof HarnessFile.Function;
        return new Shots(
                task.whole("num_fewshot", 0, 0, MOST_SHOTS),
                sampler,
                reader.optional("split")
                        .or(() -> task.optional("fewshot_split"))
                        .orElse(null),
                chosen ? null : reader.maps("samples"),
                chosen ? reader.ported("samples", PortedFunction.Samples.class) : null,
                (reader.fields().containsKey("process_docs") ? reader : task)
                        .ported("process_docs", PortedFunction.Rows.class),
                question(reader, question),
                reader.text("fewshot_delimiter", delimiter));
    }

    /** Reads fields of a file. A field that is there with no value counts as absent, as in Python. */
    private record Reader(String where, Map<String, @Nullable Object> fields) {
        void check(Set<String> known) {
            for (String name : fields.keySet()) {
                if (!known.contains(name) && !name.equals("class")) {
                    throw new DataException(where + " has a field '" + name
                            + "' that lm-evaluation-harness does not know. It can have " + new TreeSet<>(known) + ".");
                }
            }
        }

        DataException problem(String name, String wanted) {
            return new DataException(where + ": '" + name + "' must be " + wanted + ", got: " + fields.get(name));
        }

        DataException python(String name) {
            return new DataException(where + ": '" + name + "' is Python (" + fields.get(name)
                    + "), which is not run here. Write what it does as templates, or prepare its rows beforehand.");
        }

        /** A fixed value, a column or a template. */
        @Nullable
        Object value(String name, @Nullable Object usual) {
            Object value = fields.get(name);
            if (value instanceof HarnessFile.Function) {
                throw python(name);
            }
            return value == null ? usual : value;
        }

        @Nullable
        Object value(String name) {
            return value(name, null);
        }

        /** The same, or what stands for a Python function. */
        @Nullable
        Object made(String name, @Nullable Object usual) {
            return fields.get(name) instanceof HarnessFile.Function
                    ? ported(name, PortedFunction.Value.class)
                    : value(name, usual);
        }

        /** What stands for the function that a field is. */
        <T extends PortedFunction> @Nullable T ported(String name, Class<T> kind) {
            Object value = fields.get(name);
            if (value == null) {
                return null;
            }
            if (value instanceof HarnessFile.Function function) {
                return function.ported(where + ": '" + name + "'", kind);
            }
            throw problem(name, "a Python function that is ported");
        }

        Optional<String> optional(String name) {
            Object value = value(name);
            if (value instanceof Map || value instanceof List) {
                throw problem(name, "a text");
            }
            return Optional.ofNullable(value).map(Object::toString);
        }

        String text(String name, String usual) {
            return optional(name).orElse(usual);
        }

        int whole(String name, int usual, int least, int most) {
            Object value = value(name);
            if (value == null) {
                return usual;
            }
            if (!(value instanceof Integer number) || number < least || number > most) {
                throw problem(name, "a whole number from " + least + " to " + most);
            }
            return number;
        }

        Map<String, @Nullable Object> map(String name) {
            Object value = value(name);
            if (value != null && !(value instanceof Map)) {
                throw problem(name, "fields of its own");
            }
            return value == null ? new LinkedHashMap<>() : copy((Map<?, ?>) value);
        }

        @Nullable
        List<Map<String, @Nullable Object>> maps(String name) {
            Object value = value(name);
            if (value == null) {
                return null;
            }
            List<Map<String, @Nullable Object>> maps = new ArrayList<>();
            for (Object element : value instanceof List<?> list ? list : List.of(value)) {
                if (!(element instanceof Map<?, ?> map)) {
                    throw problem(name, "a list of fields");
                }
                maps.add(copy(map));
            }
            return maps;
        }
    }

    /** A map with texts as its keys. */
    static Map<String, @Nullable Object> copy(Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return copy;
    }
}
