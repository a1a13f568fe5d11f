package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightView;
import java.util.Set;

/** The names that Llama's tensors have, and those of the many families that were made after it. */
final class LlamaNames {
    static final String PREFIX = "model.";

    private LlamaNames() {}

    /** A model with these names and no others. */
    static Description describe(Definition definition) {
        return new Description(definition, LlamaNames::of, PREFIX, unread(definition));
    }

    /** A tied head may be stored all the same. */
    static Set<String> unread(Definition definition) {
        return definition.head().tied() ? Set.of("lm_head.weight") : Set.of();
    }

    static WeightView of(Role role) {
        return WeightView.of(
                switch (role.part()) {
                    case EMBEDDING -> "model.embed_tokens.weight";
                    case FINAL_NORM -> "model.norm.weight";
                    case FINAL_NORM_BIAS -> "model.norm.bias";
                    case HEAD -> "lm_head.weight";
                    case HEAD_BIAS -> "lm_head.bias";
                    default -> layer(role.layer()) + inLayer(role);
                });
    }

    static String layer(int layer) {
        return "model.layers." + layer + ".";
    }

    private static String inLayer(Role role) {
        return switch (role.part()) {
            case ATTENTION_NORM -> "input_layernorm.weight";
            case ATTENTION_NORM_BIAS -> "input_layernorm.bias";
            case QUERY -> "self_attn.q_proj.weight";
            case QUERY_BIAS -> "self_attn.q_proj.bias";
            case KEY -> "self_attn.k_proj.weight";
            case KEY_BIAS -> "self_attn.k_proj.bias";
            case VALUE -> "self_attn.v_proj.weight";
            case VALUE_BIAS -> "self_attn.v_proj.bias";
            case QUERY_NORM -> "self_attn.q_norm.weight";
            case KEY_NORM -> "self_attn.k_norm.weight";
            case ATTENTION_OUTPUT -> "self_attn.o_proj.weight";
            case ATTENTION_OUTPUT_BIAS -> "self_attn.o_proj.bias";
            case MLP_NORM -> "post_attention_layernorm.weight";
            case MLP_NORM_BIAS -> "post_attention_layernorm.bias";
            case GATE -> "mlp.gate_proj.weight";
            case GATE_BIAS -> "mlp.gate_proj.bias";
            case UP -> "mlp.up_proj.weight";
            case UP_BIAS -> "mlp.up_proj.bias";
            case DOWN -> "mlp.down_proj.weight";
            case DOWN_BIAS -> "mlp.down_proj.bias";
            default -> throw new IllegalArgumentException("no name for " + role);
        };
    }
}
