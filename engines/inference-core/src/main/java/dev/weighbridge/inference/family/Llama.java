package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;

/** Llama 1 to 3 (transformers, LlamaConfig). */
final class Llama implements Family {
    @Override
    public String modelType() {
        return "llama";
    }

    @Override
    public String architecture() {
        return "LlamaForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        RotaryHeads heads = RotaryHeads.of(config, 1, 2048);
        boolean bias = config.flag("attention_bias", false);
        Attention attention = heads.attention().withBiases(bias, bias);
        Mlp mlp = new Mlp(
                config.whole("intermediate_size"),
                config.activation("hidden_act", "silu"),
                true,
                config.flag("mlp_bias", false),
                null);
        Norm norm = Norm.rms(config.positive("rms_norm_eps", 1e-6));
        Definition definition = heads.decoder(config, norm, Block.sequential(norm, attention, mlp));
        return LlamaNames.describe(definition);
    }
}
