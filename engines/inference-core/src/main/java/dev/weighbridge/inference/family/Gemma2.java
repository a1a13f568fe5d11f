package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightView;
import java.util.ArrayList;
import java.util.List;

/** Gemma 2 (transformers, Gemma2Config): norms before and after, capped scores and logits, a window in every other layer. */
final class Gemma2 implements Family {
    @Override
    public String modelType() {
        return "gemma2";
    }

    @Override
    public String architecture() {
        return "Gemma2ForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        RotaryHeads heads = RotaryHeads.ofSize(config, Gemma.STANDARD_HEAD, 8192);
        int window = LayerTypes.window(config, "sliding_window", 4096, heads.contextLength());
        Attention attention = scores(config, heads.attention());
        Norm norm = Norm.rms(config.positive("rms_norm_eps", 1e-6));
        Mlp mlp = Gemma.mlp(config);
        int layers = config.parts("num_hidden_layers");
        List<Block> blocks = new ArrayList<>();
        for (boolean windowed : LayerTypes.windowed(config, layers, layer -> layer % 2 == 0)) {
            blocks.add(block(norm, attention.withWindow(windowed ? window : 0), mlp));
        }
        return describe(config, heads.hiddenSize(), heads.contextLength(), blocks, norm);
    }

    /** What Gemma 2 and 3 share around their blocks. */
    static Description describe(Configuration config, int hidden, int contextLength, List<Block> blocks, Norm norm) {
        config.require("use_bidirectional_attention", false);
        Definition definition = new Definition(
                config.whole("vocab_size"),
                hidden,
                contextLength,
                Gemma.embedding(hidden),
                blocks,
                norm,
                new Head(
                        config.flag("tie_word_embeddings", true),
                        false,
                        1,
                        config.positive("final_logit_softcapping", 0)));
        return new Description(definition, Gemma2::view, LlamaNames.PREFIX, LlamaNames.unread(definition));
    }

    static Attention scores(Configuration config, Attention attention) {
        boolean bias = config.flag("attention_bias", false);
        return attention
                .withBiases(bias, bias)
                .withScores(
                        1 / Math.sqrt(config.positive("query_pre_attn_scalar", 256)),
                        config.positive("attn_logit_softcapping", 0));
    }

    static Block block(Norm norm, Attention attention, Mlp mlp) {
        return new Block(Block.Residual.SEQUENTIAL, norm, attention, norm, norm, mlp, norm);
    }

    private static WeightView view(Role role) {
        String layer = LlamaNames.layer(role.layer());
        WeightView view = switch (role.part()) {
            case ATTENTION_POST_NORM -> WeightView.of(layer + "post_attention_layernorm.weight");
            case MLP_NORM -> WeightView.of(layer + "pre_feedforward_layernorm.weight");
            case MLP_POST_NORM -> WeightView.of(layer + "post_feedforward_layernorm.weight");
            default -> LlamaNames.of(role);
        };
        return Gemma.lessOne(role, view);
    }
}
