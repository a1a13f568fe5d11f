package dev.weighbridge.training;

import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The weights of a decoder under training, in the order that {@link TrainingScript} expects, by their checkpoint names. */
final class DecoderWeights {
    private static final int BLOCK = 32;
    private static final int INT4_MIDDLE = 8;
    private static final int INT4_MOST = 15;

    private DecoderWeights() {}

    /**
     * One weight.
     *
     * @param role in the decoder
     * @param name in the checkpoint
     * @param shape outermost dimension first
     * @param values row-major
     */
    record Weight(Role role, String name, List<Integer> shape, float[] values) {}

    /** Fresh weights: norms 1, matrices normal with a spread by their input width, less for those that write the residual. */
    static List<Weight> initial(DecoderShape d, long seed) {
        Random random = new Random(seed);
        List<Weight> weights = new ArrayList<>();
        weights.add(matrix(
                Role.of(Part.EMBEDDING),
                "model.embed_tokens.weight",
                d.vocabularySize(),
                d.hiddenSize(),
                0.04,
                random));
        weights.add(norm(Role.of(Part.FINAL_NORM), "model.norm.weight", d.hiddenSize()));
        double inner = 0.7 / Math.sqrt(d.hiddenSize());
        double residual = 1 / Math.sqrt(2.0 * d.layers());
        for (int layer = 0; layer < d.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            weights.add(norm(Role.of(Part.ATTENTION_NORM, layer), prefix + "input_layernorm.weight", d.hiddenSize()));
            weights.add(matrix(
                    Role.of(Part.QUERY, layer),
                    prefix + "self_attn.q_proj.weight",
                    d.querySize(),
                    d.hiddenSize(),
                    inner,
                    random));
            weights.add(matrix(
                    Role.of(Part.KEY, layer),
                    prefix + "self_attn.k_proj.weight",
                    d.keyValueSize(),
                    d.hiddenSize(),
                    inner,
                    random));
            weights.add(matrix(
                    Role.of(Part.VALUE, layer),
                    prefix + "self_attn.v_proj.weight",
                    d.keyValueSize(),
                    d.hiddenSize(),
                    inner,
                    random));
            weights.add(matrix(
                    Role.of(Part.ATTENTION_OUTPUT, layer),
                    prefix + "self_attn.o_proj.weight",
                    d.hiddenSize(),
                    d.querySize(),
                    inner * residual,
                    random));
            weights.add(
                    norm(Role.of(Part.MLP_NORM, layer), prefix + "post_attention_layernorm.weight", d.hiddenSize()));
            weights.add(matrix(
                    Role.of(Part.GATE, layer),
                    prefix + "mlp.gate_proj.weight",
                    d.intermediateSize(),
                    d.hiddenSize(),
                    inner,
                    random));
            weights.add(matrix(
                    Role.of(Part.UP, layer),
                    prefix + "mlp.up_proj.weight",
                    d.intermediateSize(),
                    d.hiddenSize(),
                    inner,
                    random));
            weights.add(matrix(
                    Role.of(Part.DOWN, layer),
                    prefix + "mlp.down_proj.weight",
                    d.hiddenSize(),
                    d.intermediateSize(),
                    residual * 0.7 / Math.sqrt(d.intermediateSize()),
                    random));
        }
        return weights;
    }

    /** Cosines (or sines) of every position and frequency pair, {@code contextLength × headSize/2} values. */
    static float[] rotary(DecoderShape d, int positions, boolean cosine) {
        int pairs = d.headSize() / 2;
        float[] table = new float[positions * pairs];
        for (int position = 0; position < positions; position++) {
            for (int pair = 0; pair < pairs; pair++) {
                double angle = d.angle(position, pair);
                table[position * pairs + pair] = (float) (cosine ? Math.cos(angle) : Math.sin(angle));
            }
        }
        return table;
    }

    /**
     * The weights as four-bit integers in blocks of 32 along the input, round to nearest, and back: what int4 costs. Norms and
     * the embedding are left as they are.
     */
    static List<Weight> throughInt4(List<Weight> weights) {
        return weights.stream()
                .map(w -> w.name().endsWith("_proj.weight")
                        ? new Weight(w.role(), w.name(), w.shape(), throughInt4(w.values()))
                        : w)
                .toList();
    }

    /** Values as four-bit integers in blocks and back; the value of largest magnitude becomes level 0 of 16. */
    static float[] throughInt4(float[] values) {
        float[] result = new float[values.length];
        for (int start = 0; start < values.length; start += BLOCK) {
            float extreme = 0;
            for (int i = start; i < start + BLOCK; i++) {
                extreme = Math.abs(values[i]) > Math.abs(extreme) ? values[i] : extreme;
            }
            float scale = extreme / -INT4_MIDDLE;
            for (int i = start; i < start + BLOCK && scale != 0; i++) {
                int level = Math.max(0, Math.min(INT4_MOST, Math.round(values[i] / scale) + INT4_MIDDLE));
                result[i] = (level - INT4_MIDDLE) * scale;
            }
        }
        return result;
    }

    private static Weight norm(Role role, String name, int size) {
        float[] values = new float[size];
        Arrays.fill(values, 1);
        return new Weight(role, name, List.of(size), values);
    }

    private static Weight matrix(Role role, String name, int rows, int columns, double spread, Random random) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * spread);
        }
        return new Weight(role, name, List.of(rows, columns), values);
    }
}
