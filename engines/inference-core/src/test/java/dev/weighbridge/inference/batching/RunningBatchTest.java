package dev.weighbridge.inference.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunningBatchTest {
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void oneValueThatIsNoNumberIsFoundWhereverItStands(float value) {
        for (int length = 1; length <= 11; length++) {
            for (int at = 0; at < length; at++) {
                float[] values = new float[length];
                Arrays.fill(values, -3f);
                values[at] = value;
                assertThat(RunningBatch.finite(values))
                        .as("%d of %d", at, length)
                        .isFalse();
            }
        }
    }

    @Test
    void theLargestAndSmallestNumbersAreNumbers() {
        assertThat(RunningBatch.finite(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -0f, 0f}))
                .isTrue();
    }
}
