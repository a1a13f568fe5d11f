package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import java.util.Arrays;

/**
 * The Llama decoder in plain Java, in 64-bit floats and without a cache: what the backend is held against.
 *
 * @param linear how a linear layer is computed
 */
record ReferenceDecoder(TinyModel model, Linear linear) {
    /** A linear layer over all tokens of a call: {@code weights} is {@code [outputs, inputs]}, {@code input} a row a token. */
    interface Linear {
        double[][] apply(float[] weights, double[][] input);
    }

    /** Logits after every token. */
    double[][] logits(int... tokens) {
        DecoderDefinition definition = model.definition();
        int hidden = definition.hiddenSize();
        double[][] stream = new double[tokens.length][hidden];
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < hidden; i++) {
                stream[t][i] = model.weight("model.embed_tokens")[tokens[t] * hidden + i];
            }
        }
        for (int layer = 0; layer < definition.layers(); layer++) {
            attend("model.layers." + layer + ".", stream);
            mlp("model.layers." + layer + ".", stream);
        }
        float[] output = model.weight(definition.tiedEmbeddings() ? "model.embed_tokens" : "lm_head");
        return linear.apply(output, norm("model.norm", stream));
    }

    private void attend(String layer, double[][] stream) {
        DecoderDefinition definition = model.definition();
        int size = definition.headSize();
        int group = definition.heads() / definition.keyValueHeads();
        int length = stream.length;
        double[][] input = norm(layer + "input_layernorm", stream);
        double[][] queries = rotate(linear.apply(model.weight(layer + "self_attn.q_proj"), input));
        double[][] keys = rotate(linear.apply(model.weight(layer + "self_attn.k_proj"), input));
        double[][] values = linear.apply(model.weight(layer + "self_attn.v_proj"), input);
        double[][] attended = new double[length][definition.querySize()];
        for (int t = 0; t < length; t++) {
            for (int head = 0; head < definition.heads(); head++) {
                int shared = head / group * size;
                double[] share = shares(queries[t], head * size, keys, shared, t + 1);
                for (int u = 0; u <= t; u++) {
                    for (int i = 0; i < size; i++) {
                        attended[t][head * size + i] += share[u] * values[u][shared + i];
                    }
                }
            }
        }
        add(stream, linear.apply(model.weight(layer + "self_attn.o_proj"), attended));
    }

    private double[] shares(double[] query, int queryAt, double[][] keys, int keyAt, int count) {
        int size = model.definition().headSize();
        double[] shares = new double[count];
        double sum = 0;
        for (int u = 0; u < count; u++) {
            double product = 0;
            for (int i = 0; i < size; i++) {
                product += query[queryAt + i] * keys[u][keyAt + i];
            }
            shares[u] = Math.exp(product / Math.sqrt(size));
            sum += shares[u];
        }
        for (int u = 0; u < count; u++) {
            shares[u] /= sum;
        }
        return shares;
    }

    private void mlp(String layer, double[][] stream) {
        double[][] input = norm(layer + "post_attention_layernorm", stream);
        double[][] gate = linear.apply(model.weight(layer + "mlp.gate_proj"), input);
        double[][] up = linear.apply(model.weight(layer + "mlp.up_proj"), input);
        for (int t = 0; t < gate.length; t++) {
            for (int i = 0; i < gate[t].length; i++) {
                gate[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
            }
        }
        add(stream, linear.apply(model.weight(layer + "mlp.down_proj"), gate));
    }

    private double[][] rotate(double[][] tokens) {
        double[][] rotated = new double[tokens.length][];
        for (int t = 0; t < tokens.length; t++) {
            rotated[t] = rotate(tokens[t], t);
        }
        return rotated;
    }

    private double[] rotate(double[] heads, int position) {
        int size = model.definition().headSize();
        double[] rotated = new double[heads.length];
        for (int start = 0; start < heads.length; start += size) {
            for (int pair = 0; pair < size / 2; pair++) {
                double angle = model.definition().ropeAngle(position, pair);
                double first = heads[start + pair];
                double second = heads[start + size / 2 + pair];
                rotated[start + pair] = first * Math.cos(angle) - second * Math.sin(angle);
                rotated[start + size / 2 + pair] = second * Math.cos(angle) + first * Math.sin(angle);
            }
        }
        return rotated;
    }

    private double[][] norm(String name, double[][] tokens) {
        return Arrays.stream(tokens).map(token -> norm(name, token)).toArray(double[][]::new);
    }

    private double[] norm(String name, double[] input) {
        double squares = 0;
        for (double value : input) {
            squares += value * value;
        }
        double factor =
                1 / Math.sqrt(squares / input.length + model.definition().normEpsilon());
        double[] output = new double[input.length];
        for (int i = 0; i < input.length; i++) {
            output[i] = input[i] * factor * model.weight(name)[i];
        }
        return output;
    }

    private static void add(double[][] target, double[][] update) {
        for (int t = 0; t < target.length; t++) {
            for (int i = 0; i < target[t].length; i++) {
                target[t][i] += update[t][i];
            }
        }
    }
}
