package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.reference.ReferenceDecoder.Linear;
import java.util.Arrays;

/** Linear layers that round weights and activations as {@link PyTorchBackend} tells, in plain Java. */
final class ReferenceLinear {
    private ReferenceLinear() {}

    /** The layer of a precision other than w8a8, whatever the processor. */
    static Linear of(Precision precision) {
        return switch (precision) {
            case FP32 -> Linear::exact;
            case BF16 -> (weights, input) -> toBf16(Linear.exact(toBf16(weights), toBf16(input)));
            case INT8 -> (weights, input) -> toBf16(Linear.exact(byOutput(weights, input.length, true), toBf16(input)));
            case INT4 -> (weights, input) -> toBf16(Linear.exact(inBlocks(weights, input.length), toBf16(input)));
            case W8A8, FP16 -> throw new IllegalArgumentException(precision + " has no layer of this kind");
        };
    }

    /** Weights of w8a8 alone, their inputs left as they are. */
    static Linear w8a8WithExactActivations() {
        return (weights, input) -> Linear.exact(byOutput(weights, input.length, false), input);
    }

    /**
     * The layer of w8a8 for a call of one token: codes of weights times codes of activations, summed as integers.
     *
     * @param activationBits 8, or 7 where the processor's byte products may saturate
     * @param saturating whether the sum of two neighbouring products is clamped to 16 bits, as VPMADDUBSW does
     */
    static Linear w8a8(int activationBits, boolean saturating) {
        return (weights, input) -> {
            ActivationCodes codes = ActivationCodes.of(input, (1 << activationBits) - 1);
            double[] scales = scales(weights, input.length);
            int[] row = codes.of(input);
            double[] output = new double[scales.length];
            for (int o = 0; o < scales.length; o++) {
                output[o] = product(weights, o * input.length, scales[o], row, codes.zero(), saturating)
                        * scales[o]
                        * codes.scale();
            }
            return output;
        };
    }

    private static long product(float[] weights, int at, double scale, int[] codes, int zero, boolean saturating) {
        long sum = 0;
        for (int i = 0; i < codes.length; i += 2) {
            long first = Math.round(weights[at + i] / scale);
            long second = i + 1 < codes.length ? Math.round(weights[at + i + 1] / scale) : 0;
            long pair = codes[i] * first + (second == 0 ? 0 : codes[i + 1] * second);
            long kept = saturating ? Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, pair)) : pair;
            sum += kept - zero * (first + second);
        }
        return sum;
    }

    /**
     * How all activations of one call are turned into unsigned codes.
     *
     * @param scale width of a step
     * @param zero code that stands for 0
     * @param largest code
     */
    private record ActivationCodes(float scale, int zero, int largest) {
        /** The range is widened to hold 0, which must have a code of its own; the end with the smaller error fixes it. */
        static ActivationCodes of(double[] input, int largest) {
            double low = Math.min(0, Arrays.stream(input).min().orElseThrow());
            double high = Math.max(0, Arrays.stream(input).max().orElseThrow());
            float scale = (float) ((high - low) / largest);
            double fromLow = -low / scale;
            double fromHigh = largest - high / scale;
            double errorOfLow = Math.abs(low / scale);
            double errorOfHigh = largest + Math.abs(high / scale);
            double zero = Math.rint(errorOfLow < errorOfHigh ? fromLow : fromHigh);
            return new ActivationCodes(scale, (int) Math.max(0, Math.min(largest, zero)), largest);
        }

        int[] of(double[] values) {
            return Arrays.stream(values)
                    .mapToInt(value -> (int) Math.max(0, Math.min(largest, Math.rint(value / scale + zero))))
                    .toArray();
        }
    }

    /** One scale an output, as fp32 holds it. */
    private static double[] scales(float[] weights, int inputs) {
        double[] scales = new double[weights.length / inputs];
        for (int o = 0; o < scales.length; o++) {
            float largest = 0;
            for (int i = o * inputs; i < (o + 1) * inputs; i++) {
                largest = Math.max(largest, Math.abs(weights[i]));
            }
            scales[o] = largest / 127;
        }
        return scales;
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

    private static float[] toBf16(float[] values) {
        float[] rounded = values.clone();
        for (int i = 0; i < values.length; i++) {
            rounded[i] = toBf16(values[i]);
        }
        return rounded;
    }

    private static double[] toBf16(double[] values) {
        return Arrays.stream(values).map(value -> toBf16((float) value)).toArray();
    }

    /** The nearest value of sixteen bits, ties to even. */
    private static float toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7FFF + (bits >>> 16 & 1)) & 0xFFFF0000);
    }
}
