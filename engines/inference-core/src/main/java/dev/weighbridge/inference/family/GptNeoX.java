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
import java.util.Set;

/** GPT-NeoX and Pythia (transformers, GPTNeoXConfig): a quarter of each head rotated, attention and MLP side by side. */
final class GptNeoX implements Family {
    @Override
    public String modelType() {
        return "gpt_neox";
    }

    @Override
    public String architecture() {
        return "GPTNeoXForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        int hidden = config.whole("hidden_size");
        int heads = config.whole("num_attention_heads");
        int headSize = config.headSize(hidden, heads);
        RotaryPositions positions = RotaryPositions.of(
                config,
                RotaryPositions.scaling(config),
                config.positive("rotary_emb_base", config.positive("rope_theta", 10_000)),
                config.share("rotary_pct", 0.25),
                headSize,
                config.whole("max_position_embeddings", 2048));
        boolean bias = config.flag("attention_bias", true);
        Attention attention =
                Attention.rotary(heads, heads, headSize, positions.rotary()).withBiases(bias, bias);
        Norm norm = Norm.layer(config.positive("layer_norm_eps", 1e-5));
        Mlp mlp = Mlp.plain(config.whole("intermediate_size"), config.activation("hidden_act", "gelu"), true);
        Block block = new Block(
                config.flag("use_parallel_residual", true) ? Block.Residual.PARALLEL : Block.Residual.SEQUENTIAL,
                norm,
                attention,
                null,
                norm,
                mlp,
                null);
        Definition definition = new Definition(
                config.whole("vocab_size"),
                hidden,
                positions.contextLength(),
                Embedding.plain(hidden),
                Collections.nCopies(config.parts("num_hidden_layers"), block),
                norm,
                Head.plain(config.flag("tie_word_embeddings", false)));
        // The causal mask.
        return new Description(definition, role -> view(role, attention), "", Set.of(".attention.bias"));
    }

    private static WeightView view(Role role, Attention attention) {
        String layer = "gpt_neox.layers." + role.layer() + ".";
        String kind = role.part().name().endsWith("_BIAS") ? ".bias" : ".weight";
        return switch (role.part()) {
            case EMBEDDING -> WeightView.of("gpt_neox.embed_in.weight");
            case ATTENTION_NORM, ATTENTION_NORM_BIAS -> WeightView.of(layer + "input_layernorm" + kind);
            case MLP_NORM, MLP_NORM_BIAS -> WeightView.of(layer + "post_attention_layernorm" + kind);
            case QUERY, QUERY_BIAS, KEY, KEY_BIAS, VALUE, VALUE_BIAS ->
                FusedHeads.view(layer + "attention.query_key_value" + kind, role, attention);
            case ATTENTION_OUTPUT, ATTENTION_OUTPUT_BIAS -> WeightView.of(layer + "attention.dense" + kind);
            case UP, UP_BIAS -> WeightView.of(layer + "mlp.dense_h_to_4h" + kind);
            case DOWN, DOWN_BIAS -> WeightView.of(layer + "mlp.dense_4h_to_h" + kind);
            case FINAL_NORM, FINAL_NORM_BIAS -> WeightView.of("gpt_neox.final_layer_norm" + kind);
            case HEAD -> WeightView.of("embed_out.weight");
            default -> throw new IllegalArgumentException("no name for " + role);
        };
    }
}
