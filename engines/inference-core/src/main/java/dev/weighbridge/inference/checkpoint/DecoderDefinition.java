package dev.weighbridge.inference.checkpoint;

/**
 * A Llama-architecture decoder as data, read from {@code config.json}: pre-norm with RMSNorm, rotary positions (half-split
 * pairs, as Hugging Face stores them), grouped-query attention, SwiGLU, no biases.
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
 * @param contextLength longest sequence it was trained for, in tokens
 * @param tiedEmbeddings whether the output layer is the embedding
 */
public record DecoderDefinition(
        int vocabularySize,
        int hiddenSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int intermediateSize,
        double normEpsilon,
        double ropeTheta,
        int contextLength,
        boolean tiedEmbeddings) {

    /** Width of the concatenated query heads. */
    public int querySize() {
        return heads * headSize;
    }

    /** Width of the concatenated key heads, and of the value heads. */
    public int keyValueSize() {
        return keyValueHeads * headSize;
    }

    /** Angle of position {@code position} for frequency pair {@code pair}, as in RoFormer (arXiv 2104.09864) eq. 15. */
    public double ropeAngle(int position, int pair) {
        return position * Math.pow(ropeTheta, -2.0 * pair / headSize);
    }
}
