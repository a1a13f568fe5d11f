package dev.weighbridge.datasets.definition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.PromptParts;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.datasets.harness.HarnessTasks;
import dev.weighbridge.datasets.hub.HubDataset;
import dev.weighbridge.datasets.hub.HubReference;
import dev.weighbridge.datasets.hub.HubSettings;
import dev.weighbridge.datasets.source.RowReader;
import dev.weighbridge.datasets.source.RowSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tasks by name: those that are shipped with their rows, a task file, or a published format with a file of its rows
 * ({@code gsm8k@path/to/test.jsonl}).
 */
public final class TaskFiles {
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> FIELDS = new TypeReference<>() {};
    private static final List<String> FORMATS = List.of(
            "arc",
            "bbh",
            "cnn-dailymail",
            "gsm8k",
            "hellaswag",
            "humaneval",
            "ifeval",
            "mbpp",
            "mmlu",
            "mt-bench",
            "squad",
            "truthfulqa-mc1",
            "wikitext",
            "winogrande");
    private static final int LARGEST_FILE = 1 << 20;
    private static final int LONGEST_FILE_NAME = 100;
    private static final int MOST_BROKEN = 1000;
    private static final int MOST_SAMPLES = 5_000_000;

    private TaskFiles() {}

    /** The published formats that are known, in alphabetical order. */
    public static List<String> formats() {
        return FORMATS;
    }

    /**
     * Whether a text can be the name of a task, without reading it.
     *
     * @return why not, or empty when it can
     */
    public static Optional<String> problem(String name, Path folder) {
        if (TaskSets.ids().contains(name)) {
            return Optional.empty();
        }
        Named named = Named.of(name);
        if ((FORMATS.contains(named.task()) && named.data() != null) || isFile(named.task())) {
            return missing(named, folder);
        }
        return Optional.of("task '" + name + "' does not exist. Use one of: " + String.join(", ", TaskSets.ids())
                + "; or a task file, named with its .yaml; or FORMAT@FILE with one of the formats "
                + String.join(", ", FORMATS));
    }

    /**
     * A name with what stands after its {@code @}.
     *
     * @param task format or file of the task
     * @param data file or folder of its rows, or {@code null}
     */
    private record Named(String task, @Nullable String data) {
        static Named of(String name) {
            int at = name.indexOf('@');
            return at > 0 ? new Named(name.substring(0, at), name.substring(at + 1)) : new Named(name, null);
        }
    }

    /**
     * What tells a published format's rows from those of another file of the same format: the format and the file's name, such as
     * {@code mmlu-astronomy_test}.
     *
     * @return empty for any other name
     */
    public static Optional<String> idWithFile(String name) {
        Named named = Named.of(name);
        if (!FORMATS.contains(named.task()) || named.data() == null) {
            return Optional.empty();
        }
        String file = named.data().replaceFirst(".*[/\\\\]", "").replaceFirst("(?<=.)\\.[A-Za-z0-9]+(\\.gz)?$", "");
        String safe = file.replaceAll("[^A-Za-z0-9_-]", "_");
        return Optional.of(named.task() + "-" + safe.substring(0, Math.min(safe.length(), LONGEST_FILE_NAME)));
    }

