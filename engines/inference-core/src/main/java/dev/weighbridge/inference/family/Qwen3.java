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
        int hidden = config.whole("hidden_size");
        int heads = config.whole("num_attention_heads");
        int headSize = config.whole("head_dim", STANDARD_HEAD);
        RotaryPositions positions =
                RotaryPositions.of(config, headSize, 1, config.whole("max_position_embeddings", STANDARD_CONTEXT));
        boolean bias = config.flag("attention_bias", false);
        Attention attention = Attention.rotary(
                        heads, config.keyValueHeads("num_key_value_heads", heads, heads), headSize, positions.rotary())
                .withBiases(bias, bias)
                .withHeadNorm(new Attention.HeadNorm(Norm.rms(config.positive("rms_norm_eps", 1e-6)), true));
        return LlamaNames.describe(Qwen2.definition(config, hidden, positions.contextLength(), attention));
    }
}
