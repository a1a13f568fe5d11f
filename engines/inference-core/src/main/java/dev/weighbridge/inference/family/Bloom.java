package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Activation;
import dev.weighbridge.inference.model.Alibi;
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

/** BLOOM (transformers, BloomConfig): linear biases instead of positions, a norm over the embedding. */
final class Bloom implements Family {
    @Override
    public String modelType() {
        return "bloom";
    }

    @Override
    public String architecture() {
        return "BloomForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        int hidden = config.whole(config.has("n_embed") ? "n_embed" : "hidden_size");
        int heads = config.whole(config.has("num_attention_heads") ? "num_attention_heads" : "n_head");
        int layers = config.parts(config.has("num_hidden_layers") ? "num_hidden_layers" : "n_layer");
        config.ignore("n_embed", "hidden_size", "n_head", "n_layer", "num_attention_heads", "num_hidden_layers");
        config.require("apply_residual_connection_post_layernorm", false);
        // How the first implementation was spread over devices and fused; the arithmetic is one.
        config.ignore(
                "slow_but_exact",
                "n_inner",
                "masked_softmax_fusion",
                "bias_dropout_fusion",
                "skip_bias_add",
                "skip_bias_add_qkv",
                "offset_alibi",
                "attention_softmax_in_fp32");
        int headSize = config.headSize(hidden, heads);
        Attention attention = Attention.rotary(heads, heads, headSize, null)
                .withBiases(true, true)
                .withAlibi(new Alibi(Alibi.slopes(heads), 1, false));
        Norm norm = Norm.layer(config.positive("layer_norm_epsilon", 1e-5));
        Definition definition = new Definition(
                config.whole("vocab_size"),
                hidden,
                config.whole("seq_length", 2048),
                new Embedding(hidden, 1, false, norm),
                Collections.nCopies(
                        layers, Block.sequential(norm, attention, Mlp.plain(4 * hidden, Activation.GELU_TANH, true))),
                norm,
                Head.plain(config.flag("tie_word_embeddings", true)));
        return new Description(
                definition, role -> view(role, attention), "transformer.", LlamaNames.unread(definition));
    }

    /** The names that Falcon has too. */
    static WeightView view(Role role, Attention attention) {
        String layer = "transformer.h." + role.layer() + ".";
        String kind = role.part().name().endsWith("_BIAS") ? ".bias" : ".weight";
        return switch (role.part()) {
            case EMBEDDING -> WeightView.of("transformer.word_embeddings.weight");
            case EMBEDDING_NORM, EMBEDDING_NORM_BIAS -> WeightView.of("transformer.word_embeddings_layernorm" + kind);
            case ATTENTION_NORM, ATTENTION_NORM_BIAS -> WeightView.of(layer + "input_layernorm" + kind);
            case MLP_NORM, MLP_NORM_BIAS -> WeightView.of(layer + "post_attention_layernorm" + kind);
            case QUERY, QUERY_BIAS, KEY, KEY_BIAS, VALUE, VALUE_BIAS ->
                FusedHeads.view(layer + "self_attention.query_key_value" + kind, role, attention);
            case ATTENTION_OUTPUT, ATTENTION_OUTPUT_BIAS -> WeightView.of(layer + "self_attention.dense" + kind);
            case UP, UP_BIAS -> WeightView.of(layer + "mlp.dense_h_to_4h" + kind);
            case DOWN, DOWN_BIAS -> WeightView.of(layer + "mlp.dense_4h_to_h" + kind);
            case FINAL_NORM, FINAL_NORM_BIAS -> WeightView.of("transformer.ln_f" + kind);
            case HEAD -> WeightView.of("lm_head.weight");
            default -> throw new IllegalArgumentException("no name for " + role);
        };
    }
}
