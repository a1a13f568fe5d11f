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

    /** The names of BLOOM's tensors, but for those of two norms side by side. */
    private static WeightView view(Role role, Attention attention, boolean twoNorms) {
        if (!twoNorms) {
            return Bloom.view(role, attention);
        }
        String layer = "transformer.h." + role.layer() + ".";
        return switch (role.part()) {
            case ATTENTION_NORM -> WeightView.of(layer + "ln_attn.weight");
            case ATTENTION_NORM_BIAS -> WeightView.of(layer + "ln_attn.bias");
            case MLP_NORM -> WeightView.of(layer + "ln_mlp.weight");
            case MLP_NORM_BIAS -> WeightView.of(layer + "ln_mlp.bias");
            default -> Bloom.view(role, attention);
        };
    }
}
