package dev.weighbridge.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogProbabilitiesTest {
    private static float[] random(SplittableRandom random, int size) {
        float[] logits = new float[size];
        for (int i = 0; i < size; i++) {
            // Few distinct values, so that there are many ties; zeros of both signs among them.
            logits[i] = (random.nextInt(21) - 10) * (random.nextBoolean() ? 0.5f : -0.5f);
        }
        return logits;
    }

    @Test
    void likeliestTokensAreThoseOfAStableSort() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 500; round++) {
            float[] logits = random(random, 1 + random.nextInt(300));
            int count = random.nextInt(logits.length + 3);
            int[] expected = IntStream.range(0, logits.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer token) -> -logits[token] + 0.0)
                            .thenComparing(Comparator.naturalOrder()))
                    .mapToInt(Integer::intValue)
                    .limit(count)
                    .toArray();
            assertThat(LogProbabilities.likeliest(logits, count)).isEqualTo(expected);
        }
    }

    @Test
    void extremeValuesAreOrderedAndWhatIsNoNumberComesLast() {
        float[] logits = {
            Float.NaN,
            -Float.MAX_VALUE,
            Float.MAX_VALUE,
            Float.NEGATIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            Float.MIN_VALUE,
            0f
        };
        assertThat(LogProbabilities.likeliest(logits, 7)).containsExactly(4, 2, 5, 6, 1, 0, 3);
    }

    @Test
    void probabilitiesAddUpToOne() {
        SplittableRandom random = new SplittableRandom(2);
        float[] logits = new float[1000];
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (random.nextDouble() * 400 - 100);
        }
        for (float logit : logits) {
            sum += Math.exp(logit - LogProbabilities.normalizer(logits));
        }
        assertThat(sum).isCloseTo(1, within(1e-12));
    }

    @Test
    void twoEqualLogitsHaveHalfOfTheProbabilityEach() {
        assertThat(7 - LogProbabilities.normalizer(new float[] {7, 7})).isCloseTo(Math.log(0.5), within(1e-15));
    }
}
