package dev.weighbridge.engines.pytorch;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import dev.weighbridge.inference.checkpoint.SafetensorsWriter;
import dev.weighbridge.inference.checkpoint.SafetensorsWriter.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A decoder with weights in memory, random ones mostly, that can be written as a checkpoint folder.
 *
 * @param tensors by Hugging Face name; matrices are {@code [outputs, inputs]}
 */
record TinyModel(DecoderDefinition definition, Map<String, FloatTensor> tensors) {
    static final int VOCABULARY = 97;

    /** Widths that are no multiples of any kernel's block. */
    static DecoderDefinition definition(int heads, int keyValueHeads, boolean tied) {
        return new DecoderDefinition(VOCABULARY, 48, 2, heads, keyValueHeads, 16, 72, 1e-5, 10_000, 64, tied);
    }

    static TinyModel random(DecoderDefinition d, long seed) {
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        Random random = new Random(seed);
        int hidden = d.hiddenSize();
        double scale = 1.7 / Math.sqrt(hidden);
        tensors.put("model.embed_tokens.weight", matrix(random, 1, d.vocabularySize(), hidden));
        for (int layer = 0; layer < d.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            tensors.put(prefix + "input_layernorm.weight", norm(random, hidden));
            tensors.put(prefix + "self_attn.q_proj.weight", matrix(random, 2 * scale, d.querySize(), hidden));
            tensors.put(prefix + "self_attn.k_proj.weight", matrix(random, 2 * scale, d.keyValueSize(), hidden));
            tensors.put(prefix + "self_attn.v_proj.weight", matrix(random, scale, d.keyValueSize(), hidden));
            tensors.put(prefix + "self_attn.o_proj.weight", matrix(random, scale, hidden, d.querySize()));
            tensors.put(prefix + "post_attention_layernorm.weight", norm(random, hidden));
            tensors.put(prefix + "mlp.gate_proj.weight", matrix(random, scale, d.intermediateSize(), hidden));
            tensors.put(prefix + "mlp.up_proj.weight", matrix(random, scale, d.intermediateSize(), hidden));
            tensors.put(prefix + "mlp.down_proj.weight", matrix(random, scale, hidden, d.intermediateSize()));
        }
        tensors.put("model.norm.weight", norm(random, hidden));
        if (!d.tiedEmbeddings()) {
            tensors.put("lm_head.weight", matrix(random, 0.3, d.vocabularySize(), hidden));
        }
        return new TinyModel(d, tensors);
    }

    /** The model of a checkpoint. */
    static TinyModel of(Checkpoint checkpoint) {
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        for (String name : checkpoint.tensors().names()) {
            List<Integer> shape = checkpoint.tensors().info(name).shape().stream()
                    .map(Math::toIntExact)
                    .toList();
            tensors.put(name, new FloatTensor(shape, checkpoint.tensors().floats(name)));
        }
        return new TinyModel(checkpoint.definition(), tensors);
    }

    float[] weight(String name) {
        return tensors.get(name + ".weight").values();
    }

    /** Writes the model as a Hugging Face folder and reads it back. */
    Checkpoint write(Path folder) throws IOException {
        Files.createDirectories(folder);
        DecoderDefinition d = definition;
        Map<String, Object> config = Map.ofEntries(
                Map.entry("model_type", "llama"),
                Map.entry("vocab_size", d.vocabularySize()),
                Map.entry("hidden_size", d.hiddenSize()),
                Map.entry("num_hidden_layers", d.layers()),
                Map.entry("num_attention_heads", d.heads()),
                Map.entry("num_key_value_heads", d.keyValueHeads()),
                Map.entry("head_dim", d.headSize()),
                Map.entry("intermediate_size", d.intermediateSize()),
                Map.entry("rms_norm_eps", d.normEpsilon()),
                Map.entry("rope_theta", d.ropeTheta()),
                Map.entry("max_position_embeddings", d.contextLength()),
                Map.entry("tie_word_embeddings", d.tiedEmbeddings()));
        new ObjectMapper().writeValue(folder.resolve("config.json").toFile(), config);
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        return CheckpointReader.read(folder);
    }

    private static FloatTensor matrix(Random random, double scale, int outputs, int inputs) {
        float[] values = new float[outputs * inputs];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((random.nextFloat() * 2 - 1) * scale);
        }
        return new FloatTensor(List.of(outputs, inputs), values);
    }

    private static FloatTensor norm(Random random, int width) {
        float[] values = new float[width];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.8f + 0.4f * random.nextFloat();
        }
        return new FloatTensor(List.of(width), values);
    }
}
