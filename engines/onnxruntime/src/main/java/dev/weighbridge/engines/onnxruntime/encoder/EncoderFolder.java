package dev.weighbridge.engines.onnxruntime.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.encoder.EncoderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the files of a text encoder say of it, in Hugging Face's layout: {@code model.onnx} or {@code onnx/model.onnx},
 * {@code config.json}, and where they are there {@code tokenizer_config.json}, {@code sentence_bert_config.json} and
 * {@code 1_Pooling/config.json}.
 *
 * @param path of the folder
 * @param config the content of {@code config.json}
 * @param graph file of the model
 * @param longest tokens that it reads at once
 */
record EncoderFolder(Path path, JsonNode config, Path graph, int longest) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LARGEST_CONFIG = 4 << 20;
    private static final int STANDARD_LENGTH = 512;
    private static final int MOST_LENGTH = 8192;
    private static final int LEAST_LENGTH = 8;

    /** Models that begin to count positions behind the token that pads. */
    private static final Set<String> COUNTED_FROM_PADDING =
            Set.of("roberta", "xlm-roberta", "camembert", "mpnet", "longformer", "xlm-roberta-xl");

    /**
     * Reads a folder.
     *
     * @throws EncoderException when a file is missing or says nothing that can be used
     */
    static EncoderFolder read(Path path) {
        if (!Files.isDirectory(path)) {
            throw new EncoderException("there is no folder " + path
                    + ". Name a folder with model.onnx, config.json and tokenizer.json or vocab.txt");
        }
        Path graph = path.resolve("model.onnx");
        if (!Files.isRegularFile(graph)) {
            graph = path.resolve("onnx").resolve("model.onnx");
        }
        if (!Files.isRegularFile(graph)) {
            throw new EncoderException("folder " + path + " has neither model.onnx nor onnx/model.onnx. Export the"
                    + " model, for example with optimum-cli export onnx");
        }
        if (!Files.isRegularFile(path.resolve("config.json"))) {
            throw new EncoderException("folder " + path + " has no config.json. Download it whole");
        }
        JsonNode config = json(path, "config.json");
        return new EncoderFolder(path, config, graph, longest(path, config));
    }

    private static int longest(Path path, JsonNode config) {
        int positions = config.path("max_position_embeddings").asInt(STANDARD_LENGTH);
        if (COUNTED_FROM_PADDING.contains(config.path("model_type").asText())) {
            positions -= config.path("pad_token_id").asInt(1) + 1;
        }
        List<JsonNode> limits = new ArrayList<>();
        limits.add(json(path, "tokenizer_config.json").path("model_max_length"));
        limits.add(json(path, "sentence_bert_config.json").path("max_seq_length"));
        double longest = Math.min(positions, MOST_LENGTH);
        for (JsonNode limit : limits) {
            // Written as 1e30 where nobody knew.
            longest = limit.isNumber() ? Math.min(longest, limit.asDouble()) : longest;
        }
        if (longest < LEAST_LENGTH) {
            throw new EncoderException(
                    "folder " + path + " says that its model reads " + (long) longest + " tokens; it must be "
                            + LEAST_LENGTH + " or more. Look at max_position_embeddings in config.json");
        }
        return (int) longest;
    }

    /** Labels in the order of their numbers. */
    List<String> labels() {
        JsonNode names = config.path("id2label");
        List<String> labels = new ArrayList<>();
        for (int id = 0; id < names.size(); id++) {
            JsonNode name = names.path(Integer.toString(id));
            if (!name.isTextual()) {
                throw new EncoderException("id2label in " + path.resolve("config.json") + " has no name for label " + id
                        + " of " + names.size());
            }
            labels.add(name.asText());
        }
        if (labels.isEmpty()) {
            throw new EncoderException(path.resolve("config.json")
                    + " names no labels in id2label. It is that of a model without classes: choose another model");
        }
        return labels;
    }

    /** Whether several labels can hold at once, as Hugging Face's pipelines decide it: by {@code problem_type}, or of one label alone. */
    boolean independent() {
        String problem = config.path("problem_type").asText("");
        return switch (problem) {
            case "multi_label_classification" -> true;
            case "single_label_classification", "", "null" ->
                config.path("id2label").size() == 1;
            default ->
                throw new EncoderException("problem_type '" + problem + "' in " + path.resolve("config.json")
                        + " gives no probabilities. Choose a model of single_label_classification or"
                        + " multi_label_classification");
        };
    }

    /** Whether the first token stands for a sentence, instead of the mean of all. */
    boolean firstTokenSpeaks() {
        JsonNode pooling = json(path, "1_Pooling/config.json");
        boolean first = pooling.path("pooling_mode_cls_token").asBoolean(false);
        boolean mean = pooling.path("pooling_mode_mean_tokens").asBoolean(false);
        if (!pooling.isEmpty() && first == mean) {
            throw new EncoderException(path.resolve("1_Pooling/config.json")
                    + " asks for a pooling that is not known here. Known are the mean of all tokens and the first token"
                    + " alone");
        }
        return first;
    }

    private static JsonNode json(Path folder, String name) {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return JSON.createObjectNode();
        }
        try {
            if (Files.size(file) > LARGEST_CONFIG) {
                throw new EncoderException(
                        file + " has " + Files.size(file) + " bytes; at most " + LARGEST_CONFIG + " are read");
            }
            JsonNode json = JSON.readTree(file.toFile());
            if (!json.isObject()) {
                throw new EncoderException(file + " is no JSON object. Download it again");
            }
            return json;
        } catch (IOException e) {
            throw new EncoderException(file + " cannot be read: " + e.getMessage() + ". Download it again", e);
        }
    }
}
