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

/** Phi 1 to 2 (transformers, PhiConfig): attention and MLP side by side, half of each head rotated, biases everywhere. */
final class Phi implements Family {
    @Override
    public String modelType() {
        return "phi";
    }

    @Override
    public String architecture() {
        return "PhiForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        config.require("qk_layernorm", false);
        RotaryHeads heads = RotaryHeads.of(config, 0.5, 2048);
        Attention attention = heads.attention().withBiases(true, true);
        Norm norm = Norm.layer(config.positive("layer_norm_eps", 1e-5));
        Mlp mlp = Mlp.plain(config.whole("intermediate_size"), config.activation("hidden_act", "gelu_new"), true);
        Block block = new Block(Block.Residual.PARALLEL, norm, attention, null, null, mlp, null);
        Definition definition = new Definition(
                config.whole("vocab_size"),
                heads.hiddenSize(),
                heads.contextLength(),
                Embedding.plain(heads.hiddenSize()),
                Collections.nCopies(config.parts("num_hidden_layers"), block),
                norm,
                new Head(config.flag("tie_word_embeddings", false), true, 1, 0));
        return new Description(definition, Phi::view, LlamaNames.PREFIX, LlamaNames.unread(definition));
    }

    private static WeightView view(Role role) {
        String layer = LlamaNames.layer(role.layer());
        return switch (role.part()) {
            case ATTENTION_OUTPUT -> WeightView.of(layer + "self_attn.dense.weight");
            case ATTENTION_OUTPUT_BIAS -> WeightView.of(layer + "self_attn.dense.bias");
            case UP -> WeightView.of(layer + "mlp.fc1.weight");
            case UP_BIAS -> WeightView.of(layer + "mlp.fc1.bias");
            case DOWN -> WeightView.of(layer + "mlp.fc2.weight");
            case DOWN_BIAS -> WeightView.of(layer + "mlp.fc2.bias");
            case FINAL_NORM -> WeightView.of("model.final_layernorm.weight");
            case FINAL_NORM_BIAS -> WeightView.of("model.final_layernorm.bias");
            default -> LlamaNames.of(role);
        };
    }
}
