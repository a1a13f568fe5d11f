package dev.weighbridge.scoring;

import java.util.List;
import java.util.Map;

/** A rule that judges the replies to one sample. Safe for use by several threads at once. */
public interface Scorer extends AutoCloseable {
    /** The scores it gives each sample; the first is the one that decides. */
    List<Score> scores();

    /**
     * Judges one sample.
     *
     * @param replies to its requests, in their order: repeats of a written answer, or one likelihood a choice
     * @return for each of {@link #scores} by id a vector of its aggregation's width
     * @throws ScoringException when the sample or its replies cannot be judged; the sample then counts as failed
     */
    Map<String, double[]> score(Question question, List<Reply> replies);

    /** The model that it judges by, as a run's record shows it; empty for one that judges by rules alone. */
    default String model() {
        return "";
    }

    /** Ends what the scorer holds, for example a pool of processes. */
    @Override
    default void close() {}
}
