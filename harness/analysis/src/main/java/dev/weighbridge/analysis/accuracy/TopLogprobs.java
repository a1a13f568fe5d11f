package dev.weighbridge.analysis.accuracy;

import java.util.Comparator;
import java.util.Map;

/**
 * What a server tells of a next-token distribution: the natural log-probabilities of its most likely tokens, and sometimes of one
 * that was asked for beside them.
 *
 * @param logprobs by token, at most 0 but for rounding
 * @param k how many most likely tokens were asked for, at least 1; a token that is not among the given ones is no likelier than
 *     the k-th of them
 */
public record TopLogprobs(Map<String, Double> logprobs, int k) {
    /** What servers round away, in a log-probability and in a sum of probabilities. */
    private static final double ROUNDING = 0.01;

    /**
     * @throws IllegalArgumentException when there are no tokens, k is less than 1, a value is over 0 or NaN, or the probabilities
     *     add up to more than 1
     */
    public TopLogprobs {
        logprobs = Map.copyOf(logprobs);
        if (logprobs.isEmpty() || k < 1) {
            throw new IllegalArgumentException(
                    "top log-probabilities need at least one token and a k of at least 1, got: " + logprobs.size()
                            + " tokens, k " + k);
        }
        double sum = 0;
        for (Map.Entry<String, Double> entry : logprobs.entrySet()) {
            if (!(entry.getValue() <= ROUNDING)) {
                throw new IllegalArgumentException("a log-probability is at most 0, got: " + entry.getValue()
                        + ". Are these logits, or probabilities?");
            }
            sum += Math.exp(entry.getValue());
        }
        if (sum > 1 + ROUNDING) {
            throw new IllegalArgumentException("the probabilities of a position add up to at most 1, got: " + sum
                    + ". Are they natural logarithms, and of one position?");
        }
    }

    /** The most likely token; of several the first in the order of their text. */
    public String top() {
        return logprobs.entrySet().stream()
                .min(Map.Entry.<String, Double>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
    }

    /** Probability of all tokens that are not given. */
    double tail() {
        return Math.max(0, 1 - logprobs.values().stream().mapToDouble(Math::exp).sum());
    }

    /** The most probability that a token which is not given can have. */
    double mostUnlisted() {
        double kth = logprobs.values().stream()
                .sorted(Comparator.reverseOrder())
                .limit(k)
                .mapToDouble(Double::doubleValue)
                .min()
                .orElseThrow();
        return Math.min(tail(), Math.exp(kth));
    }
}
