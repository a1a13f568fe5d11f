package dev.weighbridge.engines.pytorch;

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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Tables over positions that a model's blocks read, each once: cosines and sines of every {@link Rotary}, then the biases of
 * every {@link Alibi}, then those of all {@link RelativeBuckets}.
 */
record ScriptTables(List<Rotary> rotaries, List<Alibi> alibis, List<Relative> relatives) {
    /**
     * Learned biases of distances.
     *
     * @param role that holds them by bucket
     */
    record Relative(RelativeBuckets buckets, Role role) {}

    /**
     * One table.
     *
     * @param values row-major
     */
    record Table(float[] values, int rows, int columns) {}

    static ScriptTables of(Definition definition) {
        LinkedHashSet<Rotary> rotaries = new LinkedHashSet<>();
        LinkedHashSet<Alibi> alibis = new LinkedHashSet<>();
        List<Relative> relatives = new ArrayList<>();
        relative(definition.blocks(), Role.of(Part.RELATIVE_BIASES)).ifPresent(relatives::add);
        Encoder encoder = definition.encoder();
        if (encoder != null) {
            relative(encoder.blocks(), Role.of(Part.ENCODER_RELATIVE_BIASES)).ifPresent(relatives::add);
        }
        definition.blocks().forEach(block -> {
            Attention attention = block.attention();
            if (attention.rotary() != null) {
                rotaries.add(attention.rotary());
            }
            if (attention.alibi() != null) {
                alibis.add(attention.alibi());
            }
        });
        return new ScriptTables(List.copyOf(rotaries), List.copyOf(alibis), List.copyOf(relatives));
    }

    private static Optional<Relative> relative(List<Block> blocks, Role role) {
        RelativeBuckets buckets = blocks.get(0).attention().relative();
        return buckets == null ? Optional.empty() : Optional.of(new Relative(buckets, role));
    }

    /** Where the cosines are; the sines are next. */
    int cosines(Rotary rotary) {
        return 2 * rotaries.indexOf(rotary);
    }

    int biases(Alibi alibi) {
        return 2 * rotaries.size() + alibis.indexOf(alibi);
    }

    /**
     * Where the biases of distances are: {@code [offsets, heads]}, by a key's position less the query's. Those of one direction
     * begin with the offset 0 and go back; those of both begin with the lowest.
     */
    int biases(RelativeBuckets buckets) {
        int first = 2 * rotaries.size() + alibis.size();
        return first + relatives.stream().map(Relative::buckets).toList().indexOf(buckets);
    }

    /**
     * The tables for positions from 0 on, in their order.
     *
     * @param weights that hold what is learned of them
     */
    List<Table> filled(int positions, Weights weights) {
        List<Table> tables = new ArrayList<>();
        for (Rotary rotary : rotaries) {
            tables.add(cosines(rotary, positions));
            tables.add(sines(rotary, positions));
        }
        alibis.forEach(alibi -> tables.add(biases(alibi, positions)));
        relatives.forEach(relative -> tables.add(biases(relative, positions, weights)));
        return tables;
    }

    /** {@code [positions, rotated]}, each pair's in both halves. */
    private static Table cosines(Rotary rotary, int positions) {
        int size = rotary.size();
        float[] values = new float[Math.multiplyExact(positions, size)];
        for (int position = 0; position < positions; position++) {
            for (int pair = 0; pair < size / 2; pair++) {
                int first = position * size + pair;
                values[first] = rotary.cosine(position, pair);
                values[first + size / 2] = values[first];
            }
        }
        return new Table(values, positions, size);
    }

    /** The same of sines; those of the first half are negative, for {@code x * cosine + roll(x, rotated / 2) * sine}. */
    private static Table sines(Rotary rotary, int positions) {
        int size = rotary.size();
        float[] values = new float[Math.multiplyExact(positions, size)];
        for (int position = 0; position < positions; position++) {
            for (int pair = 0; pair < size / 2; pair++) {
                int first = position * size + pair;
                values[first] = -rotary.sine(position, pair);
                values[first + size / 2] = -values[first];
            }
        }
        return new Table(values, positions, size);
    }

    private static Table biases(Relative relative, int positions, Weights weights) {
        RelativeBuckets buckets = relative.buckets();
        float[] learned = weights.floats(relative.role());
        int heads = learned.length / buckets.count();
        int offsets = buckets.bidirectional() ? 2 * positions - 1 : positions;
        float[] values = new float[Math.multiplyExact(offsets, heads)];
        for (int row = 0; row < offsets; row++) {
            int offset = buckets.bidirectional() ? row - (positions - 1) : -row;
            System.arraycopy(learned, buckets.of(offset) * heads, values, row * heads, heads);
        }
        return new Table(values, offsets, heads);
    }

    /** {@code [heads, positions]}. */
    private static Table biases(Alibi alibi, int positions) {
        int heads = alibi.slopes().size();
        float[] values = new float[Math.multiplyExact(heads, positions)];
        for (int head = 0; head < heads; head++) {
            for (int position = 0; position < positions; position++) {
                values[head * positions + position] = alibi.bias(head, position);
            }
        }
        return new Table(values, heads, positions);
    }
}
