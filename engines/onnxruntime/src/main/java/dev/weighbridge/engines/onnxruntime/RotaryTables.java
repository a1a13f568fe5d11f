package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import java.nio.FloatBuffer;

/**
 * Cosines and sines of every position and frequency pair, float {@code [positions, headSize / 2]} in direct buffers.
 *
 * <p>They are inputs of the graph, not part of it, so that an artifact serves any context length.
 */
record RotaryTables(FloatBuffer cosine, FloatBuffer sine, long[] shape) {
    static RotaryTables of(DecoderDefinition definition, int positions) {
        int pairs = definition.headSize() / 2;
        int bytes = Math.multiplyExact(Math.multiplyExact(positions, pairs), Float.BYTES);
        FloatBuffer cosine = KeyValueCache.direct(bytes).asFloatBuffer();
        FloatBuffer sine = KeyValueCache.direct(bytes).asFloatBuffer();
        for (int position = 0; position < positions; position++) {
            for (int pair = 0; pair < pairs; pair++) {
                double angle = definition.ropeAngle(position, pair);
                cosine.put(position * pairs + pair, (float) Math.cos(angle));
                sine.put(position * pairs + pair, (float) Math.sin(angle));
            }
        }
        return new RotaryTables(cosine, sine, new long[] {positions, pairs});
    }
}
