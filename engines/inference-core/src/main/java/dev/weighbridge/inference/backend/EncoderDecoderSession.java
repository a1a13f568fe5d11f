package dev.weighbridge.inference.backend;

/**
 * A session of a model whose encoder reads a prompt as a whole. A slot holds what the encoder gave for one prompt, and the
 * decoder's own sequence, which {@link #forward} counts from position 0 and which begins with the model's start token.
 * {@link #copy} and {@link #clear} take both.
 */
public interface EncoderDecoderSession extends DecoderSession {
    /**
     * Reads a prompt into a slot; the decoder's sequence there begins anew.
     *
     * @param tokens at least one, and no more than a slot holds
     */
    void encode(int slot, int[] tokens);
}
