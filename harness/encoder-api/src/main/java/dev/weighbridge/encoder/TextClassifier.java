package dev.weighbridge.encoder;

import java.util.List;

/** A model that gives each of its labels a probability. Safe for use by several threads at once. */
public interface TextClassifier {
    /** Most windows of a text that {@link #ofWhole} reads. */
    int MOST_WINDOWS = 64;

    /** Which model it is. */
    EncoderIdentity identity();

    /** Names of its labels, in the order of their probabilities. */
    List<String> labels();

    /** Whether several labels can hold at once: each then has a probability of its own, else they sum to 1. */
    boolean independent();

    /**
     * Probabilities of each text, from 0 to 1 in the order of {@link #labels}. Of a text that is too long the beginning is read.
     *
     * @throws EncoderException when the model fails on one
     */
    List<float[]> of(List<String> texts);

    /**
     * Probabilities of each pair of texts. Of a pair that is too long the longer text loses its end first.
     *
     * @throws EncoderException when the model fails on one
     */
    List<float[]> ofPairs(List<Pair> pairs);

    /**
     * Probabilities of a text in windows of the model's length, one behind the other: nothing at its end is left out.
     *
     * @return of each window, one of them when the text fits
     * @throws EncoderException when the text has more than {@link #MOST_WINDOWS} windows, or the model fails
     */
    List<float[]> ofWhole(String text);

    /**
     * Two texts that are read together.
     *
     * @param first of them, for example a premise
     * @param second of them, for example a hypothesis
     */
    record Pair(String first, String second) {}
}
