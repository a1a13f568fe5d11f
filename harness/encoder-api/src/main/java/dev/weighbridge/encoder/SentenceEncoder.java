package dev.weighbridge.encoder;

import java.util.List;

/** A model that places texts in a space in which texts that mean the same lie near each other. Safe for use by several threads. */
public interface SentenceEncoder {
    /** Which model it is. */
    EncoderIdentity identity();

    /** Values of a vector. */
    int dimensions();

    /** Whether it reads a text to its end. */
    boolean fits(String text);

    /**
     * A vector of length 1 for each text. Of a text that is too long the beginning is read.
     *
     * @throws EncoderException when the model fails on one
     */
    List<float[]> of(List<String> texts);
}
