package dev.weighbridge.encoder;

import java.nio.file.Path;

/**
 * Opens models from folders in Hugging Face's layout, and tries each once, so that what cannot be used is known before anything is
 * measured. A model that nobody holds any more is given back by itself. One of them is found through {@link java.util.ServiceLoader}.
 */
public interface EncoderProvider {
    /**
     * Opens a model with labels.
     *
     * @throws EncoderException when a file is missing or damaged, or the model gives no probabilities of labels
     */
    TextClassifier classifier(Path folder);

    /**
     * Opens a model of sentences.
     *
     * @throws EncoderException when a file is missing or damaged, or the model gives no vectors
     */
    SentenceEncoder sentences(Path folder);
}
