package dev.weighbridge.datasets.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.weighbridge.datasets.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a data set's card says about its files: the field {@code configs} of the YAML at the head of {@code README.md} (hub
 * documentation, "Manual Configuration").
 *
 * @param configs in the card's order
 */
record DatasetCard(List<Config> configs) {
    static final String FILE = "README.md";
    static final String DEFAULT = "default";
    private static final String FENCE = "---";
    private static final String TRAIN = "train";
    private static final int MOST_CONFIGS = 10_000;
    private static final int MOST_PATTERNS = 1000;
    private static final int LONGEST_PATTERN = 1000;
    private static final ObjectMapper YAML = new YAMLMapper();

    DatasetCard {
        configs = List.copyOf(configs);
    }

    /**
     * Files of one config.
     *
     * @param name of the config
     * @param usual whether it is meant when none is named
     * @param folder that its files lie in; empty for the whole data set
     * @param splits patterns of the files by split; empty where the names of the files tell
     */
    record Config(String name, boolean usual, String folder, Map<String, List<GlobPattern>> splits) {}

    /**
     * Reads a card.
     *
     * @param text of {@code README.md}
     * @throws DataException when its head is no YAML
     */
    static DatasetCard parse(String text) {
        String[] lines = text.split("\\R", -1);
        if (!lines[0].strip().equals(FENCE)) {
            return new DatasetCard(List.of());
        }
        StringBuilder head = new StringBuilder();
        for (int i = 1; i < lines.length && !lines[i].stripTrailing().equals(FENCE); i++) {
            head.append(lines[i]).append('\n');
        }
        JsonNode fields;
        try {
            fields = YAML.readTree(head.toString());
        } catch (JsonProcessingException e) {
            throw new DataException(
                    "the head of the data set's card is no YAML: "
                            + HubPaths.shown(String.valueOf(e.getOriginalMessage())),
                    e);
        }
        List<Config> configs = new ArrayList<>();
        for (JsonNode config : fields.path("configs")) {
            if (configs.size() >= MOST_CONFIGS) {
                throw new DataException("the data set's card has more than " + MOST_CONFIGS + " configs");
            }
            configs.add(config(config));
        }
        return new DatasetCard(configs);
    }

    private static Config config(JsonNode config) {
        Map<String, List<GlobPattern>> splits = new LinkedHashMap<>();
        JsonNode files = config.path("data_files");
        if (files.isObject()) {
            files.properties().forEach(split -> add(splits, split.getKey(), split.getValue()));
        } else {
            for (JsonNode entry :
                    files.isArray() ? files : YAML.createArrayNode().add(files)) {
                if (entry.isObject()) {
                    add(splits, entry.path("split").asText(TRAIN), entry.path("path"));
                } else {
                    // Without a split, all are of the training split.
                    add(splits, TRAIN, entry);
                }
            }
        }
        String folder = config.path("data_dir").asText("");
        return new Config(
                config.path("config_name").asText(DEFAULT),
                config.path("default").asBoolean(false),
                folder,
                splits);
    }

    private static void add(Map<String, List<GlobPattern>> splits, String split, JsonNode paths) {
        for (JsonNode path : paths.isArray() ? paths : YAML.createArrayNode().add(paths)) {
            if (!path.isTextual()) {
                continue;
            }
            String text = path.asText();
            List<GlobPattern> patterns = splits.computeIfAbsent(split, name -> new ArrayList<>());
            if (text.length() > LONGEST_PATTERN || patterns.size() >= MOST_PATTERNS) {
                throw new DataException("the data set's card names more files of split " + HubPaths.shown(split)
                        + " than are read: patterns of up to " + LONGEST_PATTERN + " characters, up to "
                        + MOST_PATTERNS + " of them");
            }
            patterns.add(new GlobPattern(text.startsWith("./") ? text.substring(2) : text));
        }
    }

    /**
     * The config of a name, or for an empty name the one that is meant without one: that which says so, that called
     * {@code default}, the only one.
     */
    Optional<Config> config(String name) {
        if (!name.isEmpty()) {
            return configs.stream().filter(config -> config.name.equals(name)).findFirst();
        }
        return configs.stream()
                .filter(Config::usual)
                .findFirst()
                .or(() -> config(DEFAULT))
                .or(() -> configs.size() == 1 ? Optional.of(configs.get(0)) : Optional.empty());
    }

    List<String> names() {
        return configs.stream().map(config -> HubPaths.shown(config.name)).toList();
    }
}
