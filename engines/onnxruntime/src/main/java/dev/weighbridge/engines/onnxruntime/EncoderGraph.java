package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.api.Precision;
import dev.weighbridge.engines.onnxruntime.LinearLayers.Input;
import dev.weighbridge.engines.onnxruntime.Norms.Normalized;
import dev.weighbridge.engines.onnxruntime.Norms.Place;
import dev.weighbridge.engines.onnxruntime.Norms.Stream;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.Dimension;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.ElementType;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Encoder;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import java.util.List;
import java.util.Objects;

/**
 * The ONNX graph of an encoder: from one prompt to the keys and values that each block of the decoder attends to,
 * {@code [1, heads, S, headSize]} each, named as the decoder's inputs.
 */
final class EncoderGraph {
    /** Tokens, int32 {@code [1, S]}. */
    static final String TOKENS = "prompt";

    private final Definition definition;
    private final Encoder encoder;
    private final GraphBuilder builder;
    private final Norms norms;
    private final LinearLayers linear;
    private final AttentionNodes attention;
    private final MlpNodes mlp;

    private EncoderGraph(Definition definition, GraphBuilder builder, Precision precision) {
        this.definition = definition;
        this.encoder = Objects.requireNonNull(definition.encoder(), "no encoder");
        this.builder = builder;
        this.norms = new Norms(builder);
        this.linear = new LinearLayers(builder, precision);
        this.attention = new AttentionNodes(builder, linear, norms, new PositionNodes(builder, definition));
        this.mlp = new MlpNodes(builder, linear);
    }

    /** Builds the graph, putting its weights into {@code store}. */
    static OnnxGraph build(Checkpoint checkpoint, Precision precision, WeightStore store) {
        GraphBuilder builder = new GraphBuilder(checkpoint.weights(), store);
        return new EncoderGraph(checkpoint.definition(), builder, precision).build();
    }

    private OnnxGraph build() {
        builder.graph().input(TOKENS, ElementType.INT32, Dimension.of(1), Dimension.of("S"));
        String bias = bias(encoder.blocks().get(0).attention());
        Stream stream = Stream.of(builder.node("Gather", builder.matrix(Role.of(Part.EMBEDDING)), TOKENS));
        for (int number = 0; number < encoder.blocks().size(); number++) {
            stream = block(encoder.blocks().get(number), definition.encoderLayer(number), stream, bias);
        }
        Input read = new Input(
                norms.apply(encoder.finalNorm(), Place.ENCODER, -1, stream).output());
        for (int layer = 0; layer < definition.layers(); layer++) {
            output(layer, DecoderGraph.sourceKey(layer), linear.apply(read, Role.of(Part.CROSS_KEY, layer)));
            output(layer, DecoderGraph.sourceValue(layer), linear.apply(read, Role.of(Part.CROSS_VALUE, layer)));
        }
        return builder.graph();
    }

    private Stream block(Block block, int layer, Stream stream, String bias) {
        Normalized before = norms.apply(Objects.requireNonNull(block.attentionNorm()), Place.ATTENTION, layer, stream);
        String attended = attention.among(block.attention(), layer, new Input(before.output()), bias);
        Normalized between = norms.apply(
                Objects.requireNonNull(block.mlpNorm()), Place.MLP, layer, new Stream(before.stream(), attended));
        return new Stream(between.stream(), mlp.apply(block.mlp(), layer, new Input(between.output())));
    }

    /** What is added to the scores, {@code [1, heads, S, S]}; empty where nothing is. */
    private String bias(Attention first) {
        if (first.relative() == null) {
            return "";
        }
        builder.graph()
                .input(
                        PositionTables.RELATIVE_OF_ENCODER,
                        ElementType.FLOAT,
                        Dimension.of("D"),
                        Dimension.of(first.heads()));
        String rows = size(PositionTables.RELATIVE_OF_ENCODER, 0);
        String middle = builder.node("Div", rows, builder.number(2));
        String positions = builder.node("Range", builder.number(0), size(TOKENS, 1), builder.number(1));
        String offsets = builder.node(
                "Sub",
                builder.node("Unsqueeze", positions, builder.numbers(0)),
                builder.node("Unsqueeze", positions, builder.numbers(1)));
        String found = builder.node("Gather", PositionTables.RELATIVE_OF_ENCODER, builder.node("Add", offsets, middle));
        String biases = builder.value();
        builder.node("Transpose", biases, List.of(found)).attribute("perm", new int[] {2, 0, 1});
        return builder.node("Unsqueeze", biases, builder.numbers(0));
    }

    private String size(String values, int axis) {
        String size = builder.value();
        builder.node("Shape", size, List.of(values)).attribute("start", axis).attribute("end", axis + 1);
        return builder.node("Squeeze", size);
    }

    private void output(int layer, String name, String values) {
        CacheShape shape = CacheShape.ofSource(definition, layer);
        Attention cross =
                Objects.requireNonNull(definition.blocks().get(layer).cross()).attention();
        builder.node("Identity", name, List.of(attention.headsFirst(cross, values)));
        builder.graph()
                .output(
                        name,
                        ElementType.FLOAT,
                        Dimension.of(1),
                        Dimension.of(shape.heads()),
                        Dimension.of("S"),
                        Dimension.of(shape.headSize()));
    }
}
