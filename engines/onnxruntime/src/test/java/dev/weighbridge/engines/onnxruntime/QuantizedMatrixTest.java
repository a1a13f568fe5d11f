package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedMatrixTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void everyWeightComesBackWithinHalfAStepOrOneAtTheUpperEnd(int bits) {
        int outputs = 5;
        int inputs = 71;
        float[] weights = random(outputs * inputs);

        QuantizedMatrix matrix = QuantizedMatrix.inBlocks(weights, outputs, inputs, bits, 32);

        assertThat(matrix.values().remaining()).isEqualTo(outputs * 3 * 32 * bits / 8);
        assertThat(matrix.scales()).hasSize(outputs * 3);
        for (int output = 0; output < outputs; output++) {
            for (int input = 0; input < inputs; input++) {
                float scale = matrix.scales()[output * 3 + input / 32];
                float back = (code(matrix, bits, output * 96 + input) - (1 << (bits - 1))) * scale;
                // The code for the opposite of the extreme does not exist, so that one may be a whole step off.
                assertThat(back).isCloseTo(weights[output * inputs + input], within(1.0001f * Math.abs(scale)));
            }
        }
    }

    @Test
    void theLargestMagnitudeOfABlockIsExactWhateverItsSign() {
        float[] weights = new float[32];
        weights[3] = 0.5f;
        weights[4] = -8;
        QuantizedMatrix negative = QuantizedMatrix.inBlocks(weights, 1, 32, 4, 32);
        weights[4] = 8;
        QuantizedMatrix positive = QuantizedMatrix.inBlocks(weights, 1, 32, 4, 32);

        assertThat((code(negative, 4, 4) - 8) * negative.scales()[0]).isEqualTo(-8);
        assertThat((code(positive, 4, 4) - 8) * positive.scales()[0]).isEqualTo(8);
    }

    @Test
    void fourBitCodesArePackedLowHalfFirst() {
        float[] weights = new float[32];
        weights[0] = -8;
        weights[1] = 7;
        weights[31] = 1;

        QuantizedMatrix matrix = QuantizedMatrix.inBlocks(weights, 1, 32, 4, 32);

        assertThat(matrix.scales()).containsExactly(1);
        assertThat(matrix.values().get(0) & 0xFF).isEqualTo(0xF0);
        assertThat(matrix.values().get(1) & 0xFF).isEqualTo(0x88);
        assertThat(matrix.values().get(15) & 0xFF).isEqualTo(0x98);
    }

    @Test
    void aBlockOfZerosAndTheFillingOfTheLastBlockDecodeToZero() {
        QuantizedMatrix matrix = QuantizedMatrix.inBlocks(new float[20], 1, 20, 8, 32);

        assertThat(matrix.scales()[0]).isZero();
        for (int i = 0; i < 32; i++) {
            assertThat(code(matrix, 8, i)).isEqualTo(128);
        }
    }

    @Test
    void scalesByOutputAndTransposes() {
        float[] weights = {127, -63.5f, 1, 0, -254, 2};

        QuantizedMatrix matrix = QuantizedMatrix.byOutput(weights, 2, 3);

        assertThat(matrix.scales()).containsExactly(1, 2);
        assertThat(matrix.values().array()).containsExactly(127, 0, -63, -127, 1, 1);
    }

    @Test
    void anOutputOfZerosStaysZero() {
        QuantizedMatrix matrix = QuantizedMatrix.byOutput(new float[4], 2, 2);

        assertThat(matrix.values().array()).containsExactly(0, 0, 0, 0);
        assertThat(matrix.scales()).containsExactly(0, 0);
    }

    private static int code(QuantizedMatrix matrix, int bits, int index) {
        if (bits == 8) {
            return matrix.values().get(index) & 0xFF;
        }
        int pair = matrix.values().get(index / 2) & 0xFF;
        return index % 2 == 0 ? pair & 0xF : pair >>> 4;
    }

    private static float[] random(int count) {
        Random random = new Random(5);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
