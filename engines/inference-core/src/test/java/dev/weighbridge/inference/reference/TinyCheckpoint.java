package dev.weighbridge.inference.reference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.inference.checkpoint.SafetensorsWriter;
import dev.weighbridge.inference.checkpoint.SafetensorsWriter.FloatTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A checkpoint folder with a small decoder of random weights and a byte-level tokenizer: ids 0 and 1 begin and end a
 * sequence, 2 to 257 are the bytes, and a few merged pairs follow.
 */
public final class TinyCheckpoint {
    public static final int VOCABULARY = 264;
    public static final int CONTEXT = 160;
    public static final int BEGINNING = 0;
    public static final int END = 1;
    public static final int FIRST_BYTE = 2;

    private static final int HIDDEN = 32;
    private static final int INTERMEDIATE = 48;
    private static final int LAYERS = 2;
    private static final int HEADS = 4;
    private static final int KEY_VALUE_HEADS = 2;
    private static final List<String> MERGES = List.of("t h", "i n", "th e", "a n", "e r", "an d");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TinyCheckpoint() {}

    /** Writes the folder; answers end at id 1 alone. */
    public static Path write(Path folder) {
        return write(folder, List.of(END));
    }

    /** Writes the folder; answers end at any of the ids given, so that their lengths can differ much. */
    public static Path write(Path folder, List<Integer> endOfSequence) {
        try {
            Files.createDirectories(folder);
            writeJson(folder.resolve("config.json"), configuration());
            ObjectNode generation = MAPPER.createObjectNode();
            endOfSequence.forEach(generation.putArray("eos_token_id")::add);
            writeJson(folder.resolve("generation_config.json"), generation);
            writeJson(folder.resolve("tokenizer.json"), tokenizer());
            SafetensorsWriter.write(folder.resolve("model.safetensors"), weights());
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code config.json} holds. */
    public static ObjectNode configuration() {
        ObjectNode config = MAPPER.createObjectNode();
        config.putArray("architectures").add("LlamaForCausalLM");
        return config.put("model_type", "llama")
                .put("vocab_size", VOCABULARY)
                .put("hidden_size", HIDDEN)
                .put("intermediate_size", INTERMEDIATE)
                .put("num_hidden_layers", LAYERS)
                .put("num_attention_heads", HEADS)
                .put("num_key_value_heads", KEY_VALUE_HEADS)
                .put("rms_norm_eps", 1e-5)
                .put("max_position_embeddings", CONTEXT)
                .put("tie_word_embeddings", false)
                .put("eos_token_id", END);
    }

    /** The tensors of the decoder, the same ones each time. */
    public static Map<String, FloatTensor> weights() {
        SplittableRandom random = new SplittableRandom(42);
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        int headSize = HIDDEN / HEADS;
        tensors.put("model.embed_tokens.weight", random(random, 1, VOCABULARY, HIDDEN));
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "model.layers." + layer + ".";
            double scale = 2 / Math.sqrt(HIDDEN);
            tensors.put(prefix + "input_layernorm.weight", random(random, 1, HIDDEN));
            tensors.put(prefix + "self_attn.q_proj.weight", random(random, 3 * scale, HIDDEN, HIDDEN));
            tensors.put(
                    prefix + "self_attn.k_proj.weight", random(random, 3 * scale, KEY_VALUE_HEADS * headSize, HIDDEN));
            tensors.put(
                    prefix + "self_attn.v_proj.weight", random(random, 3 * scale, KEY_VALUE_HEADS * headSize, HIDDEN));
            tensors.put(prefix + "self_attn.o_proj.weight", random(random, 3 * scale, HIDDEN, HIDDEN));
            tensors.put(prefix + "post_attention_layernorm.weight", random(random, 1, HIDDEN));
            tensors.put(prefix + "mlp.gate_proj.weight", random(random, scale, INTERMEDIATE, HIDDEN));
            tensors.put(prefix + "mlp.up_proj.weight", random(random, scale, INTERMEDIATE, HIDDEN));
            tensors.put(prefix + "mlp.down_proj.weight", random(random, scale, HIDDEN, INTERMEDIATE));
        }
        tensors.put("model.norm.weight", random(random, 1, HIDDEN));
        tensors.put("lm_head.weight", random(random, 1, VOCABULARY, HIDDEN));
        return tensors;
    }

    /** What {@code tokenizer.json} holds. */
    public static ObjectNode tokenizer() {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("version", "1.0").putNull("truncation").putNull("padding").putNull("normalizer");
        ArrayNode added = json.putArray("added_tokens");
        addSpecial(added, BEGINNING, "<|bos|>");
        addSpecial(added, END, "<|eos|>");
        json.putObject("pre_tokenizer")
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", false);
        ObjectNode processor = json.putObject("post_processor").put("type", "TemplateProcessing");
        for (String kind : List.of("single", "pair")) {
            ArrayNode parts = processor.putArray(kind);
            parts.addObject().putObject("SpecialToken").put("id", "<|bos|>").put("type_id", 0);
            parts.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
            if (kind.equals("pair")) {
                parts.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
            }
        }
        ObjectNode beginning =
                processor.putObject("special_tokens").putObject("<|bos|>").put("id", "<|bos|>");
        beginning.putArray("ids").add(BEGINNING);
        beginning.putArray("tokens").add("<|bos|>");
        json.putObject("decoder")
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", false);
        ObjectNode model = json.putObject("model").put("type", "BPE").put("byte_fallback", false);
        ObjectNode vocabulary =
                model.putObject("vocab").put("<|bos|>", BEGINNING).put("<|eos|>", END);
        int next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || value >= 0xae;
            vocabulary.put(String.valueOf((char) (printable ? value : next++)), FIRST_BYTE + value);
        }
        ArrayNode merges = model.putArray("merges");
        for (int i = 0; i < MERGES.size(); i++) {
            merges.add(MERGES.get(i));
            vocabulary.put(MERGES.get(i).replace(" ", ""), FIRST_BYTE + 256 + i);
        }
        return json;
    }

    public static void writeJson(Path file, ObjectNode json) throws IOException {
        MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
    }

    private static void addSpecial(ArrayNode added, int id, String content) {
        added.addObject()
                .put("id", id)
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
    }

    private static FloatTensor random(SplittableRandom random, double scale, Integer... shape) {
        int size = 1;
        for (int dimension : shape) {
            size *= dimension;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) ((random.nextDouble() * 2 - 1) * scale);
        }
        return new FloatTensor(List.of(shape), values);
    }
}
