package dev.weighbridge.inference.family;

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
import org.jspecify.annotations.Nullable;

/**
 * Falcon 7B, 40B, 180B, 11B and RW (transformers, FalconConfig): one key head for all queries, or grouped ones with a norm each
 * for attention and MLP, or linear biases with the usual residual form.
 */
final class Falcon implements Family {
    @Override
    public String modelType() {
        return "falcon";
    }

    @Override
    public String architecture() {
        return "FalconForCausalLM";
    }

    @Override
    public Description describe(Configuration config) {
        int hidden = config.whole("hidden_size");
        int contextLength = config.whole("max_position_embeddings", 2048);
        boolean newer = config.flag("new_decoder_architecture", false);
        boolean parallel = config.flag("parallel_attn", true) || newer;
        boolean twoNorms = newer && config.whole("num_ln_in_parallel_attn", 2) == 2;
        config.ignore("num_ln_in_parallel_attn");
        config.require("apply_residual_connection_post_layernorm", false);
        boolean bias = config.flag("bias", false);
        Attention attention = attention(config, hidden, contextLength, newer).withBiases(bias, bias);
        Norm norm = Norm.layer(config.positive("layer_norm_epsilon", 1e-5));
        Mlp mlp = Mlp.plain(config.whole("ffn_hidden_size", 4 * hidden), config.activation("activation", "gelu"), bias);
        @Nullable Norm mlpNorm = parallel && !twoNorms ? null : norm;
        Block block = new Block(
                parallel ? Block.Residual.PARALLEL : Block.Residual.SEQUENTIAL,
                norm,
                attention,
                null,
                mlpNorm,
                mlp,
                null);
        Definition definition = new Definition(
                config.whole("vocab_size"),
                hidden,
                contextLength,
                Embedding.plain(hidden),
                Collections.nCopies(config.parts("num_hidden_layers"), block),
                norm,
                Head.plain(config.flag("tie_word_embeddings", true)));
        return new Description(
                definition, role -> view(role, attention, twoNorms), "transformer.", LlamaNames.unread(definition));
    }

    private static Attention attention(Configuration config, int hidden, int contextLength, boolean newer) {
        int heads = config.whole("num_attention_heads");
        int headSize = config.headSize(hidden, heads);
        boolean shared = config.flag("multi_query", true) && !newer;
        int given = config.keyValueHeads("num_kv_heads", heads, heads);
        if (!newer && !shared && given != heads) {
            throw config.refusal("num_kv_heads " + given + " without new_decoder_architecture", String.valueOf(heads));
        }
        boolean alibi = config.flag("alibi", false);
        Attention attention = Attention.rotary(
                heads,
                shared ? 1 : given,
                headSize,
                alibi
                        ? null
                        : RotaryPositions.of(config, headSize, 1, contextLength).rotary());
        config.ignore("rope_theta", "rope_scaling", "rope_parameters");
        // The biases are added before the scores are scaled.
        return alibi ? attention.withAlibi(new Alibi(Alibi.slopes(heads), attention.scale(), true)) : attention;
    }

    private static WeightView view(Role role, Attention attention, boolean twoNorms) {
        String layer = "transformer.h." + role.layer() + ".";
        String kind = role.part().name().endsWith("_BIAS") ? ".bias" : ".weight";
        return switch (role.part()) {
            case EMBEDDING -> WeightView.of("transformer.word_embeddings.weight");
            case ATTENTION_NORM, ATTENTION_NORM_BIAS ->
                WeightView.of(layer + (twoNorms ? "ln_attn" : "input_layernorm") + kind);
            case MLP_NORM, MLP_NORM_BIAS ->
                WeightView.of(layer + (twoNorms ? "ln_mlp" : "post_attention_layernorm") + kind);
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
