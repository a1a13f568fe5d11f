package dev.weighbridge.inference.shape;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.inference.checkpoint.SafetensorsWriter;
import dev.weighbridge.inference.checkpoint.SafetensorsWriter.StreamedTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A checkpoint folder of a shape, with weights that follow from a seed. It is marked as random in {@code weighbridge.json} and in
 * each file of weights, so that no accuracy is ever reported of it.
 *
 * @param shape of the model
 * @param seed of its weights
 * @param type that they are stored as
 */
public record RandomCheckpoint(Shape shape, long seed, ValueType type) {
    private static final String MARK = "weighbridge.json";
    private static final long LARGEST_FILE = 2_000_000_000;
    private static final long SMALL_FILES = 16L << 20;
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Bytes of all weights. */
    public long bytes() {
        return shape.parameters() * type.width();
    }

    /**
     * Writes the folder; what was written is removed when it cannot be finished.
     *
     * @param folder that does not exist or is empty
     * @throws IllegalArgumentException when it has files or the disk has too little space
     */
    public void write(Path folder) throws IOException {
        write(folder, LARGEST_FILE);
    }

    void write(Path folder, long largestFile) throws IOException {
        requireEmpty(folder);
        Files.createDirectories(folder);
        requireSpace(folder, Files.getFileStore(folder).getUsableSpace());
        try {
            // First, so that not even half a folder is taken for a trained model; last, what makes the folder a
            // checkpoint.
            writeJson(folder.resolve(MARK), mark());
            writeWeights(folder, largestFile);
            Files.write(
                    folder.resolve("tokenizer.json"),
                    new ObjectMapper().writeValueAsBytes(ByteTokenizer.of(shape.vocabularySize())));
            writeJson(folder.resolve("tokenizer_config.json"), tokenizerConfiguration());
            writeJson(folder.resolve("generation_config.json"), ids(MAPPER.createObjectNode()));
            writeJson(folder.resolve("config.json"), ids(shape.config()).put("torch_dtype", type.torchName()));
        } catch (IOException e) {
            remove(folder, e);
            throw e;
        }
    }

    void requireSpace(Path folder, long free) {
        long needed = bytes() + SMALL_FILES;
        if (free < needed) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s has %.1f GB of free space, %s as %s takes %.1f GB. Free some, or choose another folder, shape or type.",
                    folder,
                    free / 1e9,
                    shape.name(),
                    type.id(),
                    needed / 1e9));
        }
    }

    private static void requireEmpty(Path folder) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(folder + " is a file. Choose a folder that does not exist.");
        }
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                if (files.findAny().isPresent()) {
                    throw new IllegalArgumentException(
                            "folder " + folder + " is not empty. Choose one that does not exist, or empty it.");
                }
            }
        }
    }

    private ObjectNode mark() {
        return MAPPER.createObjectNode()
                .put("weights", "random")
                .put("shape", shape.name())
                .put("seed", seed)
                .put("about", "Random weights, for studies of speed alone: what this model answers means nothing.");
    }

    private Map<String, String> metadata() {
        return Map.of(
                "format",
                "pt",
                "weighbridge.weights",
                "random",
                "weighbridge.shape",
                shape.name(),
                "weighbridge.seed",
                Long.toString(seed));
    }

    private void writeWeights(Path folder, long largestFile) throws IOException {
        List<List<StreamedTensor>> files = files(largestFile);
        if (files.size() == 1) {
            SafetensorsWriter.write(folder.resolve("model.safetensors"), metadata(), files.get(0));
            return;
        }
        ObjectNode index = MAPPER.createObjectNode();
        index.putObject("metadata").put("total_size", bytes());
        ObjectNode places = index.putObject("weight_map");
        for (int i = 0; i < files.size(); i++) {
            String name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, files.size());
            files.get(i).forEach(tensor -> places.put(tensor.name(), name));
            SafetensorsWriter.write(folder.resolve(name), metadata(), files.get(i));
        }
        writeJson(folder.resolve("model.safetensors.index.json"), index);
    }

    /** Tensors by the file they go to, in their order; a file is full where the next tensor would make it too large. */
    private List<List<StreamedTensor>> files(long largestFile) {
        List<List<StreamedTensor>> files = new ArrayList<>(List.of(new ArrayList<>()));
        long size = 0;
        for (PlannedTensor tensor : shape.tensors()) {
            long bytes = tensor.count() * type.width();
            if (size > 0 && size + bytes > largestFile) {
                files.add(new ArrayList<>());
                size = 0;
            }
            size += bytes;
            files.get(files.size() - 1)
                    .add(new StreamedTensor(
                            tensor.name(),
                            type.name(),
                            tensor.shape(),
                            bytes,
                            new RandomValues(tensor, type, seed)::writeTo));
        }
        return files;
    }

    private static ObjectNode ids(ObjectNode config) {
        return config.put("bos_token_id", ByteTokenizer.END)
                .put("eos_token_id", ByteTokenizer.END)
                .put("pad_token_id", ByteTokenizer.END);
    }

    private static ObjectNode tokenizerConfiguration() {
        return MAPPER.createObjectNode()
                .put("tokenizer_class", "PreTrainedTokenizerFast")
                .put("bos_token", ByteTokenizer.END_TEXT)
                .put("eos_token", ByteTokenizer.END_TEXT)
                .put("pad_token", ByteTokenizer.END_TEXT)
                .put("add_bos_token", false)
                .put("add_eos_token", false)
                .put("clean_up_tokenization_spaces", false);
    }

    private static void writeJson(Path file, ObjectNode json) throws IOException {
        Files.writeString(file, MAPPER.writeValueAsString(json) + "\n");
    }

    private static void remove(Path folder, IOException cause) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
