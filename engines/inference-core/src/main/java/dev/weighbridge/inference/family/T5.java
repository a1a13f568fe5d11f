package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Activation;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.BadModel;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Encoder;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.RelativeBuckets;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightView;
import java.util.Collections;
import java.util.Set;

/** T5 and Flan-T5 (transformers, T5Config): an encoder and a decoder with learned biases for distances and unscaled scores. */
final class T5 implements Family {
    private static final String EMBEDDING = "shared.weight";

    /** Copies of the embedding, and a tied head, that some checkpoints hold. */
    private static final Set<String> COPIES = Set.of("encoder.embed_tokens.weight", "decoder.embed_tokens.weight");

    private static final Set<String> COPIES_AND_HEAD =
            Set.of("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight");

    @Override
    public String modelType() {
        return "t5";
    }

    @Override
    public String architecture() {
        return "T5ForConditionalGeneration";
    }

    @Override
    public Description describe(Configuration config) {
        config.require("is_encoder_decoder", true);
        int hidden = config.whole("d_model");
        int heads = config.whole("num_heads");
        int vocabulary = config.whole("vocab_size");
        Norm norm = Norm.rms(config.positive("layer_norm_epsilon", 1e-6));
        Mlp mlp = mlp(config);
        int buckets = config.whole("relative_attention_num_buckets", 32);
        int distance = config.whole("relative_attention_max_distance", 128);
        Attention attention =
                Attention.rotary(heads, heads, config.whole("d_kv"), null).withScores(1, 0);
        Block encoding = Block.sequential(norm, attention.withRelative(buckets(config, buckets, distance, true)), mlp);
        Block decoding = Block.sequential(norm, attention.withRelative(buckets(config, buckets, distance, false)), mlp)
                .withCross(new Block.Cross(norm, attention));
        int layers = config.parts("num_layers");
        Encoder encoder = new Encoder(Collections.nCopies(layers, encoding), norm, startToken(config, vocabulary));
        // Since release 5 of transformers the scaling, which went with tying once, is a field of its own.
        boolean tied = config.flag("scale_decoder_outputs", config.flag("tie_word_embeddings", true));
        Definition definition = new Definition(
                vocabulary,
                hidden,
                config.whole("n_positions", 512),
                Embedding.plain(hidden),
                Collections.nCopies(config.parts("num_decoder_layers", layers), decoding),
                norm,
                new Head(tied, false, tied ? 1 / Math.sqrt(hidden) : 1, 0),
                encoder);
        return new Description(definition, role -> view(role, definition), "", tied ? COPIES_AND_HEAD : COPIES);
    }

    private static Mlp mlp(Configuration config) {
        config.ignore("dense_act_fn", "is_gated_act", "output_past");
        int size = config.whole("d_ff");
        String form = config.text("feed_forward_proj", "relu");
        return switch (form) {
            case "relu" -> Mlp.plain(size, Activation.RELU, false);
            case "gated-gelu" -> Mlp.gated(size, Activation.GELU_TANH);
            case "gated-silu" -> Mlp.gated(size, Activation.SILU);
            default ->
                throw config.refusal(
                        "feed_forward_proj '" + BadModel.shown(form) + "'", "gated-gelu, gated-silu, relu");
        };
    }

    private static RelativeBuckets buckets(Configuration config, int count, int distance, boolean bidirectional) {
        try {
            return new RelativeBuckets(count, distance, bidirectional);
        } catch (IllegalArgumentException e) {
            throw config.refusal(
                    "relative_attention_num_buckets " + count + " and relative_attention_max_distance " + distance,
                    "4 buckets or more and a distance over half of them");
        }
    }

    private static int startToken(Configuration config, int vocabulary) {
        int token = config.token("decoder_start_token_id", config.token("pad_token_id", 0));
        if (token >= vocabulary) {
            throw config.refusal("decoder_start_token_id " + token, "an id under vocab_size " + vocabulary);
        }
        return token;
    }

    private static WeightView view(Role role, Definition definition) {
        int layers = definition.layers();
        boolean gated = definition.blocks().get(0).mlp().gated();
        return switch (role.part()) {
            case EMBEDDING -> WeightView.of(EMBEDDING);
            case HEAD -> WeightView.of("lm_head.weight");
            case RELATIVE_BIASES ->
                WeightView.of("decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
            case ENCODER_RELATIVE_BIASES ->
                WeightView.of("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
            case ENCODER_NORM -> WeightView.of("encoder.final_layer_norm.weight");
            case FINAL_NORM -> WeightView.of("decoder.final_layer_norm.weight");
            default ->
                WeightView.of(
                        role.layer() < layers
                                ? "decoder.block." + role.layer() + "." + inBlock(role, 2, gated)
                                : "encoder.block." + (role.layer() - layers) + "." + inBlock(role, 1, gated));
        };
    }

    /** The name within a block, whose MLP is the last of its parts. */
    private static String inBlock(Role role, int mlp, boolean gated) {
        return switch (role.part()) {
            case ATTENTION_NORM -> "layer.0.layer_norm.weight";
            case QUERY -> "layer.0.SelfAttention.q.weight";
            case KEY -> "layer.0.SelfAttention.k.weight";
            case VALUE -> "layer.0.SelfAttention.v.weight";
            case ATTENTION_OUTPUT -> "layer.0.SelfAttention.o.weight";
            case CROSS_NORM -> "layer.1.layer_norm.weight";
            case CROSS_QUERY -> "layer.1.EncDecAttention.q.weight";
            case CROSS_KEY -> "layer.1.EncDecAttention.k.weight";
            case CROSS_VALUE -> "layer.1.EncDecAttention.v.weight";
            case CROSS_OUTPUT -> "layer.1.EncDecAttention.o.weight";
            case MLP_NORM -> "layer." + mlp + ".layer_norm.weight";
            case GATE -> "layer." + mlp + ".DenseReluDense.wi_0.weight";
            case UP -> "layer." + mlp + ".DenseReluDense." + (gated ? "wi_1" : "wi") + ".weight";
            case DOWN -> "layer." + mlp + ".DenseReluDense.wo.weight";
            default -> throw new IllegalArgumentException("no name for " + role);
        };
    }
}
