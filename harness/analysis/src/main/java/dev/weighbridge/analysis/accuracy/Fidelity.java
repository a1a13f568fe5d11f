package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.statistics.ClusteredMean;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How close a candidate's next-token distributions are to the base's over the tokens of many samples. Tokens are added one by
 * one and not kept: memory grows with the samples, by some sums of each, and not with the tokens.
 *
 * <p>Where distributions are only known within bounds, so are the figures: {@code …AtLeast} and {@code …AtMost} are the same when
 * all are exact. Every mean is over tokens, and its standard error is over samples, whose tokens err together.
 */
public final class Fidelity {
    private final Map<String, double[]> bySample = new LinkedHashMap<>();
    private final DivergenceFigures.Collector least = new DivergenceFigures.Collector();
    private final DivergenceFigures.Collector most = new DivergenceFigures.Collector();
    private boolean exact = true;

    /** What is summed up by sample. */
    public enum Sum {
        /** Tokens. */
        TOKENS(0),
        /** Least divergences that are possible, in nats. */
        DIVERGENCE_LOW(1),
        /** Largest divergences that are possible, in nats. */
        DIVERGENCE_HIGH(2),
        /** Tokens with the same most likely one. */
        SAME_TOP(3),
        /** Least changes of a token's probability that are possible. */
        CHANGE_LOW(4),
        /** Largest changes of a token's probability that are possible. */
        CHANGE_HIGH(5),
        /** Least squares of these changes that are possible. */
        SQUARE_LOW(6),
        /** Largest squares of these changes that are possible. */
        SQUARE_HIGH(7),
        /** Tokens whose log-probability the base gives. */
        LIKELIHOOD_TOKENS(8),
        /** Of these the base's log-probabilities, in nats. */
        BASE_LOGPROB(9),
        /** Of these the candidate's log-probabilities, in nats, or the largest that are possible. */
        CANDIDATE_LOGPROB(10),
        /** Of these the base's log-probability less the candidate's. */
        LOG_RATIO(11),
        /** Of these the tokens of which the candidate's log-probability is not known. */
        BOUNDED(12);

        private final int column;

        Sum(int column) {
            this.column = column;
        }

        /** Where it is in a row of {@link Fidelity#sums}. */
        public int column() {
            return column;
        }
    }

    /**
     * Adds a token.
     *
     * @param sample that the token belongs to, or the source that it shares with others
     * @param token how close the distributions are there
     */
    public void add(String sample, TokenFidelity token) {
        double[] sums = bySample.computeIfAbsent(sample, id -> new double[Sum.values().length]);
        least.add(token.divergenceLow());
        most.add(token.divergenceHigh());
        exact &= token.divergenceLow() == token.divergenceHigh() && token.candidateKnown();
        sums[Sum.TOKENS.column()]++;
        sums[Sum.DIVERGENCE_LOW.column()] += token.divergenceLow();
        sums[Sum.DIVERGENCE_HIGH.column()] += token.divergenceHigh();
        sums[Sum.SAME_TOP.column()] += token.sameTop() ? 1 : 0;
        addChange(sums, token.changeLow(), token.changeHigh());
        if (!Double.isNaN(token.baseLogprob())) {
            sums[Sum.LIKELIHOOD_TOKENS.column()]++;
            sums[Sum.BASE_LOGPROB.column()] += token.baseLogprob();
            sums[Sum.CANDIDATE_LOGPROB.column()] += token.candidateLogprob();
            sums[Sum.LOG_RATIO.column()] += logRatio(token);
            sums[Sum.BOUNDED.column()] += token.candidateKnown() ? 0 : 1;
        }
    }

    /** Tokens. */
    public long tokens() {
        return Math.round(total(Sum.TOKENS));
    }

    /** Samples. */
    public int samples() {
        return bySample.size();
    }

    /** Whether every distribution was known as a whole. */
    public boolean isExact() {
        return exact;
    }

    /**
     * Divergences, each the least that is possible.
     *
     * @throws IllegalStateException when there are no tokens, as all figures do
     */
    public DivergenceFigures divergenceAtLeast() {
        return least.figures(mean(Sum.DIVERGENCE_LOW));
    }

    /** Divergences, each the largest that is possible. */
    public DivergenceFigures divergenceAtMost() {
        return most.figures(mean(Sum.DIVERGENCE_HIGH));
    }

    /** Share of the tokens at which both have the same most likely one. */
    public ClusteredMean topAgreement() {
        return mean(Sum.SAME_TOP);
    }

    /** Mean change of the token's probability, candidate less base, each the least that is possible. */
    public ClusteredMean changeAtLeast() {
        return mean(Sum.CHANGE_LOW);
    }

    /** The same mean, each change the largest that is possible. */
    public ClusteredMean changeAtMost() {
        return mean(Sum.CHANGE_HIGH);
    }

    /** Root mean square of the change of the token's probability, the least that is possible. */
    public double rootMeanSquareChangeAtLeast() {
        return Math.sqrt(mean(Sum.SQUARE_LOW).mean());
    }

    /** The same, the largest that is possible. */
    public double rootMeanSquareChangeAtMost() {
        return Math.sqrt(mean(Sum.SQUARE_HIGH).mean());
    }

    /** Perplexity of the candidate over that of the base; {@code null} when the base gives no token's log-probability. */
    public @Nullable PerplexityRatio perplexityRatio() {
        if (total(Sum.LIKELIHOOD_TOKENS) == 0) {
            return null;
        }
        ClusteredMean logRatio = ClusteredMean.ofSums(column(Sum.LOG_RATIO), column(Sum.LIKELIHOOD_TOKENS));
        return new PerplexityRatio(logRatio, Math.round(total(Sum.LIKELIHOOD_TOKENS)), Math.round(total(Sum.BOUNDED)));
    }

    /** The sums of each sample, each in its {@link Sum#column}, for a bootstrap of other figures. */
    public double[][] sums() {
        return bySample.values().stream().map(double[]::clone).toArray(double[][]::new);
    }

    private static void addChange(double[] sums, double low, double high) {
        double lowSquare = low * low;
        double highSquare = high * high;
        boolean holdsZero = low <= 0 && high >= 0;
        sums[Sum.CHANGE_LOW.column()] += low;
        sums[Sum.CHANGE_HIGH.column()] += high;
        sums[Sum.SQUARE_LOW.column()] += holdsZero ? 0 : Math.min(lowSquare, highSquare);
        sums[Sum.SQUARE_HIGH.column()] += Math.max(lowSquare, highSquare);
    }

    private static double logRatio(TokenFidelity token) {
        // A token that both rule out is predicted as badly by both, not infinitely worse or better.
        return token.baseLogprob() == token.candidateLogprob() ? 0 : token.baseLogprob() - token.candidateLogprob();
    }

    private ClusteredMean mean(Sum sum) {
        if (bySample.isEmpty()) {
            throw new IllegalStateException("nothing is said of no tokens: add tokens before asking for figures");
        }
        return ClusteredMean.ofSums(column(sum), column(Sum.TOKENS));
    }

    private double[] column(Sum sum) {
        return bySample.values().stream()
                .mapToDouble(sums -> sums[sum.column()])
                .toArray();
    }

    private double total(Sum sum) {
        double total = 0;
        for (double[] sums : bySample.values()) {
            total += sums[sum.column()];
        }
        return total;
    }
}
