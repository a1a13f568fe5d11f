package dev.weighbridge.datasets.hub;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tells splits by the names of files, as the hub documents it ("File names and splits"): shards {@code
 * data/SPLIT-00000-of-00003.*}; else a word for the split in the file's name, set off by anything that is no letter; else such a
 * word in a folder's name; else all are of the training split.
 */
final class SplitNames {
    static final String TRAIN = "train";
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("train", TRAIN),
            Map.entry("training", TRAIN),
            Map.entry("validation", "validation"),
            Map.entry("valid", "validation"),
            Map.entry("val", "validation"),
            Map.entry("dev", "validation"),
            Map.entry("test", "test"),
            Map.entry("testing", "test"),
            Map.entry("eval", "test"),
            Map.entry("evaluation", "test"));
    private static final Pattern SHARD = Pattern.compile("(?:^|.*/)data/([^/]{1,200})-\\d{5}-of-\\d{5}[^/]*\\.[^/]+");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[-._ 0-9]+");
    private static final List<String> READ = List.of(".parquet", ".jsonl", ".json", ".csv", ".tsv", ".txt");
    private static final Set<String> NO_DATA =
            Set.of("config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "license.txt");

    private SplitNames() {}

    /** The kind of a file that can hold rows, by the end of its name; empty for any other file. */
    static String kind(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String plain = lower.endsWith(".gz") ? lower.substring(0, lower.length() - ".gz".length()) : lower;
        return READ.stream().filter(plain::endsWith).findFirst().orElse("");
    }

    /** The word of the documentation for one that means the same, as {@code validation} for {@code dev}. */
    static String usual(String split) {
        return WORDS.getOrDefault(split, split);
    }

    /**
     * Files by split, each split's of one kind: the most frequent, so that a second copy in another format adds no rows twice.
     *
     * @param folder whose files alone count; empty for all
     */
    static Map<String, List<HubFile>> sort(List<HubFile> files, String folder) {
        String start = folder.isEmpty() || folder.endsWith("/") ? folder : folder + "/";
        List<HubFile> data = files.stream()
                .filter(file -> file.name().startsWith(start) && isData(file.name()))
                .toList();
        Map<String, List<HubFile>> shards = new TreeMap<>();
        Map<String, List<HubFile>> named = new TreeMap<>();
        Map<String, List<HubFile>> inFolders = new TreeMap<>();
        for (HubFile file : data) {
            String name = file.name().substring(start.length());
            Matcher shard = SHARD.matcher(name);
            if (shard.matches()) {
                add(shards, shard.group(1), file);
            }
            int slash = name.lastIndexOf('/');
            add(named, word(name.substring(slash + 1)), file);
            add(inFolders, slash < 0 ? "" : word(name.substring(0, slash)), file);
        }
        for (Map<String, List<HubFile>> found : List.of(shards, named, inFolders)) {
            if (!found.isEmpty()) {
                found.replaceAll((split, some) -> ofOneKind(some));
                return found;
            }
        }
        return data.isEmpty() ? Map.of() : Map.of(TRAIN, ofOneKind(data));
    }

    private static boolean isData(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        boolean hidden = name.startsWith(".") || name.startsWith("__") || name.contains("/.") || name.contains("/__");
        return !hidden && !kind(name).isEmpty() && !NO_DATA.contains(last.toLowerCase(Locale.ROOT));
    }

    private static void add(Map<String, List<HubFile>> found, String split, HubFile file) {
        if (!split.isEmpty()) {
            found.computeIfAbsent(split, name -> new ArrayList<>()).add(file);
        }
    }

    /** The split that a word of a path stands for, the last such word deciding; empty where there is none. */
    private static String word(String path) {
        String split = "";
        for (String step : path.split("/", -1)) {
            for (String word : BETWEEN_WORDS.split(step, -1)) {
                split = WORDS.getOrDefault(word, split);
            }
        }
        return split;
    }

    static List<HubFile> ofOneKind(List<HubFile> files) {
        Map<String, Long> counts = files.stream()
                .collect(Collectors.groupingBy(file -> kind(file.name()), TreeMap::new, Collectors.counting()));
        String most = counts.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(entry -> -READ.indexOf(entry.getKey())))
                .map(Map.Entry::getKey)
                .orElse("");
        return files.stream()
                .filter(file -> kind(file.name()).equals(most))
                .sorted(Comparator.comparing(HubFile::name))
                .toList();
    }
}
