package dev.weighbridge.analysis.accuracy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;

/**
 * How close two next-token distributions are of which one is known whole and of the other only the most likely tokens. Both bounds of
 * the divergence are sharp for the tail: the tokens that the other side does not give share out what is left of 1, and none of
 * them has more than the least likely of those that it gives.
 */
final class OneSidedFidelity {
    /** Mass up to which what is left of 1 may be rounding of single precision. */
    private static final double ROUNDING = 1e-6;

    private final double[] whole;
    private final double[] logWhole;
    /** Tokens that the other side gives, by id. */
    private final BitSet given = new BitSet();
    /** What it gives of them; 0 elsewhere. */
    private final double[] logGiven;
    /** What is left for the tokens that it does not give. */
    private final double rest;
    /** The most that one of them can have. */
    private final double most;

    private OneSidedFidelity(float[] logits, double norm, TopLogprobs top, Vocabulary vocabulary) {
        whole = new double[logits.length];
        logWhole = new double[logits.length];
        logGiven = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            logWhole[i] = logits[i] - norm;
            whole[i] = Math.exp(logWhole[i]);
        }
        double sum = 0;
        double largest = top.mostUnlisted();
        for (Map.Entry<String, Double> entry : top.logprobs().entrySet()) {
            int id = vocabulary.id(entry.getKey());
            double probability = Math.exp(entry.getValue());
            if (id >= 0 && id < logits.length) {
                given.set(id);
                logGiven[id] = entry.getValue();
                sum += probability;
            } else {
                // Which token that is cannot be told: it is one of the tail.
                largest = Math.max(largest, probability);
            }
        }
        rest = Math.max(0, 1 - sum);
        most = Math.min(rest, largest);
    }

    /**
     * Holds a candidate of which the most likely tokens are known against a whole base.
     *
     * @param floor log-probability under which the candidate is assumed never to go
     * @throws IllegalArgumentException when the base's values make no distribution
     */
    static TokenFidelity ofCandidateTop(
            float[] base, TopLogprobs candidate, Vocabulary vocabulary, int token, double floor) {
        double norm = Softmax.logSumExp(base, 0, base.length);
        if (Double.isNaN(norm)) {
            throw new IllegalArgumentException(
                    "the base's log-probabilities make no distribution: they hold NaN or infinity. Measure it again.");
        }
        OneSidedFidelity sides = new OneSidedFidelity(base, norm, candidate, vocabulary);
        double shared = 0;
        double atFloor = 0;
        for (int i = 0; i < base.length; i++) {
            double p = sides.whole[i];
            if (p > 0) {
                shared += sides.given.get(i) ? p * (sides.logWhole[i] - sides.logGiven[i]) : 0;
                atFloor += sides.given.get(i) ? 0 : p * Math.max(0, sides.logWhole[i] - floor);
            }
        }
        double low = Math.max(0, shared + sides.leastOfCandidate());
        boolean known = sides.given.get(token);
        double most = Math.max(ROUNDING, sides.most);
        double baseProbability = sides.whole[token];
        return new TokenFidelity(
                low,
                Math.max(low, shared + atFloor),
                vocabulary.mayBe(Softmax.top(base, 0, base.length), candidate.top()),
                (known ? Math.exp(sides.logGiven[token]) : 0) - baseProbability,
                (known ? Math.exp(sides.logGiven[token]) : sides.most) - baseProbability,
                sides.logWhole[token],
                known ? sides.logGiven[token] : Math.log(most),
                known);
    }

    /**
     * Holds a whole candidate against a base of which the most likely tokens are known. A candidate that makes no distribution is
     * infinitely far away.
     */
    static TokenFidelity ofBaseTop(TopLogprobs base, float[] candidate, Vocabulary vocabulary, int token) {
        double norm = Softmax.logSumExp(candidate, 0, candidate.length);
        if (Double.isNaN(norm)) {
            return new TokenFidelity(
                    Double.POSITIVE_INFINITY,
                    Double.POSITIVE_INFINITY,
                    false,
                    -1,
                    0,
                    Double.NaN,
                    Double.NEGATIVE_INFINITY,
                    true);
        }
        OneSidedFidelity sides = new OneSidedFidelity(candidate, norm, base, vocabulary);
        double shared = 0;
        for (int i = sides.given.nextSetBit(0); i >= 0; i = sides.given.nextSetBit(i + 1)) {
            shared += Math.exp(sides.logGiven[i]) * (sides.logGiven[i] - sides.logWhole[i]);
        }
        double low = Math.max(0, shared + sides.leastOfBase());
        boolean known = sides.given.get(token);
        double own = sides.whole[token];
        return new TokenFidelity(
                low,
                Math.max(low, shared + sides.mostOfBase()),
                vocabulary.mayBe(Softmax.top(candidate, 0, candidate.length), base.top()),
                own - (known ? Math.exp(sides.logGiven[token]) : sides.most),
                own - (known ? Math.exp(sides.logGiven[token]) : 0),
                known ? sides.logGiven[token] : Double.NaN,
                sides.logWhole[token],
                true);
    }

    /**
     * The tail's least {@code Σ p ln(p / q)} over all q that share out the rest with none over the most: q as the whole side's p, cut
     * at the most.
     */
    private double leastOfCandidate() {
        double left = Math.max(ROUNDING, rest);
        double cap = Math.max(ROUNDING, most);
        double scale = scale(left, cap);
        double sum = 0;
        for (int i = given.nextClearBit(0); i < whole.length; i = given.nextClearBit(i + 1)) {
            sum += whole[i] == 0 ? 0 : whole[i] * (logWhole[i] - Math.log(Math.min(cap, scale * whole[i])));
        }
        return sum;
    }

    /** The tail's least {@code Σ p ln(p / q)} over all p that share out the rest with none over the most: p as q, cut at the most. */
    private double leastOfBase() {
        if (rest <= ROUNDING) {
            return 0;
        }
        double scale = scale(rest, most);
        double sum = 0;
        for (int i = given.nextClearBit(0); i < whole.length; i = given.nextClearBit(i + 1)) {
            double p = Math.min(most, scale * whole[i]);
            sum += p == 0 ? 0 : p * (Math.log(p) - logWhole[i]);
        }
        return sum;
    }

    /**
     * The tail's largest {@code Σ p ln(p / q)}: a convex function is largest at a corner, where the tokens of least q have the most
     * each and the next one what is left.
     */
    private double mostOfBase() {
        if (rest <= ROUNDING) {
            return 0;
        }
        double[] tail = new double[whole.length - given.cardinality()];
        int count = 0;
        for (int i = given.nextClearBit(0); i < whole.length; i = given.nextClearBit(i + 1)) {
            tail[count++] = logWhole[i];
        }
        Arrays.sort(tail);
        double left = rest;
        double sum = 0;
        for (int i = 0; i < tail.length && left > 0; i++) {
            double p = Math.min(most, left);
            sum += p * (Math.log(p) - tail[i]);
            left -= p;
        }
        return sum;
    }

    /** By what the whole side's tail is multiplied so that, cut at the cap, it adds up to what is left, as far as it can. */
    private double scale(double left, double cap) {
        double scale = 0;
        int cut = -1;
        while (true) {
            int cutNow = 0;
            double uncut = 0;
            for (int i = given.nextClearBit(0); i < whole.length; i = given.nextClearBit(i + 1)) {
                if (cut >= 0 && scale * whole[i] > cap) {
                    cutNow++;
                } else {
                    uncut += whole[i];
                }
            }
            if (cutNow == cut || uncut == 0) {
                return uncut == 0 && scale == 0 ? 1 : scale;
            }
            cut = cutNow;
            scale = Math.max(scale, (left - cutNow * cap) / uncut);
        }
    }
}
