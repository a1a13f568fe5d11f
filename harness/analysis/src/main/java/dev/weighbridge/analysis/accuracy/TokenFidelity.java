package dev.weighbridge.analysis.accuracy;

import java.util.Map;

/**
 * How close a candidate's next-token distribution is to the base's at one position. What is only known within bounds, because a
 * server gives the most likely tokens alone, is given by both bounds.
 *
 * @param divergenceLow least Kullback-Leibler divergence {@code Σ p_base (ln p_base − ln p)} that is possible, in nats
 * @param divergenceHigh largest that is possible, may be infinite
 * @param sameTop whether both have the same most likely token
 * @param changeLow least change of the token's probability that is possible, candidate less base
 * @param changeHigh largest change that is possible
 * @param baseLogprob of the token, in nats; NaN when it is not known
 * @param candidateLogprob of the token, in nats; the largest that is possible when it is not known
 * @param candidateKnown whether the candidate's log-probability of the token is known
 */
public record TokenFidelity(
        double divergenceLow,
        double divergenceHigh,
        boolean sameTop,
        double changeLow,
        double changeHigh,
        double baseLogprob,
        double candidateLogprob,
        boolean candidateKnown) {

    /** Mass up to which what is left of 1 may be rounding of single precision. */
    private static final double ROUNDING = 1e-6;

    /** Compares whole distributions, with the base's most likely token as the token. */
    public static TokenFidelity exact(float[] base, float[] candidate) {
        check(base, candidate);
        return exact(base, candidate, Softmax.top(base, 0, base.length));
    }

    /**
     * Compares whole distributions. A candidate whose logits hold NaN, or make no distribution, is infinitely far away.
     *
     * @param base log-probabilities or logits over the vocabulary
     * @param candidate the same of the candidate
     * @param token that came next, an index into both
     * @throws IllegalArgumentException when the vocabularies differ in size, the token is not in them, or the base's values make
     *     no distribution
     */
    public static TokenFidelity exact(float[] base, float[] candidate, int token) {
        check(base, candidate);
        if (token < 0 || token >= base.length) {
            throw new IllegalArgumentException(
                    "a token is an index into a vocabulary of " + base.length + ", got: " + token);
        }
        double baseLogprob = base[token] - Softmax.logSumExp(base, 0, base.length);
        if (Double.isNaN(baseLogprob)) {
            throw new IllegalArgumentException(
                    "the base's log-probabilities make no distribution: they hold NaN or infinity. Measure it again.");
        }
        double divergence = Softmax.divergence(base, candidate, 0, base.length);
        double candidateLogprob = candidate[token] - Softmax.logSumExp(candidate, 0, candidate.length);
        boolean broken = Double.isNaN(candidateLogprob);
        double logprob = broken ? Double.NEGATIVE_INFINITY : candidateLogprob;
        double change = Math.exp(logprob) - Math.exp(baseLogprob);
        boolean sameTop = !broken && Softmax.top(base, 0, base.length) == Softmax.top(candidate, 0, candidate.length);
        return new TokenFidelity(divergence, divergence, sameTop, change, change, baseLogprob, logprob, true);
    }

    /**
     * Compares what servers give of two distributions. The divergence is at least that of the tokens which both give, of those
     * which only the base gives as a whole, and of all others as a whole (the log sum inequality), where the candidate gives none
     * that it left out more than its k-th. It is at most that in which the candidate gives each such token no more than the
     * floor.
     *
     * @param base most likely tokens of the base
     * @param candidate most likely tokens of the candidate
     * @param token that came next
     * @param floor log-probability under which the candidate is assumed never to go, less than 0; minus infinity assumes nothing
     *     and mostly leaves the divergence without an upper bound
     * @throws IllegalArgumentException when the floor is not less than 0
     */
    public static TokenFidelity bounded(TopLogprobs base, TopLogprobs candidate, String token, double floor) {
        if (!(floor < 0)) {
            throw new IllegalArgumentException("a floor of log-probabilities is less than 0, got: " + floor);
        }
        Shared shared = Shared.of(base, candidate, floor);
        double low = shared.low(candidate);
        double tail = base.tail();
        double high =
                shared.divergence + shared.atFloor + (tail == 0 ? 0 : tail * (Math.log(base.mostUnlisted()) - floor));
        Double baseLogprob = base.logprobs().get(token);
        Double candidateLogprob = candidate.logprobs().get(token);
        double most = candidate.mostUnlisted();
        double baseLow = baseLogprob == null ? 0 : Math.exp(baseLogprob);
        double baseHigh = baseLogprob == null ? base.mostUnlisted() : baseLow;
        double candidateLow = candidateLogprob == null ? 0 : Math.exp(candidateLogprob);
        double candidateHigh = candidateLogprob == null ? most : candidateLow;
        return new TokenFidelity(
                low,
                Math.max(low, high),
                base.top().equals(candidate.top()),
                candidateLow - baseHigh,
                candidateHigh - baseLow,
                baseLogprob == null ? Double.NaN : baseLogprob,
                candidateLogprob == null ? Math.log(Math.max(ROUNDING, most)) : candidateLogprob,
                candidateLogprob != null);
    }

    private static void check(float[] base, float[] candidate) {
        if (base.length == 0 || base.length != candidate.length) {
            throw new IllegalArgumentException("distributions must be over the same vocabulary, got: " + base.length
                    + " and " + candidate.length + " tokens");
        }
    }

    /**
     * Sums over the tokens that the base gives.
     *
     * @param divergence of those that both give
     * @param baseMass of those that both give
     * @param candidateMass of those that both give
     * @param onlyBase mass of those that the candidate does not give
     * @param onlyBaseTokens number of those that the candidate does not give
     * @param atFloor divergence of those that the candidate does not give, if it has them at the floor
     */
    private record Shared(
            double divergence,
            double baseMass,
            double candidateMass,
            double onlyBase,
            int onlyBaseTokens,
            double atFloor) {

        static Shared of(TopLogprobs base, TopLogprobs candidate, double floor) {
            double divergence = 0;
            double baseMass = 0;
            double candidateMass = 0;
            double onlyBase = 0;
            int onlyBaseTokens = 0;
            double atFloor = 0;
            for (Map.Entry<String, Double> entry : base.logprobs().entrySet()) {
                double logprob = entry.getValue();
                double probability = Math.exp(logprob);
                Double other = candidate.logprobs().get(entry.getKey());
                if (other == null) {
                    onlyBase += probability;
                    onlyBaseTokens++;
                    atFloor += term(probability, logprob, floor);
                } else {
                    baseMass += probability;
                    candidateMass += Math.exp(other);
                    divergence += term(probability, logprob, other);
                }
            }
            return new Shared(divergence, baseMass, candidateMass, onlyBase, onlyBaseTokens, atFloor);
        }

        double low(TopLogprobs candidate) {
            double rest = Math.max(0, 1 - baseMass - onlyBase);
            double left = Math.max(ROUNDING, 1 - candidateMass);
            double most = Math.min(candidate.tail(), onlyBaseTokens * candidate.mostUnlisted());
            // The divergence is least where the candidate shares out what is left as the base does, as far as it can.
            double share = onlyBase == 0 ? 0 : Math.min(most, left * onlyBase / (onlyBase + rest));
            double sum = divergence
                    + term(onlyBase, Math.log(onlyBase), Math.log(Math.max(ROUNDING, share)))
                    + term(rest, Math.log(rest), Math.log(Math.max(ROUNDING, left - share)));
            return Math.max(0, sum);
        }

        private static double term(double probability, double logprob, double other) {
            return probability == 0 ? 0 : probability * (logprob - other);
        }
    }
}
