package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.harness.port.PortedFunction;
import dev.weighbridge.datasets.hub.HubDataset;
import dev.weighbridge.datasets.hub.HubReference;
import dev.weighbridge.datasets.hub.HubSettings;
import dev.weighbridge.datasets.source.RowFormat;
import dev.weighbridge.datasets.source.RowReader;
import dev.weighbridge.datasets.source.RowSink;
import dev.weighbridge.datasets.template.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows of a split. A folder that is given with the task, or that the task names itself, holds a file for each split,
 * {@code test.jsonl} or {@code test-00000-of-00002.jsonl}, at its top or in a folder of the configuration's name; a task that names
 * its files does not need one, nor does one whose data set is on the Hugging Face hub. Rows have every column that any of them has, as a table does.
 */
final class HarnessRows {
    private static final Set<String> FORMATS = Set.of("json", "csv", "text", "parquet");
    private static final List<List<String>> SYNONYMS = List.of(
            List.of("validation", "valid", "dev", "val"), List.of("train", "training"), List.of("test", "eval"));
    private static final int MOST_FILES = 10_000;
    private static final int MOST_ROWS = 5_000_000;
    private static final int MOST_BROKEN = 1000;

    private final HarnessConfig.Source source;
    private final Path folder;
    private final @Nullable Path given;

    /**
     * Rows of one task.
     *
     * @param folder that relative paths of the task start from
     * @param given folder of the rows, or a file of those that are asked; {@code null} where the task says where they are
     */
    HarnessRows(HarnessConfig.Source source, Path folder, @Nullable Path given) {
        this.source = source;
        this.folder = folder;
        this.given = given;
    }

    /**
     * The rows of a split.
     *
     * @param rows with all columns, in the order of the files
     * @param columns of all rows
     * @param broken rows that could not be read, in words
     * @param files that they come from
     */
    record Split(
            List<Map<String, @Nullable Object>> rows, Set<String> columns, List<String> broken, List<Path> files) {}

    /**
     * Reads a split.
     *
     * @param asked whether these are the rows that are asked, for which a single file may be given
     * @throws DataException when its files cannot be found or read
     */
    Split read(String split, boolean asked) {
        List<Path> files = files(split, asked);
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        Set<String> columns = new LinkedHashSet<>();
        Object field = source.options().get("field");
        for (Path file : files) {
            List<String> path = field == null ? List.of() : List.of(field.toString());
            new RowReader(file, List.of(), path).read(new RowSink() {
                @Override
                public void row(int number, Map<String, @Nullable Object> row) {
                    if (rows.size() >= MOST_ROWS) {
                        throw new DataException(file + " has more than " + MOST_ROWS + " rows. Split it.");
                    }
                    columns.addAll(row.keySet());
                    rows.add(new LinkedHashMap<>(row));
                }

                @Override
                public void broken(int number, String why) {
                    if (broken.size() < MOST_BROKEN) {
                        broken.add("row " + number + " of " + file.getFileName() + " " + why);
                    }
                }
            });
        }
        rows.forEach(row -> columns.forEach(column -> row.putIfAbsent(column, null)));
        return new Split(rows, columns, broken, files);
    }

    /**
     * The rows that a function makes of a split's; one that it cannot work with is broken.
     *
     * @param function or {@code null} for the rows as they are
     */
    static Split made(Split split, PortedFunction.@Nullable Rows function) {
        if (function == null) {
            return split;
        }
        PortedFunction.RowMaker maker = function.begin();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        List<String> broken = new ArrayList<>(split.broken());
        Set<String> columns = new LinkedHashSet<>(split.columns());
        int number = 0;
        for (Map<String, @Nullable Object> row : split.rows()) {
            number++;
            try {
                maker.row(row).ifPresent(rows::add);
            } catch (DataException | TemplateException e) {
                if (broken.size() < MOST_BROKEN) {
                    broken.add("row " + number + " " + e.getMessage());
                }
            }
        }
        rows.forEach(row -> columns.addAll(row.keySet()));
        return new Split(rows, columns, broken, split.files());
    }

