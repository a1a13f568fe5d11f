package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.reference.ReferenceDecoder.Linear;
import java.util.Arrays;

/** Linear layers that round weights and activations as a precision promises, written from the operators' documentation. */
final class ReferenceLinear {
    private ReferenceLinear() {}

    static Linear of(Precision precision) {
        return switch (precision) {
            case FP32 -> Linear::exact;
            case INT8, INT4 ->
                (weights, input) -> Linear.exact(
                        blockRounded(weights, input.length, precision.weightBits()), activationsInBlocks(input));
            case W8A8 ->
                (weights, input) ->
                        Linear.exact(rowRounded(weights, input.length), roundedTo127(input, 0, input.length));
            case FP16, BF16 -> throw new IllegalArgumentException("not on the CPU");
        };
    }

    /** The same weights, activations exact. */
    static Linear withExactActivations(Precision precision) {
        return switch (precision) {
            case FP32 -> Linear::exact;
            case INT8, INT4 ->
                (weights, input) -> Linear.exact(blockRounded(weights, input.length, precision.weightBits()), input);
            case W8A8 -> (weights, input) -> Linear.exact(rowRounded(weights, input.length), input);
            case FP16, BF16 -> throw new IllegalArgumentException("not on the CPU");
        };
    }

    private static float[] blockRounded(float[] weights, int inputs, int bits) {
        float[] rounded = weights.clone();
        int half = 1 << (bits - 1);
        for (int row = 0; row < weights.length; row += inputs) {
            for (int start = row; start < row + inputs; start += LinearLayers.BLOCK_SIZE) {
                int end = Math.min(row + inputs, start + LinearLayers.BLOCK_SIZE);
                float extreme = 0;
                for (int i = start; i < end; i++) {
                    extreme = Math.abs(weights[i]) > Math.abs(extreme) ? weights[i] : extreme;
                }
                float scale = -extreme / half;
                for (int i = start; i < end; i++) {
                    rounded[i] = Math.max(-half, Math.min(half - 1, Math.round(weights[i] / scale))) * scale;
                }
            }
        }
        return rounded;
    }

    private static float[] rowRounded(float[] weights, int inputs) {
        float[] rounded = weights.clone();
        for (int row = 0; row < weights.length; row += inputs) {
            float largest = 0;
            for (int i = row; i < row + inputs; i++) {
                largest = Math.max(largest, Math.abs(weights[i]));
            }
            for (int i = row; i < row + inputs; i++) {
                rounded[i] = Math.round(weights[i] / (largest / 127)) * (largest / 127);
            }
        }
        return rounded;
    }

    private static double[] activationsInBlocks(double[] input) {
        double[] rounded = new double[input.length];
        for (int start = 0; start < input.length; start += LinearLayers.BLOCK_SIZE) {
            int count = Math.min(LinearLayers.BLOCK_SIZE, input.length - start);
            System.arraycopy(roundedTo127(input, start, count), 0, rounded, start, count);
        }
        return rounded;
    }

    private static double[] roundedTo127(double[] input, int start, int count) {
        double[] part = Arrays.copyOfRange(input, start, start + count);
        double scale = Arrays.stream(part).map(Math::abs).max().orElseThrow() / 127;
        return Arrays.stream(part).map(v -> Math.rint(v / scale) * scale).toArray();
    }
}
