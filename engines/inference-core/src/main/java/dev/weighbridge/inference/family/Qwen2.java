package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import java.util.ArrayList;
import java.util.List;

/** Qwen 2 and 2.5 (transformers, Qwen2Config): Llama with biases of queries, keys and values. */
final class Qwen2 implements Family {
    private static final int STANDARD_CONTEXT = 32_768;

    @Override
    public String modelType() {
        return "qwen2";
    }

    @Override
    public String architecture() {
        return "Qwen2ForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        config.require("use_mrope", false);
        RotaryHeads heads = RotaryHeads.of(config, 1, STANDARD_CONTEXT);
        return LlamaNames.describe(definition(config, heads, heads.attention().withBiases(true, false)));
    }

    /** The decoder around an attention, whose later layers may see a window alone. */
    static Definition definition(Configuration config, RotaryHeads heads, Attention attention) {
        int layers = config.parts("num_hidden_layers");
        int first = config.whole("max_window_layers", 28);
        boolean windows = config.flag("use_sliding_window", false);
        int window = LayerTypes.window(config, "sliding_window", 4096, heads.contextLength());
        Norm norm = Norm.rms(config.positive("rms_norm_eps", 1e-6));
        Mlp mlp = Mlp.gated(config.whole("intermediate_size"), config.activation("hidden_act", "silu"));
        List<Block> blocks = new ArrayList<>();
        for (boolean windowed : LayerTypes.windowed(config, layers, layer -> windows && layer >= first)) {
            blocks.add(Block.sequential(norm, attention.withWindow(windowed ? window : 0), mlp));
        }
        return new Definition(
                config.whole("vocab_size"),
                heads.hiddenSize(),
                heads.contextLength(),
                Embedding.plain(heads.hiddenSize()),
                blocks,
                norm,
                Head.plain(config.flag("tie_word_embeddings", false)));
    }
}
