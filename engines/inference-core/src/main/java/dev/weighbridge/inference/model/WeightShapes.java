package dev.weighbridge.inference.model;

import dev.weighbridge.inference.model.Role.Part;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every weight that a definition needs, with its shape. */
public final class WeightShapes {
    private final Map<Role, List<Long>> shapes = new LinkedHashMap<>();
    private final Definition definition;
    private final long hidden;

    private WeightShapes(Definition definition) {
        this.definition = definition;
        this.hidden = definition.hiddenSize();
    }

    /** Shapes by role, outermost dimension first, in the order in which a token meets them. */
    public static Map<Role, List<Long>> of(Definition definition) {
        return new WeightShapes(definition).shapes();
    }

    private Map<Role, List<Long>> shapes() {
        Embedding embedding = definition.embedding();
        put(Role.of(Part.EMBEDDING), definition.vocabularySize(), embedding.size());
        if (embedding.size() != hidden) {
            put(Role.of(Part.EMBEDDING_PROJECTION), hidden, embedding.size());
        }
        if (embedding.learnedPositions()) {
            put(Role.of(Part.POSITIONS), definition.contextLength(), hidden);
        }
        norm(embedding.norm(), Role.of(Part.EMBEDDING_NORM), Role.of(Part.EMBEDDING_NORM_BIAS));
        Encoder encoder = definition.encoder();
        if (encoder != null) {
            relative(encoder.blocks(), Part.ENCODER_RELATIVE_BIASES);
            for (int block = 0; block < encoder.blocks().size(); block++) {
                block(encoder.blocks().get(block), definition.encoderLayer(block));
            }
            norm(encoder.finalNorm(), Role.of(Part.ENCODER_NORM), Role.of(Part.ENCODER_NORM_BIAS));
        }
        relative(definition.blocks(), Part.RELATIVE_BIASES);
        for (int layer = 0; layer < definition.layers(); layer++) {
            block(definition.blocks().get(layer), layer);
        }
        norm(definition.finalNorm(), Role.of(Part.FINAL_NORM), Role.of(Part.FINAL_NORM_BIAS));
        if (embedding.size() != hidden) {
            put(Role.of(Part.HEAD_PROJECTION), embedding.size(), hidden);
        }
        if (!definition.head().tied()) {
            put(Role.of(Part.HEAD), definition.vocabularySize(), embedding.size());
        }
        if (definition.head().bias()) {
            put(Role.of(Part.HEAD_BIAS), definition.vocabularySize());
        }
        return Collections.unmodifiableMap(shapes);
    }

    private void block(Block block, int layer) {
        norm(block.attentionNorm(), Role.of(Part.ATTENTION_NORM, layer), Role.of(Part.ATTENTION_NORM_BIAS, layer));
        attention(block.attention(), layer);
        norm(
                block.attentionPostNorm(),
                Role.of(Part.ATTENTION_POST_NORM, layer),
                Role.of(Part.ATTENTION_POST_NORM_BIAS, layer));
        Block.Cross cross = block.cross();
        if (cross != null) {
            norm(cross.norm(), Role.of(Part.CROSS_NORM, layer), Role.of(Part.CROSS_NORM_BIAS, layer));
            Attention attention = cross.attention();
            put(Role.of(Part.CROSS_QUERY, layer), attention.querySize(), hidden);
            put(Role.of(Part.CROSS_KEY, layer), attention.keyValueSize(), hidden);
            put(Role.of(Part.CROSS_VALUE, layer), attention.keyValueSize(), hidden);
            put(Role.of(Part.CROSS_OUTPUT, layer), hidden, attention.querySize());
        }
        norm(block.mlpNorm(), Role.of(Part.MLP_NORM, layer), Role.of(Part.MLP_NORM_BIAS, layer));
        Mlp.Experts experts = block.mlp().experts();
        if (experts == null) {
            mlp(block.mlp(), layer, -1);
        } else {
            put(Role.of(Part.ROUTER, layer), experts.count(), hidden);
            for (int expert = 0; expert < experts.count(); expert++) {
                mlp(block.mlp(), layer, expert);
            }
        }
        norm(block.mlpPostNorm(), Role.of(Part.MLP_POST_NORM, layer), Role.of(Part.MLP_POST_NORM_BIAS, layer));
    }

    /** One table for all blocks of a stack, of the form that the first one has. */
    private void relative(List<Block> blocks, Part part) {
        Attention first = blocks.get(0).attention();
        RelativeBuckets buckets = first.relative();
        if (buckets != null) {
            put(Role.of(part), buckets.count(), first.heads());
        }
    }

    private void attention(Attention attention, int layer) {
        linear(attention.inputBias(), Part.QUERY, Part.QUERY_BIAS, layer, -1, attention.querySize(), hidden);
        linear(attention.inputBias(), Part.KEY, Part.KEY_BIAS, layer, -1, attention.keyValueSize(), hidden);
        linear(attention.inputBias(), Part.VALUE, Part.VALUE_BIAS, layer, -1, attention.keyValueSize(), hidden);
        Attention.HeadNorm headNorm = attention.headNorm();
        if (headNorm != null && headNorm.shared()) {
            put(Role.of(Part.QUERY_NORM, layer), attention.headSize());
            put(Role.of(Part.KEY_NORM, layer), attention.headSize());
        } else if (headNorm != null) {
            put(Role.of(Part.QUERY_NORM, layer), attention.heads(), attention.headSize());
            put(Role.of(Part.KEY_NORM, layer), attention.keyValueHeads(), attention.headSize());
        }
        linear(
                attention.outputBias(),
                Part.ATTENTION_OUTPUT,
                Part.ATTENTION_OUTPUT_BIAS,
                layer,
                -1,
                hidden,
                attention.querySize());
    }

    private void mlp(Mlp mlp, int layer, int expert) {
        if (mlp.gated()) {
            linear(mlp.bias(), Part.GATE, Part.GATE_BIAS, layer, expert, mlp.size(), hidden);
        }
        linear(mlp.bias(), Part.UP, Part.UP_BIAS, layer, expert, mlp.size(), hidden);
        linear(mlp.bias(), Part.DOWN, Part.DOWN_BIAS, layer, expert, hidden, mlp.size());
    }

    private void linear(boolean biased, Part part, Part bias, int layer, int expert, long outputs, long inputs) {
        put(new Role(part, layer, expert), outputs, inputs);
        if (biased) {
            put(new Role(bias, layer, expert), outputs);
        }
    }

    private void norm(@Nullable Norm norm, Role weight, Role bias) {
        if (norm != null) {
            put(weight, hidden);
            if (norm.bias()) {
                put(bias, hidden);
            }
        }
    }

    private void put(Role role, long... shape) {
        shapes.put(role, Arrays.stream(shape).boxed().toList());
    }
}
