package dev.weighbridge.gateway.cache;

import dev.weighbridge.encoder.EncoderException;
import dev.weighbridge.encoder.Encoders;
import dev.weighbridge.encoder.SentenceEncoder;
import java.nio.file.Path;
import java.util.List;

/**
 * Vectors of a model of sentences. It knows what texts mean as far as it was trained to, and may place texts that differ in a number
 * or a negation alone near each other; {@link CacheTrial} tells how that ends. A text without any word has the vector of the model's
 * own special tokens.
 */
public final class SentenceEmbedding implements Embedding {
    private final SentenceEncoder model;

    private SentenceEmbedding(SentenceEncoder model) {
        this.model = model;
    }

    /**
     * Opens the model of a folder.
     *
     * @throws IllegalArgumentException when it cannot be used
     */
    public static SentenceEmbedding of(Path folder) {
        try {
            return new SentenceEmbedding(Encoders.sentences(folder));
        } catch (EncoderException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public String id() {
        return model.identity().toString();
    }

    @Override
    public int dimensions() {
        return model.dimensions();
    }

    @Override
    public boolean reads(String text) {
        return model.fits(text);
    }

    @Override
    public float[] of(String text) {
        return model.of(List.of(text)).get(0);
    }

    @Override
    public String toString() {
        return id();
    }
}
