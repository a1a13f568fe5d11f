package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.Precision;
import java.util.Arrays;

/** Linear layers that round weights and activations as {@link PyTorchBackend} tells, in plain Java. */
final class ReferenceLinear {
    private ReferenceLinear() {}

    static ReferenceDecoder.Linear of(Precision precision) {
        return switch (precision) {
            case FP32 -> ReferenceLinear::multiply;
            case BF16 -> (weights, input) -> multiply(allToBf16(weights), activationsToBf16(input));
            case INT8 -> (weights, input) -> multiply(byOutput(weights, input.length, true), activationsToBf16(input));
            case W8A8 -> (weights, input) -> multiply(byOutput(weights, input.length, false), input);
            case INT4 -> (weights, input) -> multiply(inBlocks(weights, input.length), activationsToBf16(input));
            case FP16 -> throw new IllegalArgumentException("not on the CPU");
        };
    }

    private static double[] multiply(float[] weights, double[] input) {
        double[] output = new double[weights.length / input.length];
        for (int o = 0; o < output.length; o++) {
            for (int i = 0; i < input.length; i++) {
                output[o] += weights[o * input.length + i] * input[i];
            }
        }
        return output;
    }

    private static float[] byOutput(float[] weights, int inputs, boolean shortScale) {
        float[] rounded = weights.clone();
        for (int row = 0; row < weights.length; row += inputs) {
            float largest = 0;
            for (int i = row; i < row + inputs; i++) {
                largest = Math.max(largest, Math.abs(weights[i]));
            }
            float scale = shortScale ? toBf16(largest / 127) : largest / 127;
            for (int i = row; i < row + inputs; i++) {
                rounded[i] = Math.max(-127, Math.min(127, (float) Math.rint(weights[i] / scale))) * scale;
            }
        }
        return rounded;
    }

    private static float[] inBlocks(float[] weights, int inputs) {
        float[] rounded = weights.clone();
        for (int row = 0; row < weights.length; row += inputs) {
            for (int start = row; start < row + inputs; start += LinearScript.BLOCK_SIZE) {
                int end = Math.min(row + inputs, start + LinearScript.BLOCK_SIZE);
                float extreme = 0;
                for (int i = start; i < end; i++) {
                    extreme = Math.abs(weights[i]) > Math.abs(extreme) ? weights[i] : extreme;
                }
                float scale = toBf16(extreme / -8);
                for (int i = start; i < end; i++) {
                    rounded[i] = Math.max(-8, Math.min(7, (float) Math.rint(weights[i] / scale))) * scale;
                }
            }
        }
        return rounded;
    }

    private static float[] allToBf16(float[] values) {
        float[] rounded = values.clone();
        for (int i = 0; i < values.length; i++) {
            rounded[i] = toBf16(values[i]);
        }
        return rounded;
    }

    private static double[] activationsToBf16(double[] values) {
        return Arrays.stream(values).map(value -> toBf16((float) value)).toArray();
    }

    /** The nearest value of sixteen bits, ties to even. */
    private static float toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7FFF + (bits >>> 16 & 1)) & 0xFFFF0000);
    }
}
