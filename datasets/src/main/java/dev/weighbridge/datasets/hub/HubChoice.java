package dev.weighbridge.datasets.hub;

import dev.weighbridge.datasets.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chooses the files that hold a config's and split's rows: by the data set's card; else by the names of the files; else those of
 * the branch {@code refs/convert/parquet}, on which the hub keeps a copy in Parquet (dataset viewer documentation, "List Parquet
 * files").
 */
final class HubChoice {
    private static final String CONVERTED = "refs/convert/parquet";
    private static final String PARTIAL = "partial-";
    private static final int LARGEST_CARD = 8 << 20;
    private static final int MOST_SHOWN = 40;
    private static final Pattern SHARD = Pattern.compile("-\\d{5}-of-\\d{5}$");

    private final HubCatalog catalog;
    private final HubDownload download;

    HubChoice(HubCatalog catalog, HubDownload download) {
        this.catalog = catalog;
        this.download = download;
    }

    /** The files, where they are. */
    record Chosen(HubReference reference, String commit, List<HubFile> files) {}

    /**
     * Chooses.
     *
     * @throws DataException when there are no such files; names the configs or splits that there are
     */
    Chosen choose(HubReference reference) {
        String commit = catalog.commit(reference);
        List<HubFile> files = catalog.files(reference.id(), commit);
        DatasetCard card = card(reference, commit, files);
        if (!card.configs().isEmpty()) {
            DatasetCard.Config config = card.config(reference.config())
                    .orElseThrow(() -> missing(reference, "config '" + reference.config() + "'", card.names()));
            return new Chosen(reference, commit, pick(reference, splits(reference, config, files)));
        }
        if (reference.config().isEmpty() || reference.config().equals(DatasetCard.DEFAULT)) {
            Map<String, List<HubFile>> splits = SplitNames.sort(files, "");
            if (!splits.isEmpty()) {
                return new Chosen(reference, commit, pick(reference, splits));
            }
        }
        return converted(reference);
    }

    private DatasetCard card(HubReference reference, String commit, List<HubFile> files) {
        Optional<HubFile> file = files.stream()
                .filter(some -> some.name().equals(DatasetCard.FILE))
                .findFirst();
        if (file.isEmpty()) {
            return new DatasetCard(List.of());
        }
        if (file.get().size() > LARGEST_CARD) {
            throw new DataException("the card of " + reference.id() + " has "
                    + file.get().size() + " bytes, more than the " + LARGEST_CARD + " that are read");
        }
        Path copy = download.fetch(reference.id(), commit, file.get());
        try {
            return DatasetCard.parse(new String(Files.readAllBytes(copy), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw HubCache.problem(copy, e);
        }
    }

    private static Map<String, List<HubFile>> splits(
            HubReference reference, DatasetCard.Config config, List<HubFile> files) {
        if (config.splits().isEmpty()) {
            return SplitNames.sort(files, config.folder());
        }
        String start =
                config.folder().isEmpty() || config.folder().endsWith("/") ? config.folder() : config.folder() + "/";
        Map<String, List<HubFile>> splits = new TreeMap<>();
        config.splits().forEach((split, patterns) -> {
            // In the order of the patterns, which the card's author chose, each file once.
            Map<String, HubFile> matched = new LinkedHashMap<>();
            for (GlobPattern pattern : patterns) {
                for (HubFile file : files) {
                    if (file.name().startsWith(start)
                            && pattern.matches(file.name().substring(start.length()))) {
                        matched.putIfAbsent(file.name(), file);
                    }
                }
            }
            if (matched.isEmpty() && split.equals(reference.split())) {
                throw new DataException("the card of " + reference.id() + " names files of split "
                        + HubPaths.shown(split) + " that are not there: "
                        + HubPaths.shown(patterns.get(0).text()));
            }
            splits.put(split, List.copyOf(matched.values()));
        });
        return splits;
    }

    private static List<HubFile> pick(HubReference reference, Map<String, List<HubFile>> splits) {
        List<HubFile> chosen = splits.get(reference.split());
        if (chosen == null) {
            // The library's own names are also taken for the words that mean them, as validation for dev.
            String usual = SplitNames.usual(reference.split());
            chosen = splits.entrySet().stream()
                    .filter(entry -> SplitNames.usual(entry.getKey()).equals(usual))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElseThrow(() ->
                            missing(reference, "split '" + reference.split() + "'", List.copyOf(splits.keySet())));
        }
        for (HubFile file : chosen) {
            if (SplitNames.kind(file.name()).isEmpty()) {
                throw new DataException("the rows of " + reference + " are in " + HubPaths.shown(file.name())
                        + ", whose format is not read. Read are .parquet, .jsonl, .json, .csv, .tsv, .txt.");
            }
        }
        return chosen;
    }

    private static DataException missing(HubReference reference, String what, List<String> present) {
        String shown = present.stream().limit(MOST_SHOWN).map(HubPaths::shown).toList()
                + (present.size() > MOST_SHOWN ? " and " + (present.size() - MOST_SHOWN) + " more" : "");
        return new DataException(reference.id() + " has no "
                + (what.equals("config ''") ? "config that is meant when none is named" : what) + ". Name one of "
                + shown + ", as in hf://" + reference.id() + "/CONFIG/SPLIT.");
    }

    private Chosen converted(HubReference reference) {
        HubReference branch = reference.at(CONVERTED);
        String commit = catalog.find(branch)
                .orElseThrow(() -> new DataException(reference.id() + " has no file of rows for config '"
                        + reference.config() + "' by its card or by its files' names, and the hub keeps no copy of it"
                        + " in Parquet. Name the config that its card shows, or fetch its files by hand."));
        Map<String, Map<String, List<HubFile>>> configs = new TreeMap<>();
        for (HubFile file : catalog.files(reference.id(), commit)) {
            place(file, reference.config(), configs);
        }
        String config = reference.config();
        if (config.isEmpty()) {
            config = configs.size() == 1 ? configs.keySet().iterator().next() : DatasetCard.DEFAULT;
        }
        Map<String, List<HubFile>> splits = configs.get(config);
        if (splits == null) {
            throw missing(
                    reference, "config '" + reference.config() + "'", List.copyOf(new TreeSet<>(configs.keySet())));
        }
        List<HubFile> files = pick(branch, splits);
        if (files.stream().anyMatch(file -> file.name().contains("/" + PARTIAL))) {
            throw new DataException("the hub keeps but a part of " + reference
                    + " in Parquet, as it is large. Fetch its files by hand.");
        }
        return new Chosen(branch, commit, files);
    }

    /**
     * Places a file of the branch: {@code CONFIG/SPLIT/0000.parquet}; or, as it was, {@code
     * CONFIG/DATASET-SPLIT-00000-of-00001.parquet}; or {@code CONFIG-SPLIT/0000.parquet}.
     */
    private static void place(HubFile file, String wanted, Map<String, Map<String, List<HubFile>>> configs) {
        String[] steps = file.name().split("/", -1);
        if (!SplitNames.kind(file.name()).equals(".parquet") || steps.length < 2 || steps.length > 3) {
            return;
        }
        String config = steps[0];
        String split;
        if (steps.length == 3) {
            split = steps[1].startsWith(PARTIAL) ? steps[1].substring(PARTIAL.length()) : steps[1];
        } else {
            String stem = steps[1].substring(0, steps[1].length() - ".parquet".length());
            Matcher shard = SHARD.matcher(stem);
            String name = shard.find() ? stem.substring(0, shard.start()) : stem;
            boolean inFolder = !wanted.isEmpty() && config.startsWith(wanted + "-");
            split = inFolder ? config.substring(wanted.length() + 1) : name.substring(name.lastIndexOf('-') + 1);
            config = inFolder ? wanted : config;
        }
        configs.computeIfAbsent(config, name -> new TreeMap<>())
                .computeIfAbsent(split, name -> new ArrayList<>())
                .add(file);
    }
}
