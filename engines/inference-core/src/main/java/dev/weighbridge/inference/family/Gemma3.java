package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Rotary;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gemma 3, text alone (transformers, Gemma3TextConfig): normed queries and keys, and layers with a window whose positions turn
 * faster than those of the layers that see everything.
 */
final class Gemma3 implements Family {
    private static final double GLOBAL_BASE = 1_000_000;
    private static final double LOCAL_BASE = 10_000;

    @Override
    public String modelType() {
        return "gemma3_text";
    }

    @Override
    public String architecture() {
        return "Gemma3ForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        int hidden = config.whole("hidden_size");
        int heads = config.whole("num_attention_heads");
        int headSize = config.whole("head_dim", Gemma.STANDARD_HEAD);
        int contextLength = config.whole("max_position_embeddings", 131_072);
        Configuration both = config.object("rope_parameters");
        Rotary global = positions(
                config,
                both == null ? config.object("rope_scaling") : both.object("full_attention"),
                config.positive("rope_theta", GLOBAL_BASE),
                headSize,
                contextLength);
        Rotary local = positions(
                config,
                both == null ? null : both.object("sliding_attention"),
                config.positive("rope_local_base_freq", LOCAL_BASE),
                headSize,
                contextLength);
        config.ignore("rope_scaling");
        Norm norm = Norm.rms(config.positive("rms_norm_eps", 1e-6));
        int keyValueHeads = config.keyValueHeads("num_key_value_heads", heads, heads);
        int window = LayerTypes.window(config, "sliding_window", 4096, contextLength);
        int pattern = config.whole("sliding_window_pattern", config.whole("_sliding_window_pattern", 6));
        Mlp mlp = Gemma.mlp(config);
        List<Block> blocks = new ArrayList<>();
        int layers = config.parts("num_hidden_layers");
        for (boolean windowed : LayerTypes.windowed(config, layers, layer -> (layer + 1) % pattern != 0)) {
            Attention attention = Gemma2.scores(
                            config, Attention.rotary(heads, keyValueHeads, headSize, windowed ? local : global))
                    .withHeadNorm(new Attention.HeadNorm(norm, true))
                    .withWindow(windowed ? window : 0);
            blocks.add(Gemma2.block(norm, attention, mlp));
        }
        return Gemma2.describe(config, hidden, contextLength, blocks, norm);
    }

    private static Rotary positions(
            Configuration config, @Nullable Configuration scaling, double base, int headSize, int contextLength) {
        return RotaryPositions.of(config, scaling, base, 1, headSize, contextLength)
                .rotary();
    }
}