    private static boolean isFile(String name) {
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    private static Optional<String> missing(Named named, Path folder) {
        if (isFile(named.task()) && !Files.isRegularFile(folder.resolve(named.task()))) {
            return Optional.of("task file " + folder.resolve(named.task()) + " does not exist");
        }
        if (named.data() != null && HubReference.isReference(named.data())) {
            HubReference.parse(named.data());
            return isFile(named.task()) ? unsuited(named.data(), folder.resolve(named.task())) : Optional.empty();
        }
        return named.data() == null || Files.exists(folder.resolve(named.data()))
                ? Optional.empty()
                : Optional.of("data file " + folder.resolve(named.data()) + " does not exist");
    }

    /** Why a data set of the hub cannot be given with a task file: the file names its rows itself, or its splits. */
    private static Optional<String> unsuited(String reference, Path file) {
        if (!HarnessTasks.describes(fields(file))) {
            return Optional.of(ownRows(file, reference));
        }
        String[] parts = reference.substring(HubReference.SCHEME.length()).split("/", -1);
        return parts.length > 3 && !parts[3].isEmpty()
                ? Optional.of("'" + reference + "' names the split '" + parts[3] + "', and " + file
                        + " says itself which splits it asks. Name the data set without it.")
                : Optional.empty();
    }

    private static String ownRows(Path file, String data) {
        return "task file " + file + " names its rows itself, in its field 'data'; '@" + data
                + "' is for task files of lm-evaluation-harness and for formats";
    }

    /**
     * Reads the tasks of a name with their rows: one, or those of a group of lm-evaluation-harness.
     *
     * @param name as {@link #load} takes it, or a group's file
     * @param folder that paths are relative to
     * @throws DataException when there is no such task, or one cannot be used
     */
    public static List<TaskSet> loadAll(String name, Path folder) {
        return loadAll(name, folder, TaskOptions.NONE);
    }

    /**
     * Reads the tasks of a name with their rows, asked otherwise than they say.
     *
     * @throws DataException as {@link #loadAll(String, Path)}, and when a task has nowhere to take solved questions from
     */
    public static List<TaskSet> loadAll(String name, Path folder, TaskOptions options) {
        problem(name, folder).ifPresent(problem -> {
            throw new DataException(problem);
        });
        if (TaskSets.ids().contains(name)) {
            requireNone(name, options);
            return List.of(TaskSets.load(name, options.prompting()));
        }
        Named named = Named.of(name);
        if (isFile(named.task())) {
            return ofFile(folder.resolve(named.task()), named.data(), folder, options);
        }
        requireNone(name, options);
        Map<String, @Nullable Object> fields = format(named.task());
        fields.put("data", named.data());
        return List.of(read(named.task(), fields, folder, options.prompting()));
    }

    private static void requireNone(String name, TaskOptions options) {
        OptionalInt shots = options.shots();
        if (shots.orElse(0) > 0) {
            throw new DataException("task '" + name + "' has nowhere to take " + shots.getAsInt()
                    + " solved questions from. Ask it without --few-shot, or write a task file with 'few-shot'.");
        }
    }

    private static List<TaskSet> ofFile(Path file, @Nullable String data, Path folder, TaskOptions options) {
        Map<String, @Nullable Object> own = fields(file);
        if (HarnessTasks.describes(own)) {
            HubReference hub = data != null && HubReference.isReference(data) ? HubReference.parse(data) : null;
            Path rows = data == null || hub != null ? null : folder.resolve(data);
            return HarnessTasks.load(file, new HarnessTasks.Given(rows, hub, options), folder);
        }
        if (data != null) {
            throw new DataException(ownRows(file, data));
        }
        OptionalInt shots = options.shots();
        if (own.get("few-shot") instanceof Map<?, ?> section && shots.isPresent()) {
            Map<Object, @Nullable Object> other = new LinkedHashMap<>(section);
            other.put("count", shots.getAsInt());
            own.put("few-shot", other);
            if (shots.getAsInt() == 0) {
                own.remove("few-shot");
            }
        } else {
            requireNone(file.toString(), options);
        }
        Object base = own.remove("base");
        Map<String, @Nullable Object> fields = base == null ? new LinkedHashMap<>() : format(String.valueOf(base));
        fields.putAll(own);
        Path parent = file.toAbsolutePath().getParent();
        return List.of(read("task file " + file, fields, parent == null ? folder : parent, options.prompting()));
    }

    /**
     * Reads a task with its rows.
     *
     * @param name id of a shipped task set, path of a task file, or format with its data
     * @param folder that paths are relative to
     * @throws DataException when there is no such task, it cannot be used, or it is a group of several
     */
    public static TaskSet load(String name, Path folder) {
        List<TaskSet> tasks = loadAll(name, folder);
        if (tasks.size() != 1) {
            throw new DataException("'" + name + "' is a group of " + tasks.size() + " tasks where one is needed");
        }
        return tasks.get(0);
    }

    private static Map<String, @Nullable Object> fields(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new DataException("task file " + file + " has " + Files.size(file) + " bytes; at most "
                        + LARGEST_FILE + " are read");
            }
            return fields(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new DataException("task file " + file + " cannot be read: " + e, e);
        }
    }

