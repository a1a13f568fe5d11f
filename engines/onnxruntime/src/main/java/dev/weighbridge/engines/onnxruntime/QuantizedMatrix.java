package dev.weighbridge.engines.onnxruntime;

import java.nio.ByteBuffer;

/**
 * A weight matrix rounded to integers, in the memory layout of the operator that reads it.
 *
 * @param values packed integers, position 0
 * @param scales that turn them back into numbers
 */
record QuantizedMatrix(ByteBuffer values, float[] scales) {

    /**
     * Rounds to nearest in blocks along the inputs, symmetric around the middle code, for {@code com.microsoft.MatMulNBits}.
     *
     * <p>The value of largest magnitude in a block gets the lowest code, {@code 0}, so that the one code more that lies
     * below the middle is used on every block. Values of each output row follow one another block by block; four-bit codes
     * are packed two a byte, the earlier one in the low half; the last block of a row is filled up with the middle code.
     *
     * @param weights {@code [outputs, inputs]}, row-major
     * @param bits 4 or 8
     * @param blockSize weights that share a scale, even
     * @return values {@code [outputs, blocks, blockSize * bits / 8]}, scales {@code [outputs, blocks]}
     */
    static QuantizedMatrix inBlocks(float[] weights, int outputs, int inputs, int bits, int blockSize) {
        int blocks = blocks(inputs, blockSize);
        int blobSize = blockSize * bits / Byte.SIZE;
        byte[] values = new byte[Math.multiplyExact(Math.multiplyExact(outputs, blocks), blobSize)];
        float[] scales = new float[outputs * blocks];
        int[] codes = new int[blockSize];
        for (int output = 0; output < outputs; output++) {
            for (int block = 0; block < blocks; block++) {
                int index = output * blocks + block;
                int from = output * inputs + block * blockSize;
                int count = Math.min(blockSize, inputs - block * blockSize);
                scales[index] = encodeBlock(weights, from, count, bits, codes);
                pack(codes, bits, values, index * blobSize);
            }
        }
        return new QuantizedMatrix(ByteBuffer.wrap(values), scales);
    }

    /**
     * Rounds to nearest to signed eight-bit integers with one scale an output, for {@code com.microsoft.MatMulIntegerToFloat}.
     *
     * @param weights {@code [outputs, inputs]}, row-major
     * @return values {@code [inputs, outputs]}, which is the transpose, and one scale an output
     */
    static QuantizedMatrix byOutput(float[] weights, int outputs, int inputs) {
        byte[] values = new byte[weights.length];
        float[] scales = new float[outputs];
        for (int output = 0; output < outputs; output++) {
            float largest = Math.abs(extreme(weights, output * inputs, inputs));
            float scale = largest / Byte.MAX_VALUE;
            scales[output] = scale;
            for (int input = 0; input < inputs; input++) {
                float weight = weights[output * inputs + input];
                values[input * outputs + output] = (byte) (scale == 0 ? 0 : Math.round(weight / scale));
            }
        }
        return new QuantizedMatrix(ByteBuffer.wrap(values), scales);
    }

    /** Blocks that one row of {@code inputs} weights takes. */
    static int blocks(int inputs, int blockSize) {
        return (inputs + blockSize - 1) / blockSize;
    }

    private static float encodeBlock(float[] weights, int from, int count, int bits, int[] codes) {
        int middle = 1 << (bits - 1);
        int highest = (1 << bits) - 1;
        float scale = extreme(weights, from, count) / -middle;
        for (int i = 0; i < codes.length; i++) {
            codes[i] = i >= count || scale == 0
                    ? middle
                    : Math.max(0, Math.min(highest, Math.round(weights[from + i] / scale) + middle));
        }
        return scale;
    }

    /** The value of largest magnitude, with its sign. */
    private static float extreme(float[] weights, int from, int count) {
        float extreme = 0;
        for (int i = from; i < from + count; i++) {
            if (Math.abs(weights[i]) > Math.abs(extreme)) {
                extreme = weights[i];
            }
        }
        return extreme;
    }

    private static void pack(int[] codes, int bits, byte[] values, int at) {
        if (bits == Byte.SIZE) {
            for (int i = 0; i < codes.length; i++) {
                values[at + i] = (byte) codes[i];
            }
        } else {
            for (int i = 0; i < codes.length; i += 2) {
                values[at + i / 2] = (byte) (codes[i] | (codes[i + 1] << 4));
            }
        }
    }
}
