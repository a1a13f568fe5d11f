package dev.weighbridge.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.GenerationRequest.Sampling;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSamplerTest {
    private static final int DRAWS = 20_000;

    /** Probabilities 0.4, 0.1, 0.3, 0.2 at temperature 1. */
    private static final float[] LOGITS = {log(4), log(1), log(3), log(2)};

    private static float log(double value) {
        return (float) Math.log(value);
    }

    private static double[] frequencies(Sampling sampling, float[] logits) {
        TokenSampler sampler = new TokenSampler(sampling);
        int[] counts = new int[logits.length];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.choose(logits)]++;
        }
        return Arrays.stream(counts)
                .mapToDouble(count -> count / (double) DRAWS)
                .toArray();
    }

    /** Five standard deviations of a share of many draws, so that a good sampler passes whatever the seed. */
    private static void assertShares(double[] seen, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            double deviation = Math.sqrt(expected[i] * (1 - expected[i]) / DRAWS);
            assertThat(seen[i]).as("token %d", i).isBetween(expected[i] - 5 * deviation, expected[i] + 5 * deviation);
        }
    }

    @Test
    void greedyTakesTheHighestLogitAndTheLowestIdOfEqualOnes() {
        TokenSampler sampler = new TokenSampler(Sampling.GREEDY);
        assertThat(sampler.choose(new float[] {-3, 2, 2, -5})).isEqualTo(1);
        assertThat(sampler.choose(new float[] {-0f, 0f})).isZero();
        assertThat(sampler.choose(new float[] {Float.NaN, -4, -3})).isEqualTo(2);
    }

    @Test
    void temperatureOneDrawsFromTheSoftmax() {
        assertShares(frequencies(new Sampling(1, 0, 1, 11L), LOGITS), 0.4, 0.1, 0.3, 0.2);
    }

    @Test
    void temperatureDividesTheLogits() {
        // Squared probabilities, brought to one: 16, 1, 9 and 4 of 30.
        assertShares(frequencies(new Sampling(0.5, 0, 1, 12L), LOGITS), 16 / 30.0, 1 / 30.0, 9 / 30.0, 4 / 30.0);
    }

    @Test
    void topKKeepsTheLikeliest() {
        assertShares(frequencies(new Sampling(1, 2, 1, 13L), LOGITS), 4 / 7.0, 0, 3 / 7.0, 0);
        assertShares(frequencies(new Sampling(1, 1, 1, 13L), LOGITS), 1, 0, 0, 0);
        assertShares(frequencies(new Sampling(1, 400, 1, 13L), LOGITS), 0.4, 0.1, 0.3, 0.2);
    }

    @Test
    void topPKeepsTheSmallestSetThatReachesIt() {
        assertShares(frequencies(new Sampling(1, 0, 0.39, 14L), LOGITS), 1, 0, 0, 0);
        assertShares(frequencies(new Sampling(1, 0, 0.69, 14L), LOGITS), 4 / 7.0, 0, 3 / 7.0, 0);
        assertShares(frequencies(new Sampling(1, 0, 0.71, 14L), LOGITS), 4 / 9.0, 0, 3 / 9.0, 2 / 9.0);
    }

    @Test
    void topPCountsWithinTopK() {
        // Of 4/7 and 3/7, the first alone reaches one half.
        assertShares(frequencies(new Sampling(1, 2, 0.5, 15L), LOGITS), 1, 0, 0, 0);
    }

    @Test
    void nucleusOfManyTokensIsThatOfAFullSort() {
        SplittableRandom random = new SplittableRandom(4);
        for (double topP : new double[] {0.05, 0.5, 0.9, 0.999}) {
            float[] logits = new float[2000];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) (random.nextDouble() * 12);
            }
            boolean[] nucleus = new boolean[logits.length];
            double normalizer = LogProbabilities.normalizer(logits);
            double reached = 0;
            for (int token : LogProbabilities.likeliest(logits, logits.length)) {
                if (reached >= topP) {
                    break;
                }
                nucleus[token] = true;
                reached += Math.exp(logits[token] - normalizer);
            }
            double[] seen = frequencies(new Sampling(1, 0, topP, 16L), logits);
            assertThat(IntStream.range(0, logits.length).filter(i -> seen[i] > 0))
                    .allMatch(i -> nucleus[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE})
    void seedMakesDrawsRepeatable(long seed) {
        assertThat(draws(new Sampling(1, 0, 1, seed))).isEqualTo(draws(new Sampling(1, 0, 1, seed)));
        assertThat(draws(new Sampling(1, 0, 1, seed))).isNotEqualTo(draws(new Sampling(1, 0, 1, seed ^ 5)));
    }

    @Test
    void missingSeedDrawsAFreshOne() {
        assertThat(draws(new Sampling(1, 0, 1, null))).isNotEqualTo(draws(new Sampling(1, 0, 1, null)));
    }

    @Test
    void logitsAreNotChanged() {
        float[] logits = LOGITS.clone();
        frequencies(new Sampling(0.7, 3, 0.9, 17L), logits);
        assertThat(logits).isEqualTo(LOGITS);
    }

    @Test
    void smallestTemperatureTakesTheLikeliest() {
        assertShares(frequencies(new Sampling(1e-300, 0, 1, 18L), LOGITS), 1, 0, 0, 0);
    }

    @Test
    void overflowOfTheModelIsAFailureAndNoToken() {
        for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] logits = new float[5];
            Arrays.fill(logits, broken);
            for (Sampling sampling : new Sampling[] {Sampling.GREEDY, new Sampling(1, 2, 0.5, 1L)}) {
                assertThatExceptionOfType(EngineException.class)
                        .isThrownBy(() -> new TokenSampler(sampling).choose(logits))
                        .withMessageContaining("overflowed");
            }
        }
    }

    private static int[] draws(Sampling sampling) {
        TokenSampler sampler = new TokenSampler(sampling);
        return IntStream.range(0, 64).map(i -> sampler.choose(LOGITS)).toArray();
    }
}
