package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import dev.weighbridge.inference.checkpoint.TensorSource.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The order in which {@link DecoderScript} takes a checkpoint's tensors, by their names. */
final class WeightNames {
    static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String OUTPUT = "lm_head.weight";

    private WeightNames() {}

    /** Vectors: for each layer input and post-attention norm, then the final norm. */
    static List<String> norms(DecoderDefinition definition) {
        List<String> names = new ArrayList<>();
        for (int layer = 0; layer < definition.layers(); layer++) {
            names.add(layer(layer, "input_layernorm"));
            names.add(layer(layer, "post_attention_layernorm"));
        }
        names.add("model.norm.weight");
        return names;
    }

    /**
     * Matrices, each the tensors whose outputs it puts one below the other; the output layer is the last, unless it is the
     * embedding.
     */
    static List<List<String>> matrices(DecoderDefinition definition) {
        List<List<String>> names = new ArrayList<>();
        for (int layer = 0; layer < definition.layers(); layer++) {
            names.add(List.of(
                    layer(layer, "self_attn.q_proj"),
                    layer(layer, "self_attn.k_proj"),
                    layer(layer, "self_attn.v_proj")));
            names.add(List.of(layer(layer, "self_attn.o_proj")));
            names.add(List.of(layer(layer, "mlp.gate_proj"), layer(layer, "mlp.up_proj")));
            names.add(List.of(layer(layer, "mlp.down_proj")));
        }
        if (!definition.tiedEmbeddings()) {
            names.add(List.of(OUTPUT));
        }
        return names;
    }

    /**
     * Bytes that the weights take while they run, with scales and without padding.
     *
     * @throws EngineException of category BAD_MODEL when a tensor is missing or of another shape than the configuration says
     */
    static long bytesAt(Precision precision, Checkpoint checkpoint) {
        DecoderDefinition d = checkpoint.definition();
        long[] embedding = {d.vocabularySize(), d.hiddenSize()};
        long bytes = Float.BYTES * elements(checkpoint, EMBEDDING, embedding);
        for (String name : norms(d)) {
            bytes += Float.BYTES * elements(checkpoint, name, d.hiddenSize());
        }
        for (int layer = 0; layer < d.layers(); layer++) {
            bytes += matrix(precision, checkpoint, layer(layer, "self_attn.q_proj"), d.querySize(), d.hiddenSize());
            bytes += matrix(precision, checkpoint, layer(layer, "self_attn.k_proj"), d.keyValueSize(), d.hiddenSize());
            bytes += matrix(precision, checkpoint, layer(layer, "self_attn.v_proj"), d.keyValueSize(), d.hiddenSize());
            bytes += matrix(precision, checkpoint, layer(layer, "self_attn.o_proj"), d.hiddenSize(), d.querySize());
            bytes += matrix(precision, checkpoint, layer(layer, "mlp.gate_proj"), d.intermediateSize(), d.hiddenSize());
            bytes += matrix(precision, checkpoint, layer(layer, "mlp.up_proj"), d.intermediateSize(), d.hiddenSize());
            bytes += matrix(precision, checkpoint, layer(layer, "mlp.down_proj"), d.hiddenSize(), d.intermediateSize());
        }
        if (!d.tiedEmbeddings()) {
            return bytes + matrix(precision, checkpoint, OUTPUT, embedding);
        }
        // The output layer is a view of the embedding, unless it has a precision of its own.
        return precision == Precision.FP32 ? bytes : bytes + matrix(precision, checkpoint, EMBEDDING, embedding);
    }

    private static long matrix(Precision precision, Checkpoint checkpoint, String name, long... shape) {
        long elements = elements(checkpoint, name, shape);
        long scales = switch (precision) {
            case FP32, BF16, FP16 -> 0;
            // A float scale and an int zero point an output.
            case W8A8 -> shape[0] * (Float.BYTES + Integer.BYTES);
            case INT8 -> shape[0] * Short.BYTES;
            // A scale and an offset of 16 bits a block.
            case INT4 -> elements / LinearScript.BLOCK_SIZE * 2 * Short.BYTES;
        };
        return elements * precision.weightBits() / Byte.SIZE + scales;
    }

    private static long elements(Checkpoint checkpoint, String name, long... shape) {
        TensorInfo info = checkpoint.tensors().info(name);
        List<Long> expected = Arrays.stream(shape).boxed().toList();
        if (!info.shape().equals(expected)) {
            throw new EngineException(
                    Category.BAD_MODEL,
                    info.file() + ", tensor " + name + " has the shape " + info.shape()
                            + ", the configuration asks for " + expected);
        }
        return expected.stream().reduce(1L, Math::multiplyExact);
    }

    private static String layer(int layer, String name) {
        return "model.layers." + layer + "." + name + ".weight";
    }
}
