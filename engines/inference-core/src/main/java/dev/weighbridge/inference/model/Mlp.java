package dev.weighbridge.inference.model;

import org.jspecify.annotations.Nullable;

/**
 * The feed-forward part of a block: {@code down(activation(up(x)))}, or {@code down(activation(gate(x)) * up(x))}.
 *
 * @param size of the inner layer
 * @param gated whether there is a gate
 * @param bias whether its layers have biases
 * @param experts several of it, of which each token takes a few; {@code null} for a single one
 */
public record Mlp(
        int size,
        Activation activation,
        boolean gated,
        boolean bias,
        @Nullable Experts experts) {
    /**
     * A mixture: the router's logits choose experts, whose answers are summed by the softmax over the chosen logits.
     *
     * @param count of experts
     * @param perToken how many a token takes
     */
    public record Experts(int count, int perToken) {}

    /** One gated MLP without biases. */
    public static Mlp gated(int size, Activation activation) {
        return new Mlp(size, activation, true, false, null);
    }

    /** One MLP of two layers with biases or without. */
    public static Mlp plain(int size, Activation activation, boolean bias) {
        return new Mlp(size, activation, false, bias, null);
    }
}
