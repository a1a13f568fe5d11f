package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightView;
import java.util.stream.IntStream;

/** StableLM (transformers, StableLmConfig): Llama with layer norms and a quarter of each head rotated. */
final class StableLm implements Family {
    @Override
    public String modelType() {
        return "stablelm";
    }

    @Override
    public String architecture() {
        return "StableLmForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        RotaryHeads heads = RotaryHeads.of(config, 0.25, 4096);
        Norm norm = Norm.layer(config.positive("layer_norm_eps", 1e-5));
        Norm ofHeads = new Norm(Norm.Kind.LAYER, norm.epsilon(), false);
        Attention attention = heads.attention()
                .withBiases(config.flag("use_qkv_bias", false), false)
                .withHeadNorm(config.flag("qk_layernorm", false) ? new Attention.HeadNorm(ofHeads, false) : null);
        Mlp mlp = Mlp.gated(config.whole("intermediate_size"), config.activation("hidden_act", "silu"));
        Block block = config.flag("use_parallel_residual", false)
                ? new Block(Block.Residual.PARALLEL, norm, attention, null, null, mlp, null)
                : Block.sequential(norm, attention, mlp);
        Definition definition = heads.decoder(config, norm, block);
        return new Description(
                definition, role -> view(role, attention), LlamaNames.PREFIX, LlamaNames.unread(definition));
    }

    private static WeightView view(Role role, Attention attention) {
        String layer = LlamaNames.layer(role.layer()) + "self_attn.";
        return switch (role.part()) {
            case QUERY_NORM -> heads(layer + "q_layernorm", attention.heads());
            case KEY_NORM -> heads(layer + "k_layernorm", attention.keyValueHeads());
            default -> LlamaNames.of(role);
        };
    }

    private static WeightView heads(String name, int count) {
        return WeightView.stacked(IntStream.range(0, count)
                .mapToObj(head -> name + ".norms." + head + ".weight")
                .toArray(String[]::new));
    }
}
