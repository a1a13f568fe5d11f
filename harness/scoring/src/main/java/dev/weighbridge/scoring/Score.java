package dev.weighbridge.scoring;

/**
 * One named score that a scorer gives.
 *
 * @param id as lm-evaluation-harness writes it, for example {@code exact_match}
 * @param aggregation of the samples' vectors to the task's figure
 * @param higherIsBetter whether more is better
 * @param share whether a sample's figure lies between 0 and 1, so that samples can be compared one by one and judged by a margin
 */
public record Score(String id, Aggregation aggregation, boolean higherIsBetter, boolean share) {
    /** A mean of values from 0 to 1, the more the better. */
    public static Score share(String id) {
        return new Score(id, Aggregation.MEAN, true, true);
    }
}
