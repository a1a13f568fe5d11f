package dev.weighbridge.scoring;

/**
 * What a model gave back for one request of a sample: a written answer, or how likely it found a given one.
 *
 * @param text the answer after the task's filters; for a likelihood, the text that was scored
 * @param logLikelihood natural logarithm of the text's probability, summed over its tokens; NaN for a written answer
 * @param tokens of the text
 * @param greedy whether each token of a scored text was the most likely one
 */
public record Reply(String text, double logLikelihood, int tokens, boolean greedy) {
    /** A written answer. */
    public static Reply written(String text, int tokens) {
        return new Reply(text, Double.NaN, tokens, false);
    }
}
