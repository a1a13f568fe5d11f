package dev.weighbridge.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads a Hugging Face checkpoint folder: {@code config.json}, {@code generation_config.json}, {@code tokenizer.json} and
 * {@code *.safetensors}, one file or several with an index. Pickle files are never opened.
 */
public final class CheckpointReader {
    private static final long LARGEST_CONFIGURATION = 4L << 20;
    private static final ObjectMapper MAPPER = new ObjectMapper();

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
        JsonNode config = json("config.json");
        DecoderDefinition definition = DecoderConfiguration.read(config, folder.resolve("config.json"));
        if (!Files.isRegularFile(folder.resolve("tokenizer.json"))) {
            throw BadModel.because(folder + " has no tokenizer.json. Save the tokenizer as a fast tokenizer.");
        }
        List<Path> weights = weightFiles();
        Map<String, TensorSource.TensorInfo> tensors = new LinkedHashMap<>();
        for (Path file : weights) {
            SafetensorsFile.read(file).forEach((name, info) -> {
                if (tensors.put(name, info) != null) {
                    throw BadModel.because(folder + " has the tensor " + name + " in two files");
                }
            });
        }
        MappedTensors source = new MappedTensors(folder, tensors);
        checkShapes(source, definition);
        Path name = folder.getFileName();
        return new Checkpoint(
                folder,
                name == null ? "model" : name.toString(),
                definition,
                source,
                endOfSequence(config),
                sha256(weights));
    }

    private List<Path> weightFiles() throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        if (Files.exists(index)) {
            Set<String> names = new TreeSet<>();
            json(index.getFileName().toString()).path("weight_map").forEach(file -> names.add(file.asText()));
            List<Path> files = new ArrayList<>();
            for (String name : names) {
                if (name.contains("/") || name.contains("\\") || !Files.isRegularFile(folder.resolve(name))) {
                    throw BadModel.because(
                            index + " names the file '" + name + "', which is not in the folder. Download it.");
                }
                files.add(folder.resolve(name).toRealPath());
            }
            return files;
        }
        List<Path> files = listed(".safetensors");
        if (!files.isEmpty()) {
            return files;
        }
        List<Path> pickles = new ArrayList<>();
        for (String ending : List.of(".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")) {
            pickles.addAll(listed(ending));
        }
        if (!pickles.isEmpty()) {
            throw BadModel.because(folder + " holds its weights as a pickle file ("
                    + pickles.get(0).getFileName()
                    + "), which can run code when it is read. Convert it to safetensors.");
        }
        throw BadModel.because(folder + " has no *.safetensors file. Download the weights.");
    }

    private List<Path> listed(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(f -> f.getFileName().toString().endsWith(ending))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            List<Path> real = new ArrayList<>();
            for (Path file : found) {
                // Hugging Face caches hold links; the file that is mapped must be the one they point to.
                real.add(file.toRealPath());
            }
            return real;
        }
    }

    private Set<Integer> endOfSequence(JsonNode config) {
        JsonNode ids = config.path("eos_token_id");
        if (Files.exists(folder.resolve("generation_config.json"))) {
            JsonNode generation = json("generation_config.json").path("eos_token_id");
            ids = generation.isMissingNode() || generation.isNull() ? ids : generation;
        }
        Set<Integer> result = new LinkedHashSet<>();
        if (ids.isInt()) {
            result.add(ids.asInt());
        }
        ids.forEach(id -> result.add(id.asInt()));
        return result;
    }

    /** Every tensor that the definition needs is there, in the shape that it gives. */
    private void checkShapes(TensorSource tensors, DecoderDefinition d) {
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
                throw BadModel.because(
                        folder + " has the bias " + name + "; decoders with biases are not supported yet");
            }
        }
    }

    private void checkShape(TensorSource tensors, String name, long... shape) {
        TensorSource.TensorInfo info = tensors.info(name);
        List<Long> expected = java.util.Arrays.stream(shape).boxed().toList();
        if (!info.shape().equals(expected)) {
            throw BadModel.because(info.file() + ", tensor " + name + " has the shape " + info.shape()
                    + ", config.json asks for " + expected);
        }
    }

    private JsonNode json(String name) {
        Path file = folder.resolve(name);
        try {
            if (!Files.isRegularFile(file)) {
                throw BadModel.because(folder + " has no " + name + ". Give the folder of a Hugging Face checkpoint.");
            }
            if (Files.size(file) > LARGEST_CONFIGURATION * (name.contains("index") ? 16 : 1)) {
                throw BadModel.because(file + " has " + Files.size(file) + " bytes, too many for a configuration");
            }
            return MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw BadModel.because(file + " is not valid JSON: " + e.getMessage(), e);
        }
    }

    private String sha256(List<Path> weights) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name :
                List.of("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")) {
            if (Files.exists(folder.resolve(name))) {
                files.add(folder.resolve(name));
            }
        }
        files.addAll(weights);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                    in.transferTo(java.io.OutputStream.nullOutputStream());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
