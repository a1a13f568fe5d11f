package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.model.Alibi;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Rotary;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Tables over positions that a decoder's blocks read, each once: cosines and sines of every {@link Rotary}, then the biases of
 * every {@link Alibi}.
 */
record ScriptTables(List<Rotary> rotaries, List<Alibi> alibis) {
    /**
     * One table.
     *
     * @param values row-major
     */
    record Table(float[] values, int rows, int columns) {}

    static ScriptTables of(Definition definition) {
        LinkedHashSet<Rotary> rotaries = new LinkedHashSet<>();
        LinkedHashSet<Alibi> alibis = new LinkedHashSet<>();
        definition.blocks().forEach(block -> {
            Attention attention = block.attention();
            if (attention.rotary() != null) {
                rotaries.add(attention.rotary());
            }
            if (attention.alibi() != null) {
                alibis.add(attention.alibi());
            }
        });
        return new ScriptTables(List.copyOf(rotaries), List.copyOf(alibis));
    }

    /** Where the cosines are; the sines are next. */
    int cosines(Rotary rotary) {
        return 2 * rotaries.indexOf(rotary);
    }

    int biases(Alibi alibi) {
        return 2 * rotaries.size() + alibis.indexOf(alibi);
    }

    /** The tables for positions from 0 on, in their order. */
    List<Table> filled(int positions) {
        List<Table> tables = new ArrayList<>();
        for (Rotary rotary : rotaries) {
            tables.add(cosines(rotary, positions));
            tables.add(sines(rotary, positions));
        }
        alibis.forEach(alibi -> tables.add(biases(alibi, positions)));
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
