package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;

/** Mistral (transformers, MistralConfig): Llama with a window over the positions. */
final class Mistral implements Family {
    private static final int STANDARD_WINDOW = 4096;
    private static final int STANDARD_CONTEXT = 4096 * 32;

    @Override
    public String modelType() {
        return "mistral";
    }

    @Override
    public String architecture() {
        return "MistralForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        return LlamaNames.describe(definition(
                config,
                Mlp.gated(config.whole("intermediate_size"), config.activation("hidden_act", "silu")),
                !config.isNull("sliding_window")));
    }

    /**
     * With any MLP.
     *
     * @param windowed whether a token sees a window alone; where its size is missing it is the first Mistral's
     */
    static Definition definition(Configuration config, Mlp mlp, boolean windowed) {
        RotaryHeads heads = RotaryHeads.of(config, 1, STANDARD_CONTEXT);
        int window =
                !windowed ? 0 : LayerTypes.window(config, "sliding_window", STANDARD_WINDOW, heads.contextLength());
        Attention attention = heads.attention().withWindow(window);
        Norm norm = Norm.rms(config.positive("rms_norm_eps", 1e-6));
        return heads.decoder(config, norm, Block.sequential(norm, attention, mlp));
    }
}
