package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Definition;
import java.util.Objects;

/**
 * What the cache of one layer holds of a token, for keys and for values each.
 *
 * @param heads of keys and values
 * @param headSize width of a head, rounded up to what the attention operator takes; what is beyond the model's is zero
 */
record CacheShape(int heads, int headSize) {
    // GroupQueryAttention refuses others.
    private static final int HEAD_SIZE_MULTIPLE = 8;

    static CacheShape of(Attention attention) {
        int rounded = (attention.headSize() + HEAD_SIZE_MULTIPLE - 1) / HEAD_SIZE_MULTIPLE * HEAD_SIZE_MULTIPLE;
        return new CacheShape(attention.keyValueHeads(), rounded);
    }

    /** What cross-attention reads of a token of the prompt; computed by operators that take heads of any size. */
    static CacheShape ofSource(Definition definition, int layer) {
        Attention attention = Objects.requireNonNull(
                        definition.blocks().get(layer).cross(), "cross-attention")
                .attention();
        return new CacheShape(attention.keyValueHeads(), attention.headSize());
    }

    /** Values of a token. */
    int size() {
        return Math.multiplyExact(heads, headSize);
    }
}
