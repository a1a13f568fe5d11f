package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.engines.onnxruntime.LinearLayers.Input;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.Node;
import dev.weighbridge.inference.model.Alibi;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Attention.HeadNorm;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import dev.weighbridge.inference.model.Rotary;
import java.util.ArrayList;
import java.util.List;

/**
 * The attention of a graph: {@code com.microsoft.GroupQueryAttention}, which appends to the cache. It writes in place when
 * past and present are the same memory; otherwise it writes a present of its own.
 *
 * <p>The operator rotates queries and keys itself where it can; {@code com.microsoft.RotaryEmbedding} does it before where it
 * cannot. Heads of a size that the operator does not take are filled up with zeros on the way in, which change no product,
 * and cut on the way out.
 */
final class AttentionNodes {
    // GroupQueryAttention rotates so many values at a time.
    private static final int ROTATED_TOGETHER = 16;
    private static final int BIAS_INPUT = 10;

    private final GraphBuilder builder;
    private final LinearLayers linear;
    private final Norms norms;
    private final PositionNodes positions;

    AttentionNodes(GraphBuilder builder, LinearLayers linear, Norms norms, PositionNodes positions) {
        this.builder = builder;
        this.linear = linear;
        this.norms = norms;
        this.positions = positions;
    }

    String apply(Attention attention, int layer, Input input) {
        CacheShape cache = CacheShape.of(attention);
        int heads = attention.heads();
        String query = linear.apply(input, Role.of(Part.QUERY, layer), Role.of(Part.QUERY_BIAS, layer));
        String key = linear.apply(input, Role.of(Part.KEY, layer), Role.of(Part.KEY_BIAS, layer));
        String value = linear.apply(input, Role.of(Part.VALUE, layer), Role.of(Part.VALUE_BIAS, layer));
        query = prepared(attention, heads, Role.of(Part.QUERY_NORM, layer), query);
        key = prepared(attention, cache.heads(), Role.of(Part.KEY_NORM, layer), key);
        String attended = attend(
                attention,
                layer,
                widened(query, heads, attention.headSize(), cache.headSize()),
                widened(key, cache.heads(), attention.headSize(), cache.headSize()),
                widened(value, cache.heads(), attention.headSize(), cache.headSize()));
        return linear.apply(
                new Input(narrowed(attended, heads, cache.headSize(), attention.headSize())),
                Role.of(Part.ATTENTION_OUTPUT, layer),
                Role.of(Part.ATTENTION_OUTPUT_BIAS, layer));
    }

    private String attend(Attention attention, int layer, String query, String key, String value) {
        List<String> inputs = new ArrayList<>(List.of(
                query,
                key,
                value,
                DecoderGraph.pastKey(layer),
                DecoderGraph.pastValue(layer),
                DecoderGraph.LAST_POSITION,
                DecoderGraph.TOTAL_LENGTH));
        Rotary rotary = PositionTables.rotary(attention);
        boolean rotates = false;
        if (rotary != null && rotatesItself(attention, rotary)) {
            rotates = true;
            inputs.add(positions.cosine(rotary));
            inputs.add(positions.sine(rotary));
        }
        Alibi alibi = attention.alibi();
        if (alibi != null) {
            while (inputs.size() < BIAS_INPUT) {
                inputs.add("");
            }
            inputs.add(positions.bias(alibi));
        } else if (attention.relative() != null) {
            while (inputs.size() < BIAS_INPUT) {
                inputs.add("");
            }
            inputs.add(positions.relative());
        }
        String attended = builder.value();
        Node node = builder.graph()
                .microsoftNode(
                        "GroupQueryAttention",
                        inputs,
                        List.of(attended, DecoderGraph.presentKey(layer), DecoderGraph.presentValue(layer)))
                .attribute("num_heads", attention.heads())
                .attribute("kv_num_heads", attention.keyValueHeads())
                .attribute("do_rotary", rotates ? 1 : 0)
                .attribute("scale", (float) attention.scale());
        if (attention.window() > 0) {
            // Counts like ours: the token itself is one of them.
            node.attribute("local_window_size", attention.window());
        }
        if (attention.softcap() > 0) {
            node.attribute("softcap", (float) attention.softcap());
        }
        return attended;
    }

