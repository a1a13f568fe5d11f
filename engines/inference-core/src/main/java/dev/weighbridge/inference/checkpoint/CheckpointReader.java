package dev.weighbridge.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.inference.family.Description;
import dev.weighbridge.inference.family.Families;
import dev.weighbridge.inference.model.BadModel;
import dev.weighbridge.inference.model.Definition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a Hugging Face checkpoint folder: {@code config.json}, {@code generation_config.json}, {@code tokenizer.json} and
 * {@code *.safetensors}, one file or several with an index. Pickle files are never opened.
 */
public final class CheckpointReader {
    private static final long LARGEST_CONFIGURATION = 4L << 20;

    private final Path folder;

    private CheckpointReader(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads and validates a folder.
     *
     * @throws dev.weighbridge.api.EngineException of category BAD_MODEL when a file is missing, damaged, of an unsupported
     *     architecture, or when the tensors do not fit the configuration
     */
    public static Checkpoint read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw BadModel.because(
                    "model folder " + folder + " does not exist. Give the folder of a Hugging Face checkpoint.");
        }
        try {
            return new CheckpointReader(folder.toRealPath()).read();
        } catch (IOException e) {
            throw BadModel.because("model folder " + folder + " cannot be read: " + e, e);
        }
    }

    private Checkpoint read() throws IOException {
        Path configuration = folder.resolve("config.json");
        JsonNode config = StrictJson.read(configuration, LARGEST_CONFIGURATION);
        Description description = Families.describe(config, configuration);
        Definition definition = description.definition();
        if (!Files.isRegularFile(folder.resolve("tokenizer.json"))) {
            throw BadModel.because(folder + " has no tokenizer.json. Save the tokenizer as a fast tokenizer.");
        }
        WeightFiles weights = WeightFiles.read(folder);
        MappedTensors tensors = new MappedTensors(folder, weights.tensors());
        Path name = folder.getFileName();
        return new Checkpoint(
                folder,
                name == null ? "model" : name.toString(),
                definition,
                Weights.of(description, tensors),
                endOfSequence(config, configuration, definition.vocabularySize()),
                sha256(weights.files()));
    }

    /** What {@code generation_config.json} says about it goes before what {@code config.json} says. */
    private Set<Integer> endOfSequence(JsonNode config, Path configuration, int vocabularySize) {
        JsonNode ids = config.path("eos_token_id");
        Path from = configuration;
        Path generation = folder.resolve("generation_config.json");
        if (Files.exists(generation)) {
            JsonNode own = StrictJson.read(generation, LARGEST_CONFIGURATION).path("eos_token_id");
            if (!own.isMissingNode() && !own.isNull()) {
                ids = own;
                from = generation;
            }
        }
        if (ids.isMissingNode() || ids.isNull()) {
            return Set.of();
        }
        Set<Integer> result = new LinkedHashSet<>();
        for (JsonNode id : ids.isArray() ? ids : List.of(ids)) {
            if (!id.isInt() || id.asInt() < 0 || id.asInt() >= vocabularySize) {
                throw BadModel.because(from + ": eos_token_id must be a token id below " + vocabularySize
                        + " or a list of them, got: " + BadModel.shown(ids.toString()));
            }
            result.add(id.asInt());
        }
        return result;
    }

    private String sha256(List<Path> weights) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : List.of(
                "config.json",
                "generation_config.json",
                "tokenizer.json",
                "tokenizer_config.json",
                "chat_template.jinja")) {
            if (Files.exists(folder.resolve(name))) {
                files.add(folder.resolve(name));
            }
        }
        files.addAll(weights);
        return FileDigest.of(files);
    }
}
