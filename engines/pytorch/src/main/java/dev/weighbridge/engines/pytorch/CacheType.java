package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.model.Attention;

/**
 * Type of keys and values in the cache, and of what is computed from them.
 *
 * @param number by which TorchScript knows it
 */
record CacheType(int number) {
    private static final int FLOAT = 6;

    /** On CUDA a cache is as narrow as what the linear layers take. */
    static CacheType of(Precision precision, boolean cuda) {
        if (!cuda || precision == Precision.FP32) {
            return new CacheType(FLOAT);
        }
        return new CacheType(precision == Precision.FP16 ? 5 : 15);
    }

    boolean isNarrow() {
        return number != FLOAT;
    }

    /**
     * Whether scores are computed one step after the other instead of in one kernel, which cannot cap them, and which rounds a
     * mask to this type: biases that grow with the position bear no rounding.
     */
    boolean scoresApart(Attention attention) {
        return attention.softcap() != 0 || (isNarrow() && (attention.alibi() != null || attention.relative() != null));
    }

    /** Type of the mask of an attention. */
    int ofMask(Attention attention) {
        return scoresApart(attention) ? FLOAT : number;
    }
}
