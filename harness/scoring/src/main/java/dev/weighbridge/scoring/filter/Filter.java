package dev.weighbridge.scoring.filter;

import dev.weighbridge.scoring.Question;
import java.util.List;

/** A step between the answers of a model and their judge; safe for use by several threads at once. */
public interface Filter {
    /**
     * The answers to one sample after the step.
     *
     * @param question that was answered
     * @param answers its repeats; a step may leave fewer, but at least one
     * @throws dev.weighbridge.scoring.ScoringException when an answer cannot be worked with, or the row lacks what the step needs
     */
    List<String> apply(Question question, List<String> answers);
}
