package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.checkpoint.TinyModel;
import dev.weighbridge.inference.model.Activation;
import dev.weighbridge.inference.model.Alibi;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Block.Residual;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Rotary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Decoders that no family has, so that whatever a definition can say is said once at least, and in odd company. */
final class MadeUpDecoders {
    private static final int HIDDEN = 40;
    private static final Norm RMS = Norm.rms(1e-5);
    private static final Norm LAYER = Norm.layer(1e-5);
    private static final Norm RMS_WITH_BIAS = new Norm(Norm.Kind.RMS, 1e-6, true);
    private static final Norm LAYER_WITHOUT_BIAS = new Norm(Norm.Kind.LAYER, 1e-5, false);
    private static final Mlp GATED = Mlp.gated(56, Activation.SILU);

    private MadeUpDecoders() {}

    static Map<String, Definition> all() {
        Map<String, Definition> all = new LinkedHashMap<>();
        Attention plain = Attention.rotary(4, 2, 8, rotary(8, 10_000, 1));
        Attention still = Attention.rotary(4, 2, 8, null);
        all.put("no positions at all", stack(Block.sequential(RMS, still, GATED)));
        all.put("heads of an odd size", stack(Block.sequential(RMS, Attention.rotary(3, 1, 7, null), GATED)));
        all.put("biases everywhere", stack(everyBias(plain, RMS_WITH_BIAS)));
        all.put("layer norms without biases", stack(Block.sequential(LAYER_WITHOUT_BIAS, plain, GATED)));
        all.put(
                "part of a head rotated",
                stack(Block.sequential(RMS, Attention.rotary(6, 3, 10, rotary(4, 500, 1.3)), GATED)));
        all.put("windows", stack(Block.sequential(RMS, plain.withWindow(5), GATED)));
        all.put("scores scaled and capped", stack(Block.sequential(RMS, plain.withScores(0.2, 1.5), GATED)));
        all.put("scores scaled alone", stack(Block.sequential(RMS, plain.withScores(0.9, 0), GATED)));
        Alibi alibi = new Alibi(Alibi.slopes(6), 1, false);
        all.put(
                "linear biases",
                stack(Block.sequential(LAYER, Attention.rotary(6, 3, 8, null).withAlibi(alibi), plainMlp())));
        all.put(
                "linear biases of sixteen bits in a window, capped, and rotated",
                stack(Block.sequential(
                        RMS,
                        Attention.rotary(6, 2, 8, rotary(8, 10_000, 1))
                                .withAlibi(new Alibi(Alibi.slopes(6), 0.3, true))
                                .withWindow(9)
                                .withScores(0.3, 4),
                        GATED)));
        all.put(
                "a norm for all heads",
                stack(Block.sequential(RMS, plain.withHeadNorm(new Attention.HeadNorm(RMS, true)), GATED)));
        all.put(
                "a norm for each head of which part is rotated",
                stack(Block.sequential(
                        LAYER,
                        Attention.rotary(4, 2, 10, rotary(6, 10_000, 1))
                                .withHeadNorm(new Attention.HeadNorm(LAYER_WITHOUT_BIAS, false)),
                        plainMlp())));
        all.put("parallel with one norm", stack(new Block(Residual.PARALLEL, LAYER, plain, null, null, GATED, null)));
        all.put(
                "parallel with two norms and post norms",
                stack(new Block(Residual.PARALLEL, LAYER, plain.withBiases(false, true), RMS, RMS, plainMlp(), LAYER)));
        all.put("norms after", after(new Block(Residual.NORM_AFTER, LAYER, still, null, LAYER, plainMlp(), null)));
        all.put(
                "norms after and before",
                stack(new Block(Residual.SEQUENTIAL, RMS, plain, RMS, RMS, GATED, RMS_WITH_BIAS)));
        for (Activation activation : Activation.values()) {
            all.put("gated by " + activation, stack(Block.sequential(RMS, plain, Mlp.gated(56, activation))));
            all.put("plain " + activation, stack(Block.sequential(RMS, plain, Mlp.plain(56, activation, true))));
        }
        Mlp.Experts experts = new Mlp.Experts(5, 2);
        all.put("experts", stack(Block.sequential(RMS, plain, new Mlp(24, Activation.SILU, true, false, experts))));
        all.put(
                "experts with biases and a post norm",
                stack(new Block(
                        Residual.SEQUENTIAL,
                        RMS,
                        plain,
                        null,
                        RMS,
                        new Mlp(24, Activation.GELU, false, true, experts),
                        RMS)));
        all.put("an embedding with everything", embedded(Block.sequential(LAYER, still, plainMlp())));
        all.put("blocks of several kinds", mixed(plain));
        return all;
    }

    private static Mlp plainMlp() {
        return Mlp.plain(56, Activation.GELU_TANH, true);
    }

    private static Block everyBias(Attention attention, Norm norm) {
        return Block.sequential(norm, attention.withBiases(true, true), new Mlp(56, Activation.SILU, true, true, null));
    }

    private static Definition stack(Block block) {
        return definition(Embedding.plain(HIDDEN), List.of(block, block), RMS, Head.plain(false));
    }

    private static Definition after(Block block) {
        return definition(Embedding.plain(HIDDEN), List.of(block, block), null, Head.plain(true));
    }

    private static Definition embedded(Block block) {
        return definition(
                new Embedding(24, 1.7, true, LAYER), List.of(block, block), LAYER, new Head(true, true, 0.6, 3));
    }

    /** Caches of two shapes, tables of two rotaries, and blocks with more and with fewer weights, by turns. */
    private static Definition mixed(Attention plain) {
        Block narrow = Block.sequential(RMS, plain.withWindow(6), GATED);
        Block wide = everyBias(Attention.rotary(5, 1, 12, rotary(12, 300, 1)), LAYER);
        Block experts = Block.sequential(
                RMS,
                Attention.rotary(4, 2, 8, null).withAlibi(new Alibi(Alibi.slopes(4), 1, false)),
                new Mlp(24, Activation.RELU, true, false, new Mlp.Experts(3, 1)));
        return definition(
                Embedding.plain(HIDDEN), List.of(narrow, narrow, wide, experts, narrow, wide), RMS, Head.plain(false));
    }

    private static Definition definition(Embedding embedding, List<Block> blocks, @Nullable Norm finalNorm, Head head) {
        return new Definition(TinyModel.VOCABULARY, HIDDEN, TinyModel.CONTEXT, embedding, blocks, finalNorm, head);
    }

    private static Rotary rotary(int size, double base, double factor) {
        return new Rotary(
                IntStream.range(0, size / 2)
                        .mapToObj(pair -> Math.pow(base, -2.0 * pair / size))
                        .toList(),
                factor);
    }
}
