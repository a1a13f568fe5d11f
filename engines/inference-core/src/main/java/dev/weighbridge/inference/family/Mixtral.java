package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightView;

/** Mixtral (transformers, MixtralConfig): Mistral with several MLPs, of which each token takes a few. */
final class Mixtral implements Family {
    @Override
    public String modelType() {
        return "mixtral";
    }

    @Override
    public String architecture() {
        return "MixtralForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        int count = config.parts("num_local_experts", 8);
        int perToken = config.whole("num_experts_per_tok", 2);
        if (perToken > count) {
            throw config.damaged("num_experts_per_tok", "at most num_local_experts, " + count);
        }
        Mlp mlp = new Mlp(
                config.whole("intermediate_size"),
                config.activation("hidden_act", "silu"),
                true,
                false,
                new Mlp.Experts(count, perToken));
        Definition definition = Mistral.definition(config, mlp, config.has("sliding_window"));
        return new Description(definition, Mixtral::view, LlamaNames.PREFIX, LlamaNames.unread(definition));
    }

    private static WeightView view(Role role) {
        String mixture = "model.layers." + role.layer() + ".block_sparse_moe.";
        String expert = mixture + "experts." + role.expert() + ".";
        return switch (role.part()) {
            case ROUTER -> WeightView.of(mixture + "gate.weight");
            case GATE -> WeightView.of(expert + "w1.weight");
            case UP -> WeightView.of(expert + "w3.weight");
            case DOWN -> WeightView.of(expert + "w2.weight");
            default -> LlamaNames.of(role);
        };
    }
}