    /** Attention to what an encoder read, by plain operators: its keys and values are the same in every step. */
    String cross(Attention attention, int layer, Input input) {
        String length = positions.longestPrompt();
        String scores = scores(
                attention,
                headsFirst(attention, linear.apply(input, Role.of(Part.CROSS_QUERY, layer))),
                used(DecoderGraph.sourceKey(layer), length));
        String hidden = builder.node("Where", positions.ends(), builder.number(Float.NEGATIVE_INFINITY), scores);
        String mixed = mixed(attention, hidden, used(DecoderGraph.sourceValue(layer), length));
        return linear.apply(new Input(mixed), Role.of(Part.CROSS_OUTPUT, layer));
    }

    private String used(String cache, String length) {
        return builder.node("Slice", cache, builder.numbers(0), length, builder.numbers(2));
    }

    /** Attention of an encoder's tokens to each other, with what is added to their scores. */
    String among(Attention attention, int layer, Input input, String bias) {
        String query = headsFirst(attention, linear.apply(input, Role.of(Part.QUERY, layer)));
        String key = headsFirst(attention, linear.apply(input, Role.of(Part.KEY, layer)));
        String value = headsFirst(attention, linear.apply(input, Role.of(Part.VALUE, layer)));
        String scores = scores(attention, query, key);
        String biased = bias.isEmpty() ? scores : builder.node("Add", scores, bias);
        return linear.apply(new Input(mixed(attention, biased, value)), Role.of(Part.ATTENTION_OUTPUT, layer));
    }

    /** {@code [B, heads, S, headSize]} of {@code [B, S, width]}. */
    String headsFirst(Attention attention, String values) {
        if (attention.group() > 1) {
            throw new IllegalArgumentException("heads that share keys are not computed by plain operators");
        }
        return transposed(split(values, attention.heads(), attention.headSize()), 0, 2, 1, 3);
    }

    private String scores(Attention attention, String query, String key) {
        String products = builder.node("MatMul", query, transposed(key, 0, 1, 3, 2));
        return attention.scale() == 1
                ? products
                : builder.node("Mul", products, builder.number((float) attention.scale()));
    }

    private String mixed(Attention attention, String scores, String value) {
        String shares = builder.value();
        builder.node("Softmax", shares, List.of(scores)).attribute("axis", -1);
        return joined(transposed(builder.node("MatMul", shares, value), 0, 2, 1, 3), attention.querySize());
    }

    private String transposed(String values, int... order) {
        String output = builder.value();
        builder.node("Transpose", output, List.of(values)).attribute("perm", order);
        return output;
    }

    private static boolean rotatesItself(Attention attention, Rotary rotary) {
        return attention.headSize() % ROTATED_TOGETHER == 0 && rotary.size() % ROTATED_TOGETHER == 0;
    }

    /** Queries or keys as the attention shall have them, but for what it does itself. */
    private String prepared(Attention attention, int heads, Role weight, String values) {
        String result = values;
        HeadNorm norm = attention.headNorm();
        if (norm != null) {
            String split = split(values, heads, attention.headSize());
            result = joined(norms.heads(norm, weight, attention.headSize(), split), heads * attention.headSize());
        }
        Rotary rotary = PositionTables.rotary(attention);
        if (rotary != null && !rotatesItself(attention, rotary)) {
            String rotated = builder.value();
            builder.microsoftNode(
                            "RotaryEmbedding",
                            rotated,
                            List.of(result, positions.ids(), positions.cosine(rotary), positions.sine(rotary)))
                    .attribute("num_heads", heads)
                    .attribute("rotary_embedding_dim", rotary.size());
            result = rotated;
        }
        return result;
    }

    private String widened(String values, int heads, int from, int to) {
        if (from == to) {
            return values;
        }
        String padding = builder.numbers(0, 0, 0, 0, 0, 0, 0, to - from);
        return joined(builder.node("Pad", split(values, heads, from), padding), heads * to);
    }

    private String narrowed(String values, int heads, int from, int to) {
        if (from == to) {
            return values;
        }
        String cut = builder.node(
                "Slice", split(values, heads, from), builder.numbers(0), builder.numbers(to), builder.numbers(3));
        return joined(cut, heads * to);
    }

    /** {@code [B, S, heads, headSize]}. */
    private String split(String values, int heads, int headSize) {
        return builder.node("Reshape", values, builder.numbers(0, 0, heads, headSize));
    }

    /** {@code [B, S, width]}. */
    private String joined(String heads, int width) {
        return builder.node("Reshape", heads, builder.numbers(0, 0, width));
    }
}
