package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.Precision;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.Dimension;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.ElementType;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import dev.weighbridge.inference.checkpoint.TensorSource.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The ONNX graph of a Llama decoder, for the CPU.
 *
 * <p>Attention is {@code com.microsoft.GroupQueryAttention}, which rotates queries and keys and appends to the cache. It
 * writes in place when past and present are the same memory; otherwise it writes a present of its own. Linear layers are
 * <ul>
 *   <li>fp32: {@code FusedMatMul} over the weights as Hugging Face stores them, {@code [outputs, inputs]};
 *   <li>int8 and int4: {@code MatMulNBits}, symmetric blocks of {@value #BLOCK_SIZE} inputs. At accuracy level
 *       {@value #ACCURACY_LEVEL} the kernel rounds activations to 8 bits, in blocks of the same size, for the inner
 *       products: the other levels are up to 170 times slower and differ by less than the rounding of the weights;
 *   <li>w8a8: {@code MatMulIntegerToFloat}, weights with one scale an output, activations with one scale a token. ONNX
 *       Runtime's {@code DynamicQuantizeMatMul} would be one node, but has one activation scale for a whole batch, so that
 *       an answer would depend on its neighbours.
 * </ul>
 * Quantized are the linear layers of {@link #QUANTIZED_LAYER_TENSORS} and the output layer; the embedding and the norms stay
 * 32-bit floats, and so do tied embeddings where tokens are looked up.
 *
 * <p>{@code B} is rows, {@code S} new tokens a row, {@code M} rows of logits, {@code P} and {@code T} capacity of the cache
 * before and after (equal when shared), {@code C} rows of the rotary tables.
 */
final class DecoderGraph {
    /** Tokens, int32 {@code [B, S]}. */
    static final String TOKENS = "tokens";

    /** Which of the {@code B * S} positions logits are wanted of, int32 {@code [M]}. */
    static final String LOGIT_INDEX = "logit_index";

    /** Length of each row after this run, minus one, int32 {@code [B]}. */
    static final String LAST_POSITION = "last_position";

    /** Length of the longest row after this run, int32 scalar. */
    static final String TOTAL_LENGTH = "total_length";

    /** Cosine and sine of {@link DecoderDefinition#ropeAngle}, float {@code [C, headSize / 2]}. */
    static final String ROTARY_COSINE = "rotary_cosine";

    static final String ROTARY_SINE = "rotary_sine";

    /** Float {@code [M, vocabularySize]}. */
    static final String LOGITS = "logits";

    /** Tensors of a layer that are quantized, below {@code model.layers.N}. */
    static final List<String> QUANTIZED_LAYER_TENSORS = List.of(
            "self_attn.q_proj",
            "self_attn.k_proj",
            "self_attn.v_proj",
            "self_attn.o_proj",
            "mlp.gate_proj",
            "mlp.up_proj",
            "mlp.down_proj");

    /** Inputs that share a scale in int8 and int4. */
    static final int BLOCK_SIZE = 32;

    private static final int ACCURACY_LEVEL = 4;
    // GroupQueryAttention rotates sixteen values at a time.
    private static final int HEAD_SIZE_MULTIPLE = 16;
    private static final int UNSIGNED_ZERO_POINT = 128;
    private static final String EMBEDDING = "model.embed_tokens.weight";

    private final Checkpoint checkpoint;
    private final DecoderDefinition definition;
    private final Precision precision;
    private final WeightStore weights;
    private final OnnxGraph graph = new OnnxGraph();
    private int values;

    private DecoderGraph(Checkpoint checkpoint, Precision precision, WeightStore weights) {
        this.checkpoint = checkpoint;
        this.definition = checkpoint.definition();
        this.precision = precision;
        this.weights = weights;
    }

    static String pastKey(int layer) {
        return "past_key." + layer;
    }

    static String pastValue(int layer) {
        return "past_value." + layer;
    }

    static String presentKey(int layer) {
        return "present_key." + layer;
    }

    static String presentValue(int layer) {
        return "present_value." + layer;
    }

    /**
     * Builds the graph, putting its weights into {@code weights}.
     *
     * @throws EngineException of category BAD_MODEL when a tensor is missing or has another shape than the definition says,
     *     or the operators cannot express the model
     */
    static OnnxGraph build(Checkpoint checkpoint, Precision precision, WeightStore weights) {
        int headSize = checkpoint.definition().headSize();
        if (headSize % HEAD_SIZE_MULTIPLE != 0) {
            throw new EngineException(
                    Category.BAD_MODEL,
                    "head size " + headSize + " of " + checkpoint.name() + " is no multiple of " + HEAD_SIZE_MULTIPLE
                            + ", which ONNX Runtime's attention needs. Use another engine for this model");
        }
        return new DecoderGraph(checkpoint, precision, weights).build();
    }

    /** Every weight matrix, of shape {@code [outputs, inputs]}, that the graph of a checkpoint reads. */
    static List<TensorInfo> matrices(Checkpoint checkpoint) {
        List<TensorInfo> matrices = new ArrayList<>();
        matrices.add(checkpoint.tensors().info(EMBEDDING));
        for (int layer = 0; layer < checkpoint.definition().layers(); layer++) {
            for (String tensor : QUANTIZED_LAYER_TENSORS) {
                matrices.add(checkpoint.tensors().info(layerTensor(layer, tensor)));
            }
        }
        matrices.add(checkpoint.tensors().info(outputLayer(checkpoint.definition())));
        return matrices;
    }

    private static String layerTensor(int layer, String name) {
        return "model.layers." + layer + "." + name + ".weight";
    }

    private static String outputLayer(DecoderDefinition definition) {
        return definition.tiedEmbeddings() ? EMBEDDING : "lm_head.weight";
    }

    private OnnxGraph build() {
        declareInputs();
        long vocabulary = definition.vocabularySize();
        long hidden = definition.hiddenSize();
        TensorInfo embedding = tensor(EMBEDDING, vocabulary, hidden);
        graph.initializer(EMBEDDING, ElementType.FLOAT, weights.floats(embedding), vocabulary, hidden);
        String residual = node("Gather", EMBEDDING, TOKENS);
        String update = "";
        for (int layer = 0; layer < definition.layers(); layer++) {
            Normalized attentionInput = normalize(layerTensor(layer, "input_layernorm"), residual, update);
            String attended = attention(layer, attentionInput.output());
            Normalized mlpInput =
                    normalize(layerTensor(layer, "post_attention_layernorm"), attentionInput.residual(), attended);
            residual = mlpInput.residual();
            update = mlp(layer, mlpInput.output());
        }
        Normalized last = normalize("model.norm.weight", residual, update);
        graph.initializer("flat_shape", new long[] {-1, hidden}, 2);
        String rows = node("Reshape", last.output(), "flat_shape");
        String selected = node("Gather", rows, LOGIT_INDEX);
        String logits = linear(new Activation(selected), outputLayer(definition), vocabulary, hidden);
        graph.node("Identity", List.of(logits), List.of(LOGITS));
        graph.output(LOGITS, ElementType.FLOAT, Dimension.of("M"), Dimension.of(vocabulary));
        return graph;
    }

    private void declareInputs() {
        graph.input(TOKENS, ElementType.INT32, Dimension.of("B"), Dimension.of("S"));
        graph.input(LOGIT_INDEX, ElementType.INT32, Dimension.of("M"));
        graph.input(LAST_POSITION, ElementType.INT32, Dimension.of("B"));
        graph.input(TOTAL_LENGTH, ElementType.INT32);
        Dimension pairs = Dimension.of(definition.headSize() / 2);
        graph.input(ROTARY_COSINE, ElementType.FLOAT, Dimension.of("C"), pairs);
        graph.input(ROTARY_SINE, ElementType.FLOAT, Dimension.of("C"), pairs);
        for (int layer = 0; layer < definition.layers(); layer++) {
            graph.input(pastKey(layer), ElementType.FLOAT, cacheShape("P"));
            graph.input(pastValue(layer), ElementType.FLOAT, cacheShape("P"));
            graph.output(presentKey(layer), ElementType.FLOAT, cacheShape("T"));
            graph.output(presentValue(layer), ElementType.FLOAT, cacheShape("T"));
        }
    }

    private Dimension[] cacheShape(String capacity) {
        return new Dimension[] {
            Dimension.of("B"),
            Dimension.of(definition.keyValueHeads()),
            Dimension.of(capacity),
            Dimension.of(definition.headSize())
        };
    }

    /**
     * The normalized residual stream.
     *
     * @param output of the norm
     * @param residual stream that went into it
     */
    private record Normalized(String output, String residual) {}

    /** RMSNorm of {@code residual + update}, in one node where there is an update. */
    private Normalized normalize(String weight, String residual, String update) {
        TensorInfo tensor = tensor(weight, definition.hiddenSize());
        graph.initializer(weight, checkpoint.tensors().floats(tensor.name()), definition.hiddenSize());
        float epsilon = (float) definition.normEpsilon();
        String output = value();
        if (update.isEmpty()) {
            graph.node("SimplifiedLayerNormalization", List.of(residual, weight), List.of(output))
                    .attribute("axis", -1)
                    .attribute("epsilon", epsilon)
                    .attribute("stash_type", 1);
            return new Normalized(output, residual);
        }
        String sum = value();
        graph.microsoftNode(
                        "SkipSimplifiedLayerNormalization",
                        List.of(residual, update, weight),
                        List.of(output, "", "", sum))
                .attribute("epsilon", epsilon);
        return new Normalized(output, sum);
    }

    private String attention(int layer, String input) {
        long hidden = definition.hiddenSize();
        long keyValue = definition.keyValueSize();
        Activation activation = new Activation(input);
        String query = linear(activation, layerTensor(layer, "self_attn.q_proj"), definition.querySize(), hidden);
        String key = linear(activation, layerTensor(layer, "self_attn.k_proj"), keyValue, hidden);
        String value = linear(activation, layerTensor(layer, "self_attn.v_proj"), keyValue, hidden);
        String attended = value();
        graph.microsoftNode(
                        "GroupQueryAttention",
                        List.of(
                                query,
                                key,
                                value,
                                pastKey(layer),
                                pastValue(layer),
                                LAST_POSITION,
                                TOTAL_LENGTH,
                                ROTARY_COSINE,
                                ROTARY_SINE),
                        List.of(attended, presentKey(layer), presentValue(layer)))
                .attribute("num_heads", definition.heads())
                .attribute("kv_num_heads", definition.keyValueHeads())
                .attribute("do_rotary", 1)
                .attribute("scale", (float) (1 / Math.sqrt(definition.headSize())));
        return linear(new Activation(attended), layerTensor(layer, "self_attn.o_proj"), hidden, definition.querySize());
    }

    private String mlp(int layer, String input) {
        long hidden = definition.hiddenSize();
        long intermediate = definition.intermediateSize();
        Activation activation = new Activation(input);
        String gate = linear(activation, layerTensor(layer, "mlp.gate_proj"), intermediate, hidden);
        String up = linear(activation, layerTensor(layer, "mlp.up_proj"), intermediate, hidden);
        String silu = value();
        // QuickGelu is x * sigmoid(alpha * x); with alpha 1 that is SiLU, in one node.
        graph.microsoftNode("QuickGelu", List.of(gate), List.of(silu)).attribute("alpha", 1f);
        return linear(new Activation(node("Mul", silu, up)), layerTensor(layer, "mlp.down_proj"), hidden, intermediate);
    }

    /** Input of linear layers, which quantizes it once where they all read it quantized. */
    private final class Activation {
        private final String name;
        private String quantized = "";
        private String scale = "";

        Activation(String name) {
            this.name = name;
        }

        /** Maps each token's largest magnitude to 127 around {@value #UNSIGNED_ZERO_POINT}. */
        void quantize() {
            if (quantized.isEmpty()) {
                declareQuantizationConstants();
                String largest = value();
                graph.node("ReduceMax", List.of(node("Abs", name), "last_axis"), List.of(largest))
                        .attribute("keepdims", 1);
                scale = node("Max", largest, "smallest_scale");
                quantized = node("QuantizeLinear", node("Div", name, scale), "unit_step", "zero_point");
            }
        }
    }

    private boolean quantizationConstantsDeclared;

    private void declareQuantizationConstants() {
        if (!quantizationConstantsDeclared) {
            quantizationConstantsDeclared = true;
            graph.initializer("last_axis", new long[] {-1}, 1);
            // A token of zeros must not divide by zero.
            graph.initializer("smallest_scale", new float[] {Float.MIN_NORMAL});
            graph.initializer("unit_step", new float[] {1f / Byte.MAX_VALUE});
            graph.initializer("zero_point", (byte) UNSIGNED_ZERO_POINT, ElementType.UINT8);
        }
    }

    private String linear(Activation input, String weight, long outputs, long inputs) {
        TensorInfo tensor = tensor(weight, outputs, inputs);
        return switch (precision) {
            case FP32 -> floatLinear(input.name, tensor, outputs, inputs);
            case INT8, INT4 -> blockLinear(input.name, tensor, (int) outputs, (int) inputs);
            case W8A8 -> tokenLinear(input, tensor, (int) outputs, (int) inputs);
            case FP16, BF16 ->
                throw new EngineException(
                        Category.BAD_REQUEST,
                        "precision " + precision + " has no fast kernels on the CPU. Use fp32, int8, w8a8 or int4");
        };
    }

    private String floatLinear(String input, TensorInfo tensor, long outputs, long inputs) {
        if (!tensor.name().equals(EMBEDDING)) {
            graph.initializer(tensor.name(), ElementType.FLOAT, weights.floats(tensor), outputs, inputs);
        }
        String output = value();
        graph.microsoftNode("FusedMatMul", List.of(input, tensor.name()), List.of(output))
                .attribute("transB", 1);
        return output;
    }

    private String blockLinear(String input, TensorInfo tensor, int outputs, int inputs) {
        int bits = precision.weightBits();
        int blocks = QuantizedMatrix.blocks(inputs, BLOCK_SIZE);
        QuantizedMatrix matrix =
                QuantizedMatrix.inBlocks(checkpoint.tensors().floats(tensor.name()), outputs, inputs, bits, BLOCK_SIZE);
        String values = tensor.name() + ".values";
        String scales = tensor.name() + ".scales";
        graph.initializer(
                values, ElementType.UINT8, weights.append(matrix.values()), outputs, blocks, BLOCK_SIZE * bits / 8);
        graph.initializer(scales, ElementType.FLOAT, weights.append(matrix.scales()), outputs, blocks);
        String output = value();
        graph.microsoftNode("MatMulNBits", List.of(input, values, scales), List.of(output))
                .attribute("K", inputs)
                .attribute("N", outputs)
                .attribute("bits", bits)
                .attribute("block_size", BLOCK_SIZE)
                .attribute("accuracy_level", ACCURACY_LEVEL);
        return output;
    }

    private String tokenLinear(Activation input, TensorInfo tensor, int outputs, int inputs) {
        input.quantize();
        QuantizedMatrix matrix = QuantizedMatrix.byOutput(checkpoint.tensors().floats(tensor.name()), outputs, inputs);
        String values = tensor.name() + ".values";
        String scales = tensor.name() + ".scales";
        graph.initializer(values, ElementType.INT8, weights.append(matrix.values()), inputs, outputs);
        graph.initializer(scales, matrix.scales(), outputs);
        // Stated, and one a matrix: ONNX Runtime aborts the process when it makes a matrix unsigned that has none, and
        // fails when two share one.
        String weightZeroPoint = tensor.name() + ".zero_point";
        graph.initializer(weightZeroPoint, (byte) 0, ElementType.INT8);
        String product = value();
        graph.microsoftNode(
                "MatMulIntegerToFloat",
                List.of(input.quantized, values, "unit_step", scales, "zero_point", weightZeroPoint),
                List.of(product));
        return node("Mul", product, input.scale);
    }

    private TensorInfo tensor(String name, long... shape) {
        TensorInfo info = checkpoint.tensors().info(name);
        List<Long> expected = Arrays.stream(shape).boxed().toList();
        if (!info.shape().equals(expected)) {
            throw new EngineException(
                    Category.BAD_MODEL,
                    "tensor " + name + " of " + checkpoint.name() + " has shape " + info.shape()
                            + ", but its configuration says " + expected + ". Check that both are of the same model");
        }
        return info;
    }

    private String node(String operator, String... inputs) {
        String output = value();
        graph.node(operator, List.of(inputs), List.of(output));
        return output;
    }

    private String value() {
        return "v" + values++;
    }
}
