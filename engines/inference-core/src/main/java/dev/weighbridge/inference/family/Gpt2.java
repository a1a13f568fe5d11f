package dev.weighbridge.inference.family;

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
import java.util.HashSet;
import java.util.Set;

/** GPT-2 (transformers, GPT2Config): learned positions, matrices stored transposed. */
final class Gpt2 implements Family {
    @Override
    public String modelType() {
        return "gpt2";
    }

    @Override
    public String architecture() {
        return "GPT2LMHeadModel";
    }

    @Override
    public Description describe(Configuration config) {
        int hidden = config.whole("n_embd");
        int heads = config.whole("n_head");
        config.require("scale_attn_weights", true);
        config.require("scale_attn_by_inverse_layer_idx", false);
        config.require("add_cross_attention", false);
        config.ignore("n_ctx", "reorder_and_upcast_attn");
        Attention attention = Attention.rotary(heads, heads, config.headSize(hidden, heads), null)
                .withBiases(true, true);
        Norm norm = Norm.layer(config.positive("layer_norm_epsilon", 1e-5));
        Mlp mlp = Mlp.plain(
                config.whole("n_inner", 4 * hidden), config.activation("activation_function", "gelu_new"), true);
        Definition definition = new Definition(
                config.whole("vocab_size"),
                hidden,
                config.whole("n_positions", 1024),
                new Embedding(hidden, 1, true, null),
                Collections.nCopies(config.parts("n_layer"), Block.sequential(norm, attention, mlp)),
                norm,
                Head.plain(config.flag("tie_word_embeddings", true)));
        Set<String> unread = new HashSet<>(LlamaNames.unread(definition));
        // The causal mask.
        unread.add(".attn.bias");
        return new Description(definition, role -> view(role, hidden), "transformer.", unread);
    }

    private static WeightView view(Role role, int hidden) {
        String layer = "transformer.h." + role.layer() + ".";
        String kind = role.part().name().endsWith("_BIAS") ? ".bias" : ".weight";
        return switch (role.part()) {
            case EMBEDDING -> WeightView.of("transformer.wte.weight");
            case POSITIONS -> WeightView.of("transformer.wpe.weight");
            case ATTENTION_NORM, ATTENTION_NORM_BIAS -> WeightView.of(layer + "ln_1" + kind);
            case MLP_NORM, MLP_NORM_BIAS -> WeightView.of(layer + "ln_2" + kind);
            case QUERY ->
                WeightView.rows(layer + "attn.c_attn.weight", 0, hidden).transpose();
            case KEY ->
                WeightView.rows(layer + "attn.c_attn.weight", hidden, hidden).transpose();
            case VALUE ->
                WeightView.rows(layer + "attn.c_attn.weight", 2 * hidden, hidden)
                        .transpose();
            case QUERY_BIAS -> WeightView.rows(layer + "attn.c_attn.bias", 0, hidden);
            case KEY_BIAS -> WeightView.rows(layer + "attn.c_attn.bias", hidden, hidden);
            case VALUE_BIAS -> WeightView.rows(layer + "attn.c_attn.bias", 2 * hidden, hidden);
            case ATTENTION_OUTPUT -> WeightView.of(layer + "attn.c_proj.weight").transpose();
            case ATTENTION_OUTPUT_BIAS -> WeightView.of(layer + "attn.c_proj.bias");
            case UP -> WeightView.of(layer + "mlp.c_fc.weight").transpose();
            case UP_BIAS -> WeightView.of(layer + "mlp.c_fc.bias");
            case DOWN -> WeightView.of(layer + "mlp.c_proj.weight").transpose();
            case DOWN_BIAS -> WeightView.of(layer + "mlp.c_proj.bias");
            case FINAL_NORM, FINAL_NORM_BIAS -> WeightView.of("transformer.ln_f" + kind);
            case HEAD -> WeightView.of("lm_head.weight");
            default -> throw new IllegalArgumentException("no name for " + role);
        };
    }
}
