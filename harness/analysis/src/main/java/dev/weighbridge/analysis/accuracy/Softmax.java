package dev.weighbridge.analysis.accuracy;

/** Next-token distributions that are given by logits, or by log-probabilities, in a part of an array. */
final class Softmax {
    private Softmax() {}

    /**
     * Kullback-Leibler divergence {@code Σ p_base (ln p_base − ln p)} in nats. Infinite when the other one holds NaN: that is as
     * far away as can be.
     */
    static double divergence(float[] base, float[] other, int offset, int length) {
        double baseNorm = logSumExp(base, offset, length);
        double otherNorm = logSumExp(other, offset, length);
        double sum = 0;
        for (int i = offset; i < offset + length; i++) {
            double logBase = base[i] - baseNorm;
            double probability = Math.exp(logBase);
            // A token that the base rules out adds nothing, however unlikely it is.
            sum += probability == 0 ? 0 : probability * (logBase - (other[i] - otherNorm));
        }
        return Double.isNaN(sum) || Double.isNaN(otherNorm) ? Double.POSITIVE_INFINITY : Math.max(0, sum);
    }

    /** What is taken off logits to make them log-probabilities; NaN when they make no distribution. */
    static double logSumExp(float[] values, int offset, int length) {
        double highest = values[top(values, offset, length) + offset];
        double sum = 0;
        for (int i = offset; i < offset + length; i++) {
            sum += Math.exp(values[i] - highest);
        }
        return highest + Math.log(sum);
    }

    /** The most likely token, the first of several. */
    static int top(float[] values, int offset, int length) {
        int best = 0;
        for (int i = 1; i < length; i++) {
            if (values[offset + i] > values[offset + best]) {
                best = i;
            }
        }
        return best;
    }
}