    private static Map<String, @Nullable Object> fields(String text, String where) {
        try {
            Map<String, @Nullable Object> fields = YAML.readValue(text, FIELDS);
            if (fields == null) {
                throw new DataException(where + " is empty");
            }
            return fields;
        } catch (JsonProcessingException e) {
            throw new DataException(where + " is no YAML of fields: " + e.getOriginalMessage(), e);
        }
    }

    private static Map<String, @Nullable Object> format(String name) {
        if (!FORMATS.contains(name)) {
            throw new DataException("there is no format '" + name + "'. Choose one of " + FORMATS + ".");
        }
        try (InputStream in = TaskSets.class.getResourceAsStream("formats/" + name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("the resource formats/" + name + ".yaml is missing. Build again.");
            }
            return fields(new String(in.readAllBytes(), StandardCharsets.UTF_8), name);
        } catch (IOException e) {
            throw new DataException("format " + name + " cannot be read: " + e, e);
        }
    }

    private static TaskSet read(String where, Map<String, @Nullable Object> fields, Path folder, Prompting asked) {
        TaskDefinition definition = TaskDefinition.of(new Fields(where, fields));
        Prompting prompting = asked.of(definition.asking().output());
        SampleMaker maker = new SampleMaker(definition, prompting);
        StringBuilder hashes =
                new StringBuilder(fields.toString().replace(folder.toString(), "")).append(prompting.identity());
        Set<String> shown = new HashSet<>();
        List<Path> questions = files(definition.data(), folder);
        List<PromptParts.Part> before = definition
                .fewShot()
                .map(shots -> solved(definition, shots, questions, maker, folder, shown, hashes))
                .orElse(List.of());
        List<TaskSet.Sample> samples = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Path file : questions) {
            String hash = RowReader.of(file).sha256();
            if (!definition.sha256().isEmpty() && !definition.sha256().equals(hash)) {
                throw new DataException(
                        file + " has the SHA-256 " + hash + ", the task asks for " + definition.sha256());
            }
            hashes.append(hash);
            read(definition, file, new Collector(definition, maker, file, before, shown, ids, samples, broken));
        }
        if (samples.isEmpty()) {
            throw new DataException(where + " makes no sample of " + definition.data()
                    + (broken.isEmpty() ? ": it has no rows" : ": " + broken.get(0)));
        }
        TaskSet.Rules rules = new TaskSet.Rules(
                definition.id(),
                definition.version(),
                definition.licence(),
                TaskSets.sha256(hashes.toString().getBytes(StandardCharsets.UTF_8)),
                prompting.chat() ? definition.asking().withDelimiter("") : definition.asking(),
                List.of(TaskSet.Pipeline.of(definition.filters())),
                definition.scorers(),
                folder.toAbsolutePath().normalize().toString(),
                TaskSet.Listing.alone(definition.fewShot().map(FewShot::count).orElse(0)),
                prompting);
        return new TaskSet(rules, samples, broken, List.of());
    }

    /** Makes samples of the rows of one file. */
    private record Collector(
            TaskDefinition definition,
            SampleMaker maker,
            Path file,
            List<PromptParts.Part> before,
            Set<String> shown,
            Set<String> ids,
            List<TaskSet.Sample> samples,
            List<String> broken)
            implements RowSink {
        @Override
        public void row(int number, Map<String, @Nullable Object> row) {
            if (samples.size() >= MOST_SAMPLES) {
                throw new DataException(file + " has more than " + MOST_SAMPLES + " rows. Split it.");
            }
            Map<String, @Nullable Object> known = new LinkedHashMap<>(row);
            known.putIfAbsent("file_name", stem(file));
            TaskSet.Sample sample;
            try {
                sample = maker.sample(samples.size() + broken.size() + 1, known, before);
            } catch (DataException e) {
                broken(number, String.valueOf(e.getMessage()));
                return;
            }
            if (shown.contains(maker.question(known).prompt())) {
                throw new DataException(
                        "row " + number + " of " + file + " is also one of the solved questions before it:"
                                + " the model would be shown the answer. Take few-shot rows from another split.");
            }
            if (ids.add(sample.id())) {
                samples.add(sample);
            } else {
                broken(number, "has the id '" + sample.id() + "' of an earlier row");
            }
        }

        @Override
        public void broken(int number, String why) {
            if (broken.size() < MOST_BROKEN) {
                broken.add("row " + number + " of " + file.getFileName() + " " + why);
            }
        }
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.indexOf('.') > 0 ? name.substring(0, name.indexOf('.')) : name;
    }

    private static void read(TaskDefinition definition, Path file, RowSink sink) {
        if (definition.split().isEmpty()) {
            new RowReader(file, definition.columns(), definition.path()).read(sink);
            return;
        }
        Pattern split = Pattern.compile("(?=" + definition.split() + ")", Pattern.MULTILINE);
        RowReader.of(file).read(new RowSink() {
            @Override
            public void row(int number, Map<String, @Nullable Object> row) {
                int part = 0;
                for (String text : split.split(String.valueOf(row.get("text")), -1)) {
                    if (!text.isBlank()) {
                        sink.row(++part, Map.of("text", text));
                    }
                }
            }

            @Override
            public void broken(int number, String why) {
                sink.broken(number, why);
            }
        });
    }

    private static List<PromptParts.Part> solved(
            TaskDefinition definition,
            FewShot shots,
            List<Path> asked,
            SampleMaker maker,
            Path folder,
            Set<String> shown,
            StringBuilder hashes) {
        List<Path> places = asked.stream().map(Path::normalize).toList();
        List<Path> files = files(List.of(shots.data()), folder);
        for (Path file : files) {
            if (places.contains(file.normalize())) {
                throw new DataException("the solved questions come from " + file
                        + ", the file of the questions themselves. Take them from another split.");
            }
            hashes.append(RowReader.of(file).sha256());
        }
        List<PromptParts.Part> before = new ArrayList<>();
        int[] found = {0};
        for (Path file : files) {
            read(definition, file, new RowSink() {
                @Override
                public void row(int number, Map<String, @Nullable Object> row) {
                    if (found[0] < shots.count()) {
                        Map<String, @Nullable Object> known = new LinkedHashMap<>(row);
                        known.putIfAbsent("file_name", stem(file));
                        SampleMaker.Question question = maker.question(known);
                        shown.add(question.prompt());
                        before.addAll(maker.solved(question, shots.delimiter()));
                        found[0]++;
                    }
                }

                @Override
                public void broken(int number, String why) {
                    throw new DataException("row " + number + " of " + file + ", a solved question, " + why);
                }
            });
        }
        if (found[0] < shots.count()) {
            throw new DataException(
                    shots.data() + " has " + found[0] + " rows; " + shots.count() + " solved questions are asked for");
        }
        return before;
    }

    /** Files of rows: those that are named, or those of a data set of the Hugging Face hub. */
    private static List<Path> files(List<String> names, Path folder) {
        List<Path> files = new ArrayList<>();
        for (String name : names) {
            if (HubReference.isReference(name)) {
                files.addAll(HubDataset.files(name, HubSettings.usualCache()));
            } else {
                files.add(folder.resolve(name));
            }
        }
        return files;
    }
}
