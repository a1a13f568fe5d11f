package dev.weighbridge.inference.sampling;

import dev.weighbridge.api.GenerationRequest.Sampling;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses the tokens of one answer. It keeps its own source of chance, so that a seeded answer does not depend on the
 * requests that happened to share its batch.
 */
public final class TokenSampler {
    private final Sampling sampling;
    private final SplittableRandom random;

    public TokenSampler(Sampling sampling) {
        this.sampling = sampling;
        Long seed = sampling.seed();
        this.random =
                new SplittableRandom(seed == null ? ThreadLocalRandom.current().nextLong() : seed);
    }

    /**
     * The next token.
     *
     * @param logits one value for each token of the vocabulary; not changed
     */
    public int choose(float[] logits) {
        if (sampling.greedy()) {
            return mostLikely(logits);
        }
        int[] candidates = byLikelihood(logits, sampling.topK() > 0 ? sampling.topK() : logits.length);
        double[] weights = new double[candidates.length];
        double sum = 0;
        for (int i = 0; i < candidates.length; i++) {
            weights[i] = Math.exp(((double) logits[candidates[i]] - logits[candidates[0]]) / sampling.temperature());
            sum += weights[i];
        }
        int kept = nucleus(weights, sum);
        double keptSum = 0;
        for (int i = 0; i < kept; i++) {
            keptSum += weights[i];
        }
        double ticket = random.nextDouble() * keptSum;
        for (int i = 0; i < kept; i++) {
            ticket -= weights[i];
            if (ticket < 0) {
                return candidates[i];
            }
        }
        return candidates[kept - 1];
    }

    /** The token with the highest logit, the one with the lowest id of several. */
    public static int mostLikely(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }

    /** The {@code count} tokens with the highest logits, highest first, lower ids first among equals. */
    public static int[] byLikelihood(float[] logits, int count) {
        Integer[] tokens = new Integer[logits.length];
        Arrays.setAll(tokens, token -> token);
        Arrays.sort(tokens, (left, right) -> {
            int order = Float.compare(logits[right], logits[left]);
            return order != 0 ? order : Integer.compare(left, right);
        });
        return Arrays.stream(tokens).limit(count).mapToInt(Integer::intValue).toArray();
    }

    /** Logarithm of the sum of the exponentials: a logit less this is the token's log-probability. */
    public static double logSumExp(float[] logits) {
        float highest = logits[mostLikely(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp((double) logit - highest);
        }
        return highest + Math.log(sum);
    }

    /** How many of the most likely tokens are needed to reach top-p (Holtzman et al., arXiv 1904.09751). */
    private int nucleus(double[] weights, double sum) {
        double reached = 0;
        for (int i = 0; i < weights.length; i++) {
            reached += weights[i];
            if (reached >= sampling.topP() * sum) {
                return i + 1;
            }
        }
        return weights.length;
    }
}
