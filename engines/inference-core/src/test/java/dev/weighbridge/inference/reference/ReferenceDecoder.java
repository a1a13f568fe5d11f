package dev.weighbridge.inference.reference;

import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import dev.weighbridge.inference.checkpoint.TensorSource;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The Llama decoder in plain Java with a KV cache of slots. Each token of each row is computed by itself, so that answers are
 * the same to the last bit in whatever way rows and prompts are grouped.
 */
final class ReferenceDecoder implements DecoderSession {
    private final DecoderDefinition definition;
    private final int slots;
    private final int contextLength;
    private final List<Block> blocks = new ArrayList<>();
    private final float[] embedding;
    private final float[] finalNorm;
    private final float[] output;

    /** Indexed by layer, slot and position: the keys, and after them the values, of one token. */
    private final float[][][][] cache;

    private record Block(
            float[] attentionNorm,
            float[] query,
            float[] key,
            float[] value,
            float[] attentionOutput,
            float[] mlpNorm,
            float[] gate,
            float[] up,
            float[] down) {
        static Block of(TensorSource tensors, String prefix) {
            return new Block(
                    tensors.floats(prefix + "input_layernorm.weight"),
                    tensors.floats(prefix + "self_attn.q_proj.weight"),
                    tensors.floats(prefix + "self_attn.k_proj.weight"),
                    tensors.floats(prefix + "self_attn.v_proj.weight"),
                    tensors.floats(prefix + "self_attn.o_proj.weight"),
                    tensors.floats(prefix + "post_attention_layernorm.weight"),
                    tensors.floats(prefix + "mlp.gate_proj.weight"),
                    tensors.floats(prefix + "mlp.up_proj.weight"),
                    tensors.floats(prefix + "mlp.down_proj.weight"));
        }
    }

    ReferenceDecoder(Checkpoint checkpoint, int slots, int contextLength) {
        this.definition = checkpoint.definition();
        this.slots = slots;
        this.contextLength = contextLength;
        TensorSource tensors = checkpoint.tensors();
        for (int layer = 0; layer < definition.layers(); layer++) {
            blocks.add(Block.of(tensors, "model.layers." + layer + "."));
        }
        embedding = tensors.floats("model.embed_tokens.weight");
        finalNorm = tensors.floats("model.norm.weight");
        output = definition.tiedEmbeddings() ? embedding : tensors.floats("lm_head.weight");
        cache = new float[definition.layers()][slots][contextLength][];
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int vocabularySize() {
        return definition.vocabularySize();
    }

    @Override
    public FloatBuffer prefill(int slot, int past, int[] tokens, boolean allLogits) {
        FloatBuffer logits = FloatBuffer.allocate((allLogits ? tokens.length : 1) * vocabularySize());
        for (int i = 0; i < tokens.length; i++) {
            float[] row = append(slot, past + i, tokens[i]);
            if (allLogits || i == tokens.length - 1) {
                logits.put(row);
            }
        }
        return logits.flip();
    }

    @Override
    public FloatBuffer step(int rows, int[] tokens, int[] past) {
        FloatBuffer logits = FloatBuffer.allocate(rows * vocabularySize());
        for (int row = 0; row < rows; row++) {
            logits.put(append(row, past[row], tokens[row]));
        }
        return logits.flip();
    }

    @Override
    public void copySlot(int from, int to, int length) {
        for (float[][][] layer : cache) {
            // What lies beyond the length is another sequence's: reading it must show.
            layer[to] = new float[contextLength][];
            System.arraycopy(layer[from], 0, layer[to], 0, length);
        }
    }

    @Override
    public void close() {}

    private float[] append(int slot, int position, int token) {
        int hidden = definition.hiddenSize();
        float[] stream = new float[hidden];
        System.arraycopy(embedding, token * hidden, stream, 0, hidden);
        for (int layer = 0; layer < blocks.size(); layer++) {
            Block block = blocks.get(layer);
            add(stream, attend(block, cache[layer][slot], position, norm(stream, block.attentionNorm)));
            add(stream, mlp(block, norm(stream, block.mlpNorm)));
        }
        return linear(output, norm(stream, finalNorm));
    }

    private float[] attend(Block block, float[][] keysAndValues, int position, float[] input) {
        int size = definition.headSize();
        int group = definition.heads() / definition.keyValueHeads();
        float[] query = rotated(linear(block.query, input), position);
        float[] own = new float[2 * definition.keyValueSize()];
        System.arraycopy(rotated(linear(block.key, input), position), 0, own, 0, definition.keyValueSize());
        System.arraycopy(linear(block.value, input), 0, own, definition.keyValueSize(), definition.keyValueSize());
        keysAndValues[position] = own;
        float[] attended = new float[definition.querySize()];
        for (int head = 0; head < definition.heads(); head++) {
            int at = head / group * size;
            double[] shares = new double[position + 1];
            double sum = 0;
            for (int seen = 0; seen <= position; seen++) {
                double product = 0;
                for (int i = 0; i < size; i++) {
                    product += query[head * size + i] * keysAndValues[seen][at + i];
                }
                shares[seen] = Math.exp(product / Math.sqrt(size));
                sum += shares[seen];
            }
            for (int seen = 0; seen <= position; seen++) {
                for (int i = 0; i < size; i++) {
                    attended[head * size + i] +=
                            (float) (shares[seen] / sum * keysAndValues[seen][definition.keyValueSize() + at + i]);
                }
            }
        }
        return linear(block.attentionOutput, attended);
    }

    private static float[] mlp(Block block, float[] input) {
        float[] gate = linear(block.gate, input);
        float[] up = linear(block.up, input);
        for (int i = 0; i < gate.length; i++) {
            gate[i] = (float) (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
        }
        return linear(block.down, gate);
    }

    private float[] rotated(float[] heads, int position) {
        int size = definition.headSize();
        float[] rotated = new float[heads.length];
        for (int start = 0; start < heads.length; start += size) {
            for (int pair = 0; pair < size / 2; pair++) {
                double angle = definition.ropeAngle(position, pair);
                int first = start + pair;
                int second = first + size / 2;
                rotated[first] = (float) (heads[first] * Math.cos(angle) - heads[second] * Math.sin(angle));
                rotated[second] = (float) (heads[second] * Math.cos(angle) + heads[first] * Math.sin(angle));
            }
        }
        return rotated;
    }

    private float[] norm(float[] input, float[] weight) {
        double squares = 0;
        for (float value : input) {
            squares += value * value;
        }
        double factor = 1 / Math.sqrt(squares / input.length + definition.normEpsilon());
        float[] result = new float[input.length];
        for (int i = 0; i < input.length; i++) {
            result[i] = (float) (input[i] * factor * weight[i]);
        }
        return result;
    }

    /** Weights are {@code [outputs, inputs]}, row-major. */
    private static float[] linear(float[] weights, float[] input) {
        float[] result = new float[weights.length / input.length];
        for (int row = 0; row < result.length; row++) {
            float sum = 0;
            for (int i = 0; i < input.length; i++) {
                sum += weights[row * input.length + i] * input[i];
            }
            result[row] = sum;
        }
        return result;
    }

    private static void add(float[] target, float[] update) {
        for (int i = 0; i < target.length; i++) {
            target[i] += update[i];
        }
    }
}
