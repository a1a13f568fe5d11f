package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import java.util.Collections;

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
        int hidden = config.whole("hidden_size");
        int heads = config.whole("num_attention_heads");
        int headSize = config.headSize(hidden, heads);
        RotaryPositions positions =
                RotaryPositions.of(config, headSize, 1, config.whole("max_position_embeddings", STANDARD_CONTEXT));
        int window =
                !windowed ? 0 : LayerTypes.window(config, "sliding_window", STANDARD_WINDOW, positions.contextLength());
        Attention attention = Attention.rotary(
                        heads, config.keyValueHeads("num_key_value_heads", heads, heads), headSize, positions.rotary())
                .withWindow(window);
        Norm norm = Norm.rms(config.positive("rms_norm_eps", 1e-6));
        return new Definition(
                config.whole("vocab_size"),
                hidden,
                positions.contextLength(),
                Embedding.plain(hidden),
                Collections.nCopies(config.parts("num_hidden_layers"), Block.sequential(norm, attention, mlp)),
                norm,
                Head.plain(config.flag("tie_word_embeddings", false)));
    }
}
