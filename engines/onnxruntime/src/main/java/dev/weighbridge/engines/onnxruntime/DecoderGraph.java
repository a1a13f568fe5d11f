package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.api.Precision;
import dev.weighbridge.engines.onnxruntime.LinearLayers.Input;
import dev.weighbridge.engines.onnxruntime.Norms.Normalized;
import dev.weighbridge.engines.onnxruntime.Norms.Place;
import dev.weighbridge.engines.onnxruntime.Norms.Stream;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.Dimension;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.ElementType;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.Weights;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ONNX graph of a decoder, for the CPU. How each part is computed is told at {@link AttentionNodes}, {@link MlpNodes} and
 * {@link LinearLayers}.
 *
 * <p>{@code B} is rows, {@code S} new tokens a row, {@code M} rows of logits, {@code P} and {@code T} capacity of the cache
 * before and after (equal when shared), {@code L} capacity for a prompt that an encoder reads, {@code C} positions in the tables of {@link PositionTables}, which are inputs too.
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

    /** Length of each row's prompt, int32 {@code [B]}; only of a model whose encoder reads it. */
    static final String PROMPT_LENGTH = "prompt_length";

    /** Length of the longest of these, int32 scalar. */
    static final String LONGEST_PROMPT = "longest_prompt";

    /** Float {@code [M, vocabularySize]}. */
    static final String LOGITS = "logits";

    private static final Set<Part> FLOAT_MATRICES = Collections.unmodifiableSet(
            EnumSet.of(Part.EMBEDDING, Part.EMBEDDING_PROJECTION, Part.POSITIONS, Part.ROUTER, Part.HEAD_PROJECTION));

    private final Definition definition;
    private final GraphBuilder builder;
    private final Norms norms;
    private final LinearLayers linear;
    private final PositionNodes positions;
    private final AttentionNodes attention;
    private final MlpNodes mlp;

    private DecoderGraph(Definition definition, GraphBuilder builder, Precision precision) {
        this.definition = definition;
        this.builder = builder;
        this.norms = new Norms(builder);
        this.linear = new LinearLayers(builder, precision);
        this.positions = new PositionNodes(builder, definition);
        this.attention = new AttentionNodes(builder, linear, norms, positions);
        this.mlp = new MlpNodes(builder, linear);
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

    static String sourceKey(int layer) {
        return "source_key." + layer;
    }

    static String sourceValue(int layer) {
        return "source_value." + layer;
    }

    /** Builds the graph, putting its weights into {@code store}. */
    static OnnxGraph build(Checkpoint checkpoint, Precision precision, WeightStore store) {
        GraphBuilder builder = new GraphBuilder(checkpoint.weights(), store);
        return new DecoderGraph(checkpoint.definition(), builder, precision).build();
    }

    /** The weights that a graph of floats keeps outside of the model file. */
    static List<Role> matrices(Weights weights) {
        return weights.roles().stream()
                .filter(role -> role.part().linear() || FLOAT_MATRICES.contains(role.part()))
                .toList();
    }

    private OnnxGraph build() {
        declareInputs();
        Stream stream = Stream.of(embed(definition.embedding()));
        for (int layer = 0; layer < definition.layers(); layer++) {
            stream = block(definition.blocks().get(layer), layer, stream);
        }
        head(definition.head(), last(stream));
        return builder.graph();
    }

    private void declareInputs() {
        OnnxGraph graph = builder.graph();
        graph.input(TOKENS, ElementType.INT32, Dimension.of("B"), Dimension.of("S"));
        graph.input(LOGIT_INDEX, ElementType.INT32, Dimension.of("M"));
        graph.input(LAST_POSITION, ElementType.INT32, Dimension.of("B"));
        graph.input(TOTAL_LENGTH, ElementType.INT32);
        positions.declareInputs();
        for (int layer = 0; layer < definition.layers(); layer++) {
            CacheShape shape = CacheShape.of(definition.attention(layer));
            graph.input(pastKey(layer), ElementType.FLOAT, cache(shape, "P"));
            graph.input(pastValue(layer), ElementType.FLOAT, cache(shape, "P"));
            graph.output(presentKey(layer), ElementType.FLOAT, cache(shape, "T"));
            graph.output(presentValue(layer), ElementType.FLOAT, cache(shape, "T"));
        }
        if (definition.encoder() != null) {
            graph.input(PROMPT_LENGTH, ElementType.INT32, Dimension.of("B"));
            graph.input(LONGEST_PROMPT, ElementType.INT32);
            for (int layer = 0; layer < definition.layers(); layer++) {
                CacheShape shape = CacheShape.ofSource(definition, layer);
                graph.input(sourceKey(layer), ElementType.FLOAT, cache(shape, "L"));
                graph.input(sourceValue(layer), ElementType.FLOAT, cache(shape, "L"));
            }
        }
    }

    private static Dimension[] cache(CacheShape shape, String capacity) {
        return new Dimension[] {
            Dimension.of("B"), Dimension.of(shape.heads()), Dimension.of(capacity), Dimension.of(shape.headSize())
        };
    }

    private String embed(Embedding embedding) {
        String values = builder.node("Gather", builder.matrix(Role.of(Part.EMBEDDING)), TOKENS);
        if (embedding.scale() != 1) {
            values = builder.node("Mul", values, builder.number((float) embedding.scale()));
        }
        if (embedding.size() != definition.hiddenSize()) {
            values = linear.apply(new Input(values), Role.of(Part.EMBEDDING_PROJECTION));
        }
        if (embedding.learnedPositions()) {
            String rows = builder.node("Gather", builder.matrix(Role.of(Part.POSITIONS)), positions.ids());
            values = builder.node("Add", values, rows);
        }
        return norms.applyIfThere(embedding.norm(), Place.EMBEDDING, -1, values);
    }

    private Stream block(Block block, int layer, Stream stream) {
        return switch (block.residual()) {
            case SEQUENTIAL -> sequential(block, layer, stream);
            case PARALLEL -> parallel(block, layer, stream);
            case NORM_AFTER -> normAfter(block, layer, stream);
        };
    }

    private Stream sequential(Block block, int layer, Stream stream) {
        Normalized before = norms.apply(norm(block.attentionNorm()), Place.ATTENTION, layer, stream);
        Stream attended = new Stream(before.stream(), attend(block, layer, new Input(before.output())));
        Block.Cross cross = block.cross();
        if (cross != null) {
            Normalized middle = norms.apply(cross.norm(), Place.CROSS, layer, attended);
            attended =
                    new Stream(middle.stream(), attention.cross(cross.attention(), layer, new Input(middle.output())));
        }
        Normalized between = norms.apply(norm(block.mlpNorm()), Place.MLP, layer, attended);
        return new Stream(between.stream(), feed(block, layer, new Input(between.output())));
    }

    private Stream parallel(Block block, int layer, Stream stream) {
        Normalized before = norms.apply(norm(block.attentionNorm()), Place.ATTENTION, layer, stream);
        Input attentionInput = new Input(before.output());
        Input mlpInput = block.mlpNorm() == null
                ? attentionInput
                : new Input(norms.applyIfThere(block.mlpNorm(), Place.MLP, layer, before.stream()));
        String attended = attend(block, layer, attentionInput);
        return new Stream(before.stream(), builder.node("Add", attended, feed(block, layer, mlpInput)));
    }

    private Stream normAfter(Block block, int layer, Stream stream) {
        String input = sum(stream);
        String attended = attend(block, layer, new Input(input));
        String between = norms.apply(norm(block.attentionNorm()), Place.ATTENTION, layer, new Stream(input, attended))
                .output();
        Stream fed = new Stream(between, feed(block, layer, new Input(between)));
        return Stream.of(
                norms.apply(norm(block.mlpNorm()), Place.MLP, layer, fed).output());
    }

    private String attend(Block block, int layer, Input input) {
        String attended = attention.apply(block.attention(), layer, input);
        return norms.applyIfThere(block.attentionPostNorm(), Place.ATTENTION_POST, layer, attended);
    }

    private String feed(Block block, int layer, Input input) {
        return norms.applyIfThere(block.mlpPostNorm(), Place.MLP_POST, layer, mlp.apply(block.mlp(), layer, input));
    }

    private String last(Stream stream) {
        Norm norm = definition.finalNorm();
        return norm == null
                ? sum(stream)
                : norms.apply(norm, Place.FINAL, -1, stream).output();
    }

    private void head(Head head, String values) {
        String rows = builder.node("Reshape", values, builder.numbers(-1, definition.hiddenSize()));
        Input selected = new Input(builder.node("Gather", rows, LOGIT_INDEX));
        if (definition.embedding().size() != definition.hiddenSize()) {
            selected = new Input(linear.apply(selected, Role.of(Part.HEAD_PROJECTION)));
        }
        String logits = linear.quantizable(selected, Role.of(head.tied() ? Part.EMBEDDING : Part.HEAD));
        if (head.bias()) {
            logits = builder.node("Add", logits, builder.vector(Role.of(Part.HEAD_BIAS)));
        }
        if (head.scale() != 1) {
            logits = builder.node("Mul", logits, builder.number((float) head.scale()));
        }
        if (head.softcap() != 0) {
            String cap = builder.number((float) head.softcap());
            logits = builder.node("Mul", builder.node("Tanh", builder.node("Div", logits, cap)), cap);
        }
        builder.node("Identity", LOGITS, List.of(logits));
        builder.graph().output(LOGITS, ElementType.FLOAT, Dimension.of("M"), Dimension.of(definition.vocabularySize()));
    }

    private String sum(Stream stream) {
        return stream.update().isEmpty() ? stream.value() : builder.node("Add", stream.value(), stream.update());
    }

    /** Blocks are checked to have the norms of their form. */
    private static Norm norm(@Nullable Norm norm) {
        return Objects.requireNonNull(norm);
    }
}
