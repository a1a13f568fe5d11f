package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.checkpoint.DecoderDefinition;

/**
 * Cosines and sines of every position, float {@code [positions, headSize]}, laid out so that a head is rotated by
 * {@code head * cosine + roll(head, headSize / 2) * sine}: each pair's angle stands in both halves, and the sines of the first
 * half are negative.
 */
record RotaryTables(float[] cosines, float[] sines, int positions, int headSize) {
    static RotaryTables of(DecoderDefinition definition, int positions) {
        int size = definition.headSize();
        int half = size / 2;
        float[] cosines = new float[Math.multiplyExact(positions, size)];
        float[] sines = new float[cosines.length];
        for (int position = 0; position < positions; position++) {
            for (int pair = 0; pair < half; pair++) {
                double angle = definition.ropeAngle(position, pair);
                int first = position * size + pair;
                cosines[first] = (float) Math.cos(angle);
                cosines[first + half] = cosines[first];
                sines[first] = (float) -Math.sin(angle);
                sines[first + half] = -sines[first];
            }
        }
        return new RotaryTables(cosines, sines, positions, size);
    }
}
