package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.inference.checkpoint.Weights;
import dev.weighbridge.inference.model.Alibi;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Encoder;
import dev.weighbridge.inference.model.RelativeBuckets;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import dev.weighbridge.inference.model.Rotary;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What attention needs to know of every position: cosines and sines of each kind of rotation in a model, its linear biases,
 * and those that it has learned for distances.
 *
 * <p>They are inputs of the graph, not part of it, so that an artifact serves any context length.
 *
 * @param tables by name of the input
 */
record PositionTables(Map<String, Table> tables) {
    /**
     * Values of all positions.
     *
     * @param values in a direct buffer
     */
    record Table(FloatBuffer values, long[] shape) {
        private static Table of(long... shape) {
            int bytes = Float.BYTES;
            for (long dimension : shape) {
                bytes = Math.multiplyExact(bytes, Math.toIntExact(dimension));
            }
            return new Table(DirectMemory.zeroed(bytes).asFloatBuffer(), shape);
        }

        /** The same values under a position and a limit of their own. */
        FloatBuffer view() {
            return values.duplicate();
        }
    }

    /** Input of a decoder's learned biases, float {@code [C, heads]}, by how far back a key is. */
    static final String RELATIVE = "relative_bias";

    /** Input of an encoder's, float {@code [2 * C - 1, heads]}, by how far on a key is, the farthest back first. */
    static final String RELATIVE_OF_ENCODER = "encoder_relative_bias";

    /** The tables that a decoder reads. */
    static PositionTables of(Definition definition, Weights weights, int positions) {
        Map<String, Table> tables = new LinkedHashMap<>();
        List<Rotary> rotaries = rotaries(definition);
        for (int i = 0; i < rotaries.size(); i++) {
            Rotary rotary = rotaries.get(i);
            tables.put(cosine(i), rotation(rotary, positions, rotary::cosine));
            tables.put(sine(i), rotation(rotary, positions, rotary::sine));
        }
        List<Alibi> alibis = alibis(definition);
        for (int i = 0; i < alibis.size(); i++) {
            tables.put(bias(i), biases(alibis.get(i), positions));
        }
        RelativeBuckets relative = definition.attention(0).relative();
        if (relative != null) {
            float[] learned = weights.floats(Role.of(Part.RELATIVE_BIASES));
            tables.put(RELATIVE, relative(relative, learned, positions, row -> -row));
        }
        return new PositionTables(tables);
    }

    /** The tables that an encoder reads. */
    static PositionTables ofEncoder(Encoder encoder, Weights weights, int positions) {
        RelativeBuckets relative = encoder.blocks().get(0).attention().relative();
        if (relative == null) {
            return new PositionTables(Map.of());
        }
        float[] learned = weights.floats(Role.of(Part.ENCODER_RELATIVE_BIASES));
        int first = -(positions - 1);
        return new PositionTables(
                Map.of(RELATIVE_OF_ENCODER, relative(relative, learned, 2 * positions - 1, row -> first + row)));
    }

    private static Table relative(RelativeBuckets buckets, float[] learned, int rows, IntUnaryOperator offset) {
        int heads = learned.length / buckets.count();
        Table table = Table.of(rows, heads);
        for (int row = 0; row < rows; row++) {
            table.values().put(row * heads, learned, buckets.of(offset.applyAsInt(row)) * heads, heads);
        }
        return table;
    }

    /** How a block rotates; {@code null} also where it rotates nothing. */
    static @Nullable Rotary rotary(Attention attention) {
        Rotary rotary = attention.rotary();
        return rotary == null || rotary.size() == 0 ? null : rotary;
    }

    /** The kinds of rotation that a model has. */
    static List<Rotary> rotaries(Definition definition) {
        return distinct(definition, PositionTables::rotary);
    }

    /** The kinds of linear biases that a model has. */
    static List<Alibi> alibis(Definition definition) {
        return distinct(definition, Attention::alibi);
    }

    /** Input of the cosines of a kind of rotation, float {@code [C, rotary size / 2]}. */
    static String cosine(int kind) {
        return "rotary_cosine." + kind;
    }

    static String sine(int kind) {
        return "rotary_sine." + kind;
    }

    /** Input of a kind of linear biases, float {@code [1, heads, 1, C]}. */
    static String bias(int kind) {
        return "position_bias." + kind;
    }

    private static <T> List<T> distinct(Definition definition, Function<Attention, @Nullable T> part) {
        return definition.blocks().stream()
                .map(Block::attention)
                .map(part)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private interface OfPair {
        float at(int position, int pair);
    }

    private static Table rotation(Rotary rotary, int positions, OfPair values) {
        int pairs = rotary.size() / 2;
        Table table = Table.of(positions, pairs);
        for (int position = 0; position < positions; position++) {
            for (int pair = 0; pair < pairs; pair++) {
                table.values().put(position * pairs + pair, values.at(position, pair));
            }
        }
        return table;
    }

    private static Table biases(Alibi alibi, int positions) {
        int heads = alibi.slopes().size();
        Table table = Table.of(1, heads, 1, positions);
        for (int head = 0; head < heads; head++) {
            for (int position = 0; position < positions; position++) {
                table.values().put(head * positions + position, alibi.bias(head, position));
            }
        }
        return table;
    }
}
