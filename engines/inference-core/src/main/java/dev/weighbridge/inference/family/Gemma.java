package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Activation;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightView;
import java.util.Collections;

/** Gemma 1 (transformers, GemmaConfig): Llama with a scaled embedding, and norms whose weights are stored less one. */
final class Gemma implements Family {
    static final int STANDARD_HEAD = 256;

    @Override
    public String modelType() {
        return "gemma";
    }

    @Override
    public String architecture() {
        return "GemmaForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        RotaryHeads heads = RotaryHeads.ofSize(config, STANDARD_HEAD, 8192);
        boolean bias = config.flag("attention_bias", false);
        Attention attention = heads.attention().withBiases(bias, bias);
        Norm norm = Norm.rms(config.positive("rms_norm_eps", 1e-6));
        config.require("use_bidirectional_attention", false);
        Definition definition = new Definition(
                config.whole("vocab_size"),
                heads.hiddenSize(),
                heads.contextLength(),
                embedding(heads.hiddenSize()),
                Collections.nCopies(config.parts("num_hidden_layers"), Block.sequential(norm, attention, mlp(config))),
                norm,
                Head.plain(config.flag("tie_word_embeddings", true)));
        return new Description(definition, Gemma::view, LlamaNames.PREFIX, LlamaNames.unread(definition));
    }

    static Embedding embedding(int hidden) {
        return new Embedding(hidden, Math.sqrt(hidden), false, null);
    }

    /** Early configurations name the exact GELU, with which no Gemma was trained. */
    static Mlp mlp(Configuration config) {
        Activation named = config.activation(
                config.has("hidden_activation") ? "hidden_activation" : "hidden_act", "gelu_pytorch_tanh");
        config.ignore("hidden_act", "hidden_activation");
        Activation activation = named == Activation.GELU ? Activation.GELU_TANH : named;
        return Mlp.gated(config.whole("intermediate_size"), activation);
    }

    private static WeightView view(Role role) {
        return lessOne(role, LlamaNames.of(role));
    }

    /** Norms are stored as their difference from one. */
    static WeightView lessOne(Role role, WeightView view) {
        return switch (role.part()) {
            case ATTENTION_NORM, ATTENTION_POST_NORM, MLP_NORM, MLP_POST_NORM, QUERY_NORM, KEY_NORM, FINAL_NORM ->
                view.plus(1);
            default -> view;
        };
    }
}
