package dev.weighbridge.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
        DecoderDefinition definition = DecoderConfiguration.read(config, configuration);
        if (!Files.isRegularFile(folder.resolve("tokenizer.json"))) {
            throw BadModel.because(folder + " has no tokenizer.json. Save the tokenizer as a fast tokenizer.");
        }
        WeightFiles weights = WeightFiles.read(folder);
        MappedTensors tensors = new MappedTensors(folder, weights.tensors());
        checkTensors(tensors, definition);
        Path name = folder.getFileName();
        return new Checkpoint(
                folder,
                name == null ? "model" : name.toString(),
                definition,
                tensors,
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

    /** Every tensor that the definition needs is there, in the shape that it gives, and nothing hints at more layers. */
    private void checkTensors(TensorSource tensors, DecoderDefinition d) {
        long hidden = d.hiddenSize();
        checkShape(tensors, "model.embed_tokens.weight", d.vocabularySize(), hidden);
        checkShape(tensors, "model.norm.weight", hidden);
        if (!d.tiedEmbeddings()) {
            checkShape(tensors, "lm_head.weight", d.vocabularySize(), hidden);
        }
        for (int layer = 0; layer < d.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            checkShape(tensors, prefix + "input_layernorm.weight", hidden);
            checkShape(tensors, prefix + "post_attention_layernorm.weight", hidden);
            checkShape(tensors, prefix + "self_attn.q_proj.weight", d.querySize(), hidden);
            checkShape(tensors, prefix + "self_attn.k_proj.weight", d.keyValueSize(), hidden);
            checkShape(tensors, prefix + "self_attn.v_proj.weight", d.keyValueSize(), hidden);
            checkShape(tensors, prefix + "self_attn.o_proj.weight", hidden, d.querySize());
            checkShape(tensors, prefix + "mlp.gate_proj.weight", d.intermediateSize(), hidden);
            checkShape(tensors, prefix + "mlp.up_proj.weight", d.intermediateSize(), hidden);
            checkShape(tensors, prefix + "mlp.down_proj.weight", hidden, d.intermediateSize());
        }
        for (String name : tensors.names()) {
            if (name.endsWith("_proj.bias")) {
                throw BadModel.because(folder + " has the bias " + BadModel.shown(name)
                        + "; decoders with biases are not supported. Use a model without them.");
            }
            if (name.startsWith("model.layers." + d.layers() + ".")) {
                throw BadModel.because(folder + " has the tensor " + BadModel.shown(name)
                        + ", but config.json gives only " + d.layers() + " layers. Use the config.json of this model.");
            }
        }
    }

    private void checkShape(TensorSource tensors, String name, long... shape) {
        TensorSource.TensorInfo info = tensors.info(name);
        List<Long> expected = Arrays.stream(shape).boxed().toList();
        if (!info.shape().equals(expected)) {
            throw BadModel.because(info.file() + ", tensor " + name + " has the shape " + info.shape()
                    + ", config.json asks for " + expected + ". Use the config.json of this model.");
        }
        MappedTensors.requireFloats(info);
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
