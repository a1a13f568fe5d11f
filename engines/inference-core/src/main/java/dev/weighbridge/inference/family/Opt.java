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

/** OPT (transformers, OPTConfig): learned positions; in the size of 350M norms after the sums and a narrower embedding. */
final class Opt implements Family {
    /** Rows of the positions that come before the first position. */
    private static final int OFFSET = 2;

    @Override
    public String modelType() {
        return "opt";
    }

    @Override
    public String architecture() {
        return "OPTForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        int hidden = config.whole("hidden_size");
        int heads = config.whole("num_attention_heads");
        int contextLength = config.whole("max_position_embeddings", 2048);
        boolean before = config.flag("do_layer_norm_before", true);
        boolean last = before && !config.flag("_remove_final_layer_norm", false);
        config.ignore("_remove_final_layer_norm");
        config.require("layer_norm_elementwise_affine", true);
        boolean bias = config.flag("enable_bias", true);
        Attention attention = Attention.rotary(heads, heads, config.headSize(hidden, heads), null)
                .withBiases(bias, bias);
        Norm norm = Norm.layer(1e-5);
        Mlp mlp = Mlp.plain(config.whole("ffn_dim"), config.activation("activation_function", "relu"), bias);
        Block block = new Block(
                before ? Block.Residual.SEQUENTIAL : Block.Residual.NORM_AFTER, norm, attention, null, norm, mlp, null);
        Definition definition = new Definition(
                config.whole("vocab_size"),
                hidden,
                contextLength,
                new Embedding(config.whole("word_embed_proj_dim", hidden), 1, true, null),
                Collections.nCopies(config.parts("num_hidden_layers"), block),
                last ? norm : null,
                Head.plain(config.flag("tie_word_embeddings", true)));
        return new Description(definition, role -> view(role, contextLength), "model.", LlamaNames.unread(definition));
    }

    private static WeightView view(Role role, int contextLength) {
        String layer = "model.decoder.layers." + role.layer() + ".";
        String kind = role.part().name().endsWith("_BIAS") ? ".bias" : ".weight";
        return switch (role.part()) {
            case EMBEDDING -> WeightView.of("model.decoder.embed_tokens.weight");
            case EMBEDDING_PROJECTION -> WeightView.of("model.decoder.project_in.weight");
            case POSITIONS -> WeightView.rows("model.decoder.embed_positions.weight", OFFSET, contextLength);
            case ATTENTION_NORM, ATTENTION_NORM_BIAS -> WeightView.of(layer + "self_attn_layer_norm" + kind);
            case MLP_NORM, MLP_NORM_BIAS -> WeightView.of(layer + "final_layer_norm" + kind);
            case QUERY, QUERY_BIAS -> WeightView.of(layer + "self_attn.q_proj" + kind);
            case KEY, KEY_BIAS -> WeightView.of(layer + "self_attn.k_proj" + kind);
            case VALUE, VALUE_BIAS -> WeightView.of(layer + "self_attn.v_proj" + kind);
            case ATTENTION_OUTPUT, ATTENTION_OUTPUT_BIAS -> WeightView.of(layer + "self_attn.out_proj" + kind);
            case UP, UP_BIAS -> WeightView.of(layer + "fc1" + kind);
            case DOWN, DOWN_BIAS -> WeightView.of(layer + "fc2" + kind);
            case FINAL_NORM, FINAL_NORM_BIAS -> WeightView.of("model.decoder.final_layer_norm" + kind);
            case HEAD_PROJECTION -> WeightView.of("model.decoder.project_out.weight");
            case HEAD -> WeightView.of("lm_head.weight");
            default -> throw new IllegalArgumentException("no name for " + role);
        };
    }
}
