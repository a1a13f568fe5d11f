package dev.weighbridge.analysis.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BlockNoiseTest {
    private static CapacityEstimate estimate(Double bestRate, double... rates) {
        Map<Integer, Double> byBlock = new TreeMap<>();
        for (double rate : rates) {
            byBlock.put(byBlock.size() + 1, rate);
        }
        return new CapacityEstimate(null, byBlock, Map.of(), 32.0, bestRate, List.of());
    }

    @Test
    void deviationsArePooledOverTheVariantsThatHaveSeveralBlocks() {
        double e = Math.E;
        BlockNoise noise = BlockNoise.of(List.of(estimate(null, 1, e), estimate(null, e, e * e, 1), estimate(null, 7)));
        // Squares 0.5 and 2 on one and two degrees of freedom.
        assertThat(noise.deviation()).isCloseTo(Math.sqrt(2.5 / 3), within(1e-12));
    }

    @Test
    void aSingleBlockIsAllowedTwoDeviationsAndSeveralSpeakForThemselves() {
        BlockNoise noise = new BlockNoise(0.2);
        assertThat(noise.room(estimate(null, 5))).isCloseTo(Math.exp(0.4), within(1e-12));
        assertThat(noise.room(estimate(null, 5, 6))).isEqualTo(1);
        assertThat(noise.best(estimate(10.0))).isCloseTo(10 * 1.1 * Math.exp(0.4) / 1.5, within(1e-12));
    }

    @Test
    void beforeTheNoiseIsKnownARoomIsLeftAllTheSame() {
        BlockNoise unknown = BlockNoise.of(List.of(estimate(null, 5)));
        assertThat(unknown.deviation()).isZero();
        assertThat(unknown.room(estimate(null, 5))).isEqualTo(1.25);
        assertThat(unknown.room(estimate(10.0))).isEqualTo(1);
        assertThat(unknown.best(estimate(null))).isNull();
    }
}
