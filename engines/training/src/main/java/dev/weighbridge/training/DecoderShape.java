package dev.weighbridge.training;

/**
 * The Llama decoder that is trained: pre-norm with RMSNorm, rotary positions in half-split pairs, grouped-query attention,
 * SwiGLU, no biases, and the embedding as its output layer.
 *
 * @param vocabularySize rows of the embedding
 * @param hiddenSize width of the residual stream
 * @param layers decoder blocks
 * @param heads query heads
 * @param keyValueHeads heads of keys and values; divides {@code heads}
 * @param headSize width of one head
 * @param intermediateSize width of the MLP
 * @param normEpsilon added to the mean square in RMSNorm
 * @param ropeTheta base of the rotary frequencies
 * @param contextLength longest sequence, in tokens
 */
record DecoderShape(
        int vocabularySize,
        int hiddenSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int intermediateSize,
        double normEpsilon,
        double ropeTheta,
        int contextLength) {

    /** Width of the concatenated query heads. */
    int querySize() {
        return heads * headSize;
    }

    /** Width of the concatenated key heads, and of the value heads. */
    int keyValueSize() {
        return keyValueHeads * headSize;
    }

    /** Angle of a frequency pair at a position, as in RoFormer (arXiv 2104.09864) eq. 15. */
    double angle(int position, int pair) {
        return position * Math.pow(ropeTheta, -2.0 * pair / headSize);
    }
}
