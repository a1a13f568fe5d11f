package dev.weighbridge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecoderWeightsTest {
    private static final DecoderShape SMALL = new DecoderShape(300, 64, 2, 4, 2, 16, 96, 1e-5, 10_000, 256);

    @Test
    void theValueOfLargestMagnitudeSurvivesFourBitsExactly() {
        float[] block = new float[32];
        block[3] = -0.8f;
        block[4] = 0.8f;
        block[5] = 0.24f;
        block[6] = 0.06f;

        float[] rounded = DecoderWeights.throughInt4(block);

        // Level 0 stands for -0.8, one level is 0.1, and level 15 is the highest: 0.8 becomes 0.7.
        assertThat(rounded[3]).isEqualTo(-0.8f);
        assertThat(rounded[4]).isCloseTo(0.7f, within(1e-6f));
        assertThat(rounded[5]).isCloseTo(0.2f, within(1e-6f));
        assertThat(rounded[6]).isCloseTo(0.1f, within(1e-6f));
        assertThat(rounded[7]).isZero();
    }

    @Test
    void aBlockOfZerosStaysZero() {
        assertThat(DecoderWeights.throughInt4(new float[64])).containsOnly(0f);
    }

    @Test
    void blocksAreRoundedOnTheirOwn() {
        float[] values = new float[64];
        values[0] = 8;
        values[1] = 0.3f;
        values[32] = -0.8f;
        values[33] = 0.3f;

        float[] rounded = DecoderWeights.throughInt4(values);

        assertThat(rounded[1]).isZero();
        assertThat(rounded[33]).isCloseTo(0.3f, within(1e-6f));
    }

    @Test
    void onlyProjectionsGoThroughFourBits() {
        List<DecoderWeights.Weight> weights = DecoderWeights.initial(SMALL, 1);
        List<DecoderWeights.Weight> rounded = DecoderWeights.throughInt4(weights);

        for (int i = 0; i < weights.size(); i++) {
            boolean same = Arrays.equals(weights.get(i).values(), rounded.get(i).values());
            assertThat(same)
                    .as(weights.get(i).name())
                    .isEqualTo(!weights.get(i).name().endsWith("_proj.weight"));
        }
    }

    @Test
    void theOrderIsTheOneThatTheScriptCountsBy() {
        List<DecoderWeights.Weight> weights = DecoderWeights.initial(SMALL, 1);

        assertThat(weights).hasSize(2 + 2 * 9);
        assertThat(weights.get(2 + 9 + 1).name()).isEqualTo("model.layers.1.self_attn.q_proj.weight");
        assertThat(weights.get(2 + 9 + 8).name()).isEqualTo("model.layers.1.mlp.down_proj.weight");
        assertThat(weights.get(2 + 9 + 8).shape()).containsExactly(64, 96);
    }

    @Test
    void theSeedDecidesTheWeights() {
        assertThat(DecoderWeights.initial(SMALL, 1).get(0).values())
                .isEqualTo(DecoderWeights.initial(SMALL, 1).get(0).values())
                .isNotEqualTo(DecoderWeights.initial(SMALL, 2).get(0).values());
    }

    @Test
    void rotaryTablesHoldTheAngleOfEachPositionAndPair() {
        float[] cosines = DecoderWeights.rotary(SMALL, 4, true);
        float[] sines = DecoderWeights.rotary(SMALL, 4, false);

        assertThat(cosines).hasSize(4 * 8);
        assertThat(cosines[0]).isEqualTo(1f);
        assertThat(sines[3 * 8]).isCloseTo((float) Math.sin(3), within(1e-6f));
        assertThat(sines[3 * 8 + 7]).isCloseTo((float) Math.sin(3 * Math.pow(10_000, -14.0 / 16)), within(1e-6f));
    }
}
