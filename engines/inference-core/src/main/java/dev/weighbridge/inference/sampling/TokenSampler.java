package dev.weighbridge.inference.sampling;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.GenerationRequest.Sampling;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses the tokens of one answer. It keeps its own source of chance, so that a seeded answer does not depend on the
 * requests that happened to share its batch. Used by one thread at a time.
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
     * The next token: the likeliest one, or one drawn from the softmax of the logits over the temperature, of which the top-k
     * and then the top-p likeliest tokens are kept.
     *
     * @param logits one value for each token of the vocabulary; not changed
     * @throws EngineException of category FAILED when the logits are not finite numbers
     */
    public int choose(float[] logits) {
        int likeliest = mostLikely(logits);
        requireFinite(logits[likeliest]);
        if (sampling.greedy()) {
            return likeliest;
        }
        double[] weights = new double[logits.length];
        double sum = 0;
        for (int token = 0; token < logits.length; token++) {
            weights[token] = Math.exp(((double) logits[token] - logits[likeliest]) / sampling.temperature());
            sum += weights[token];
        }
        requireFinite(sum);
        boolean allKept = sampling.topP() == 1 && (sampling.topK() == 0 || sampling.topK() >= logits.length);
        return allKept ? draw(weights, sum) : draw(logits, weights, sum);
    }

    /** Whether {@link #choose} always takes the likeliest token. */
    public boolean greedy() {
        return sampling.greedy();
    }

    /** The token with the highest logit, the one with the lowest id of several; one that is not a number is never higher. */
    public static int mostLikely(float[] logits) {
        int best = 0;
        float highest = Float.NEGATIVE_INFINITY;
        for (int token = 0; token < logits.length; token++) {
            if (logits[token] > highest) {
                best = token;
                highest = logits[token];
            }
        }
        return best;
    }

    /** Draws from all tokens, in the order of their ids. */
    private int draw(double[] weights, double sum) {
        double ticket = random.nextDouble() * sum;
        int last = 0;
        for (int token = 0; token < weights.length; token++) {
            if (weights[token] > 0) {
                last = token;
                ticket -= weights[token];
                if (ticket < 0) {
                    return token;
                }
            }
        }
        // Rounding left a rest of the ticket.
        return last;
    }

    /** Draws from the top-k and top-p likeliest tokens, likeliest first. */
    private int draw(float[] logits, double[] weights, double sum) {
        int most = sampling.topK() == 0 ? logits.length : Math.min(sampling.topK(), logits.length);
        int[] candidates;
        if (most < logits.length) {
            candidates = LogProbabilities.likeliest(logits, most);
            sum = sum(weights, candidates, candidates.length);
        } else {
            candidates = LogProbabilities.likeliest(logits, nucleusAtMost(weights, sum));
        }
        int kept = nucleus(weights, candidates, sum);
        double ticket = random.nextDouble() * sum(weights, candidates, kept);
        for (int i = 0; i < kept; i++) {
            ticket -= weights[candidates[i]];
            if (ticket < 0) {
                return candidates[i];
            }
        }
        return candidates[kept - 1];
    }

    /**
     * A bound on the nucleus that needs no sorting: all tokens with less than (1 - p) / n of the probability hold less than
     * 1 - p together, so the others reach p.
     */
    private int nucleusAtMost(double[] weights, double sum) {
        double least = (1 - sampling.topP()) * sum / weights.length;
        int count = 0;
        for (double weight : weights) {
            if (weight >= least) {
                count++;
            }
        }
        return Math.max(1, count);
    }

    /** How many of the likeliest tokens are needed to reach top-p (Holtzman et al., arXiv 1904.09751). */
    private int nucleus(double[] weights, int[] candidates, double sum) {
        double reached = 0;
        for (int i = 0; i < candidates.length; i++) {
            reached += weights[candidates[i]];
            if (reached >= sampling.topP() * sum) {
                return i + 1;
            }
        }
        return candidates.length;
    }

    private static double sum(double[] weights, int[] candidates, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[candidates[i]];
        }
        return sum;
    }

    private static void requireFinite(double value) {
        if (!Double.isFinite(value)) {
            throw new EngineException(
                    EngineException.Category.FAILED,
                    "the model's logits hold " + value
                            + ": the computation overflowed. Use a wider precision, such as bf16 or fp32.");
        }
    }
}