    private List<Path> files(String split, boolean asked) {
        if (given != null && Files.isRegularFile(given)) {
            if (asked) {
                return List.of(given);
            }
            throw new DataException("split '" + split + "' is needed for solved questions, and " + given
                    + " is one file. Give a folder with a file for each split.");
        }
        if (given == null && FORMATS.contains(source.path())) {
            return named(split);
        }
        boolean named = HubReference.isReference(source.path());
        Path top = given == null && !named ? folder.resolve(source.path()) : given == null ? folder : given;
        if (given == null && (named || (!Files.isDirectory(top) && source.path().matches("[^/]+/[^/]+")))) {
            return HubDataset.files(reference(source, split).toString(), HubSettings.usualCache());
        }
        if ((source.path().isEmpty() && given == null) || !Files.isDirectory(top)) {
            throw new DataException("the rows of data set '" + source.path() + "' are not here (" + top
                    + " is no folder). Name their folder after the task: TASK.yaml@FOLDER.");
        }
        List<Path> looked = new ArrayList<>();
        for (String name : places()) {
            Path place = top.resolve(name).normalize();
            if (!place.startsWith(top.normalize())) {
                throw new DataException("data set '" + source.path() + "' lies outside " + top);
            }
            looked.add(place);
            List<Path> found = found(place, split);
            if (!found.isEmpty()) {
                return found;
            }
        }
        throw new DataException("there is no file of split '" + split + "' in " + looked + "; it would be called "
                + split + ".jsonl, or " + split + "-00000-of-00001.jsonl, or with another ending of rows");
    }

    /** Where a split is on the hub. */
    static HubReference reference(HarnessConfig.Source source, String split) {
        String id = HubReference.isReference(source.path())
                ? source.path().substring(HubReference.SCHEME.length())
                : source.path();
        return new HubReference(
                id, String.valueOf(source.options().getOrDefault("revision", "main")), source.name(), split);
    }

    /** Folders below the top, in the order in which they are looked at: of the data set and its configuration, if they have any. */
    private Set<String> places() {
        String last = source.path().substring(source.path().lastIndexOf('/') + 1);
        Set<String> places = new LinkedHashSet<>();
        for (String set : given == null ? List.of("") : List.of(source.path(), last, "")) {
            for (String part : List.of(source.name(), "data", "")) {
                places.add(set.isEmpty() || part.isEmpty() ? set + part : set + "/" + part);
            }
        }
        return places;
    }

    /** Files of the split's own name, or else of another name for it. */
    private List<Path> found(Path place, String split) {
        List<Path> exact = found(place, List.of(split));
        return exact.isEmpty()
                ? found(
                        place,
                        SYNONYMS.stream()
                                .filter(words -> words.contains(split))
                                .findFirst()
                                .orElse(List.of()))
                : exact;
    }

    private List<Path> found(Path place, List<String> names) {
        if (!Files.isDirectory(place) || names.isEmpty()) {
            return List.of();
        }
        Pattern wanted = Pattern.compile(
                (source.name().isEmpty() ? "" : "(" + Pattern.quote(source.name()) + "[-_.])?") + "("
                        + String.join("|", names.stream().map(Pattern::quote).toList())
                        + ")(-\\d{5}-of-\\d{5})?\\.[a-z.]+",
                Pattern.CASE_INSENSITIVE);
        try (Stream<Path> files = Files.list(place)) {
            return files.limit(MOST_FILES)
                    .filter(file ->
                            wanted.matcher(file.getFileName().toString()).matches())
                    .filter(HarnessRows::readable)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DataException("folder " + place + " cannot be read: " + e, e);
        }
    }

    private static boolean readable(Path file) {
        try {
            RowFormat.of(file);
            return Files.isRegularFile(file);
        } catch (DataException e) {
            return false;
        }
    }

    /** Files that the task names: of all splits, or by split. */
    private List<Path> named(String split) {
        Object files = source.options().get("data_files");
        if (files instanceof Map<?, ?> bySplit) {
            files = bySplit.get(split);
        } else if (files != null && !split.equals("train")) {
            throw new DataException("split '" + split + "' is asked for, and files that are named without a split are"
                    + " those of split 'train'");
        }
        if (files == null) {
            throw new DataException("dataset_kwargs names no data_files of split '" + split + "'");
        }
        List<Path> paths = new ArrayList<>();
        for (Object file : files instanceof List<?> list ? list : List.of(files)) {
            paths.add(folder.resolve(file.toString()));
        }
        return paths;
    }
}
