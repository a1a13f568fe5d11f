package dev.weighbridge.inference.model;

/** What an MLP applies to each value of its inner layer. */
public enum Activation {
    /** {@code x / (1 + exp(-x))}. */
    SILU,
    /** {@code x * Phi(x)} with the error function (arXiv 1606.08415). */
    GELU,
    /** Its approximation {@code x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))} from the same paper. */
    GELU_TANH,
    /** {@code max(x, 0)}. */
    RELU
}
