package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Norm;

/** Qwen 3, dense (transformers, Qwen3Config): a norm over every head of queries and keys. */
final class Qwen3 implements Family {
    private static final int STANDARD_CONTEXT = 32_768;
    private static final int STANDARD_HEAD = 128;

    @Override
    public String modelType() {
        return "qwen3";
    }

    @Override
    public String architecture() {
        return "Qwen3ForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        RotaryHeads heads = RotaryHeads.ofSize(config, STANDARD_HEAD, STANDARD_CONTEXT);
        boolean bias = config.flag("attention_bias", false);
        Attention attention = heads.attention()
                .withBiases(bias, bias)
                .withHeadNorm(new Attention.HeadNorm(Norm.rms(config.positive("rms_norm_eps", 1e-6)), true));
        return LlamaNames.describe(Qwen2.definition(config, heads, attention));
    }
}
