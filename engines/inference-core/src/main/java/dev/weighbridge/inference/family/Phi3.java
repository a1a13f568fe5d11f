package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightView;

/** Phi 3 to 4 (transformers, Phi3Config): Llama whose projections are stored in one piece. */
final class Phi3 implements Family {
    @Override
    public String modelType() {
        return "phi3";
    }

    @Override
    public String architecture() {
        return "Phi3ForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        config.require("attention_bias", false);
        RotaryHeads heads = RotaryHeads.of(config, 1, 4096);
        config.ignore("original_max_position_embeddings");
        int window = config.has("sliding_window")
                ? LayerTypes.window(config, "sliding_window", 1, heads.contextLength())
                : 0;
        Attention attention = heads.attention().withWindow(window);
        Norm norm = Norm.rms(config.positive("rms_norm_eps", 1e-5));
        Mlp mlp = Mlp.gated(config.whole("intermediate_size"), config.activation("hidden_act", "silu"));
        Definition definition = heads.decoder(config, norm, Block.sequential(norm, attention, mlp));
        return new Description(
                definition, role -> view(role, attention, mlp), LlamaNames.PREFIX, LlamaNames.unread(definition));
    }

    private static WeightView view(Role role, Attention attention, Mlp mlp) {
        String layer = LlamaNames.layer(role.layer());
        String fused = layer + "self_attn.qkv_proj.weight";
        String gateAndUp = layer + "mlp.gate_up_proj.weight";
        int query = attention.querySize();
        int keyValue = attention.keyValueSize();
        return switch (role.part()) {
            case QUERY -> WeightView.rows(fused, 0, query);
            case KEY -> WeightView.rows(fused, query, keyValue);
            case VALUE -> WeightView.rows(fused, query + keyValue, keyValue);
            case GATE -> WeightView.rows(gateAndUp, 0, mlp.size());
            case UP -> WeightView.rows(gateAndUp, mlp.size(), mlp.size());
            default -> LlamaNames.of(role);
        };
    }
}
