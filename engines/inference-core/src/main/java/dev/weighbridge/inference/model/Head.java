package dev.weighbridge.inference.model;

/**
 * From the residual stream to logits: {@code cap(scale * linear(x))}. Where the embedding is narrower than the stream,
 * {@link Role.Part#HEAD_PROJECTION} narrows the stream first.
 *
 * @param tied whether the matrix is the embedding's; then {@link Role.Part#HEAD} is no role of its own
 * @param bias whether each logit has one
 * @param scale of the logits
 * @param softcap {@code c} in {@code c * tanh(logit / c)}; 0 when there is none
 */
public record Head(boolean tied, boolean bias, double scale, double softcap) {
    /** A matrix and nothing else. */
    public static Head plain(boolean tied) {
        return new Head(tied, false, 1, 0);
    }
}
