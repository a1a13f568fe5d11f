package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.engines.onnxruntime.OnnxGraph.Dimension;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.ElementType;
import dev.weighbridge.inference.model.Alibi;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Rotary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a graph knows of the positions of its tokens; each thing is computed once, and only if a node asks for it. */
final class PositionNodes {
    private static final long INT64 = 7;

    private final GraphBuilder builder;
    private final List<Rotary> rotaries;
    private final List<Alibi> alibis;
    private final Map<Alibi, String> biases = new HashMap<>();
    private final Lazily<String> newTokens = new Lazily<>(this::countNewTokens);
    private final Lazily<String> ids = new Lazily<>(this::computeIds);
    private final Lazily<String> relative = new Lazily<>(this::computeRelative);
    private final Lazily<String> ends = new Lazily<>(this::computeEnds);
    private final Lazily<String> longestPrompt = new Lazily<>(() -> cast(reshaped(DecoderGraph.LONGEST_PROMPT)));
    private final int relativeHeads;

    PositionNodes(GraphBuilder builder, Definition definition) {
        this.builder = builder;
        this.rotaries = PositionTables.rotaries(definition);
        this.alibis = PositionTables.alibis(definition);
        Attention first = definition.attention(0);
        this.relativeHeads = first.relative() == null ? 0 : first.heads();
    }

    /** Declares the inputs of {@link PositionTables}. */
    void declareInputs() {
        declareRelative();
        for (int kind = 0; kind < rotaries.size(); kind++) {
            Dimension pairs = Dimension.of(rotaries.get(kind).size() / 2);
            builder.graph().input(PositionTables.cosine(kind), ElementType.FLOAT, Dimension.of("C"), pairs);
            builder.graph().input(PositionTables.sine(kind), ElementType.FLOAT, Dimension.of("C"), pairs);
        }
        for (int kind = 0; kind < alibis.size(); kind++) {
            Dimension heads = Dimension.of(alibis.get(kind).slopes().size());
            builder.graph()
                    .input(
                            PositionTables.bias(kind),
                            ElementType.FLOAT,
                            Dimension.of(1),
                            heads,
                            Dimension.of(1),
                            Dimension.of("C"));
        }
    }

    private void declareRelative() {
        if (relativeHeads > 0) {
            builder.graph()
                    .input(PositionTables.RELATIVE, ElementType.FLOAT, Dimension.of("C"), Dimension.of(relativeHeads));
        }
    }

    String cosine(Rotary rotary) {
        return PositionTables.cosine(rotaries.indexOf(rotary));
    }

    String sine(Rotary rotary) {
        return PositionTables.sine(rotaries.indexOf(rotary));
    }

    /** Positions of the new tokens, int64 {@code [B, S]}. */
    String ids() {
        return ids.get();
    }

    /** What is added to the scores, {@code [1, heads, S, length of the longest row]}. */
    String bias(Alibi alibi) {
        return biases.computeIfAbsent(alibi, this::computeBias);
    }

    private String computeBias(Alibi alibi) {
        String length = cast(builder.node("Reshape", DecoderGraph.TOTAL_LENGTH, builder.numbers(1)));
        String table = PositionTables.bias(alibis.indexOf(alibi));
        String seen = builder.node("Slice", table, builder.numbers(0), length, builder.numbers(3));
        String shape = builder.value();
        builder.node("Concat", shape, List.of(builder.numbers(1, 1), newTokens.get(), builder.numbers(1)))
                .attribute("axis", 0);
        return builder.node("Expand", seen, shape);
    }

    /** What is learned for distances and added to the scores, {@code [B, heads, S, length of the longest row]}. */
    String relative() {
        return relative.get();
    }

    private String computeRelative() {
        String keys = range(cast(DecoderGraph.TOTAL_LENGTH));
        String back = builder.node("Sub", builder.node("Unsqueeze", ids(), builder.numbers(2)), keys);
        String clamped = builder.node("Max", back, builder.number(0));
        String found = builder.node("Gather", PositionTables.RELATIVE, clamped);
        String biases = builder.value();
        builder.node("Transpose", biases, List.of(found)).attribute("perm", new int[] {0, 3, 1, 2});
        return biases;
    }

    /** Length of the longest prompt that an encoder read, int64 {@code [1]}. */
    String longestPrompt() {
        return longestPrompt.get();
    }

    /** Which positions are beyond the end of a row's prompt, bool {@code [B, 1, 1, longest prompt]}. */
    String ends() {
        return ends.get();
    }

    private String computeEnds() {
        String positions = range(builder.node("Squeeze", longestPrompt()));
        String lengths = builder.node("Unsqueeze", cast(DecoderGraph.PROMPT_LENGTH), builder.numbers(1));
        String beyond = builder.node("GreaterOrEqual", positions, lengths);
        return builder.node("Unsqueeze", beyond, builder.numbers(1, 2));
    }

    private String range(String count) {
        return builder.node("Range", builder.number(0), count, builder.number(1));
    }

    private String reshaped(String scalar) {
        return builder.node("Reshape", scalar, builder.numbers(1));
    }

    private String computeIds() {
        String count = newTokens.get();
        String last = builder.node("Unsqueeze", cast(DecoderGraph.LAST_POSITION), builder.numbers(1));
        String first = builder.node("Sub", builder.node("Add", last, builder.number(1)), count);
        String steps = builder.node("Range", builder.number(0), builder.node("Squeeze", count), builder.number(1));
        return builder.node("Add", first, steps);
    }

    /** {@code S}, a vector of one value. */
    private String countNewTokens() {
        String count = builder.value();
        builder.node("Shape", count, List.of(DecoderGraph.TOKENS))
                .attribute("start", 1)
                .attribute("end", 2);
        return count;
    }

    private String cast(String value) {
        String cast = builder.value();
        builder.node("Cast", cast, List.of(value)).attribute("to", INT64);
        return cast;
    }
}
