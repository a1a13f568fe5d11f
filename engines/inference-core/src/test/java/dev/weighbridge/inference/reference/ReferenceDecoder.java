package dev.weighbridge.inference.reference;

import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.EncoderDecoderSession;
import dev.weighbridge.inference.backend.PromptEncodingSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.Weights;
import dev.weighbridge.inference.model.Activation;
import dev.weighbridge.inference.model.Alibi;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Encoder;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.RelativeBuckets;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import dev.weighbridge.inference.model.Rotary;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Any decoder in plain Java, in 64-bit floats, with a KV cache of slots: what backends are held against. Each token of each row
 * is computed by itself, so that answers are the same to the last bit in whatever way rows and prompts are grouped.
 */
public final class ReferenceDecoder implements EncoderDecoderSession {
    private final Definition definition;
    private final Weights weights;
    private final Linear linear;
    private final int slots;
    private final int contextLength;
    private final Map<Role, float[]> values = new HashMap<>();

    /** Indexed by layer, slot and position: the keys, and after them the values, of one token. */
    private final double[][][][] cache;

    /** Indexed by layer, slot and position of the prompt: what its cross-attention reads; empty without an encoder. */
    private final double[][][][] sources;

    /** A linear layer over one token: {@code weights} is {@code [outputs, inputs]}. */
    public interface Linear {
        double[] apply(float[] weights, double[] input);

        /** With all digits. */
        static double[] exact(float[] weights, double[] input) {
            double[] output = new double[weights.length / input.length];
            for (int row = 0; row < output.length; row++) {
                double sum = 0;
                for (int i = 0; i < input.length; i++) {
                    sum += weights[row * input.length + i] * input[i];
                }
                output[row] = sum;
            }
            return output;
        }
    }

    public ReferenceDecoder(Checkpoint checkpoint, int slots, int contextLength) {
        this(checkpoint, slots, contextLength, Linear::exact);
    }

    /** With layers that a precision may quantize computed in a way of their own. */
    public ReferenceDecoder(Checkpoint checkpoint, int slots, int contextLength, Linear linear) {
        this.definition = checkpoint.definition();
        this.weights = checkpoint.weights();
        this.linear = linear;
        this.slots = slots;
        this.contextLength = contextLength;
        weights.roles().forEach(role -> values.put(role, weights.floats(role)));
        cache = new double[definition.layers()][slots][contextLength][];
        sources = new double[definition.layers()][slots][0][];
    }

    /** The decoder for use as any other: with an encoder in front where the model has one. */
    public static DecoderSession session(Checkpoint checkpoint, int slots, int contextLength) {
        return session(checkpoint, slots, contextLength, Linear::exact);
    }

    private static DecoderSession session(Checkpoint checkpoint, int slots, int contextLength, Linear linear) {
        Encoder encoder = checkpoint.definition().encoder();
        if (encoder == null) {
            return new ReferenceDecoder(checkpoint, slots, contextLength, linear);
        }
        return new PromptEncodingSession(
                new ReferenceDecoder(checkpoint, slots, contextLength + PromptEncodingSession.START, linear),
                encoder.startToken());
    }

    /** Logits after every token of a sequence, which an encoder has read before where there is one. */
    public static double[][] logits(Checkpoint checkpoint, Linear linear, int... tokens) {
        DecoderSession session = session(checkpoint, 1, tokens.length, linear);
        if (session instanceof ReferenceDecoder decoder) {
            return IntStream.range(0, tokens.length)
                    .mapToObj(at -> decoder.append(0, at, tokens[at]))
                    .toArray(double[][]::new);
        }
        FloatBuffer rows = session.forward(List.of(new Segment(0, 0, tokens, Segment.Wanted.ALL)));
        double[][] logits = new double[tokens.length][session.vocabularySize()];
        for (double[] row : logits) {
            for (int i = 0; i < row.length; i++) {
                row[i] = rows.get();
            }
        }
        return logits;
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
    public FloatBuffer forward(List<Segment> segments) {
        FloatBuffer logits =
                FloatBuffer.allocate(segments.stream().mapToInt(Segment::rows).sum() * vocabularySize());
        for (Segment segment : segments) {
            int count = segment.tokens().length;
            for (int i = 0; i < count; i++) {
                double[] row = append(segment.slot(), segment.past() + i, segment.tokens()[i]);
                if (i >= count - segment.rows()) {
                    put(row, logits);
                }
            }
        }
        return logits.flip();
    }

    @Override
    public void encode(int slot, int[] tokens) {
        Encoder encoder = Objects.requireNonNull(definition.encoder(), "no encoder");
        double[][] streams = new double[tokens.length][];
        for (int at = 0; at < tokens.length; at++) {
            streams[at] = embed(tokens[at], at);
        }
        for (int number = 0; number < encoder.blocks().size(); number++) {
            int layer = definition.encoderLayer(number);
            Block block = encoder.blocks().get(number);
            double[][] seen = new double[tokens.length][];
            double[][] queries = new double[tokens.length][];
            for (int at = 0; at < tokens.length; at++) {
                double[] input = norm(block.attentionNorm(), streams[at], Part.ATTENTION_NORM, layer);
                queries[at] = projected(Role.of(Part.QUERY, layer), Role.of(Part.QUERY_BIAS, layer), input);
                seen[at] = joined(
                        projected(Role.of(Part.KEY, layer), Role.of(Part.KEY_BIAS, layer), input),
                        projected(Role.of(Part.VALUE, layer), Role.of(Part.VALUE_BIAS, layer), input));
            }
            for (int at = 0; at < tokens.length; at++) {
                double[] mixed = mix(block.attention(), queries[at], seen, at, 0, tokens.length - 1);
                double[] attended = projected(
                        Role.of(Part.ATTENTION_OUTPUT, layer), Role.of(Part.ATTENTION_OUTPUT_BIAS, layer), mixed);
                double[] between = sum(streams[at], attended);
                streams[at] =
                        sum(between, mlp(block.mlp(), layer, norm(block.mlpNorm(), between, Part.MLP_NORM, layer)));
            }
        }
        for (int layer = 0; layer < definition.layers(); layer++) {
            sources[layer][slot] = new double[tokens.length][];
            for (int at = 0; at < tokens.length; at++) {
                double[] read = norm(
                        encoder.finalNorm(), streams[at], Role.of(Part.ENCODER_NORM), Role.of(Part.ENCODER_NORM_BIAS));
                sources[layer][slot][at] = joined(
                        linear.apply(value(Role.of(Part.CROSS_KEY, layer)), read),
                        linear.apply(value(Role.of(Part.CROSS_VALUE, layer)), read));
            }
            cache[layer][slot] = new double[contextLength][];
        }
    }

    private static double[] joined(double[] keys, double[] values) {
        double[] both = Arrays.copyOf(keys, keys.length + values.length);
        System.arraycopy(values, 0, both, keys.length, values.length);
        return both;
    }

    @Override
    public void clear(int slot) {
        for (double[][][] layer : cache) {
            layer[slot] = new double[contextLength][];
        }
        for (double[][][] layer : sources) {
            layer[slot] = new double[0][];
        }
    }

    @Override
    public void copy(int from, int to, int length) {
        for (double[][][] layer : cache) {
            // What lies beyond the length is another sequence's: reading it must show.
            layer[to] = Arrays.copyOf(Arrays.copyOf(layer[from], length), contextLength);
        }
        for (double[][][] layer : sources) {
            layer[to] = layer[from];
        }
    }

    @Override
    public void close() {}

    private static void put(double[] row, FloatBuffer logits) {
        for (double value : row) {
            logits.put((float) value);
        }
    }

    private double[] append(int slot, int position, int token) {
        double[] stream = embed(token, position);
        for (int layer = 0; layer < definition.layers(); layer++) {
            stream = block(layer, slot, position, stream);
        }
        Norm last = definition.finalNorm();
        if (last != null) {
            stream = norm(last, stream, Role.of(Part.FINAL_NORM), Role.of(Part.FINAL_NORM_BIAS));
        }
        Role projection = Role.of(Part.HEAD_PROJECTION);
        if (weights.has(projection)) {
            stream = Linear.exact(value(projection), stream);
        }
        Head head = definition.head();
        double[] logits = linear.apply(value(Role.of(head.tied() ? Part.EMBEDDING : Part.HEAD)), stream);
        addIfThere(logits, Role.of(Part.HEAD_BIAS));
        for (int i = 0; i < logits.length; i++) {
            logits[i] = capped(logits[i] * head.scale(), head.softcap());
        }
        return logits;
    }

    private double[] embed(int token, int position) {
        int size = definition.embedding().size();
        double[] stream = new double[size];
        for (int i = 0; i < size; i++) {
            stream[i] = value(Role.of(Part.EMBEDDING))[token * size + i]
                    * definition.embedding().scale();
        }
        Role projection = Role.of(Part.EMBEDDING_PROJECTION);
        if (weights.has(projection)) {
            stream = Linear.exact(value(projection), stream);
        }
        if (definition.embedding().learnedPositions()) {
            for (int i = 0; i < stream.length; i++) {
                stream[i] += value(Role.of(Part.POSITIONS))[position * stream.length + i];
            }
        }
        Norm norm = definition.embedding().norm();
        return norm == null
                ? stream
                : norm(norm, stream, Role.of(Part.EMBEDDING_NORM), Role.of(Part.EMBEDDING_NORM_BIAS));
    }

    private double[] block(int layer, int slot, int position, double[] stream) {
        Block block = definition.blocks().get(layer);
        boolean after = block.residual() == Block.Residual.NORM_AFTER;
        double[] normalized = after ? stream : norm(block.attentionNorm(), stream, Part.ATTENTION_NORM, layer);
        double[] attended = attend(block.attention(), layer, cache[layer][slot], position, normalized);
        if (block.attentionPostNorm() != null) {
            attended = norm(block.attentionPostNorm(), attended, Part.ATTENTION_POST_NORM, layer);
        }
        double[] between = sum(stream, attended);
        if (after) {
            between = norm(block.attentionNorm(), between, Part.ATTENTION_NORM, layer);
        }
        if (block.cross() != null) {
            between = sum(between, attendToPrompt(block.cross(), layer, slot, between));
        }
        double[] input = switch (block.residual()) {
            case NORM_AFTER -> between;
            case SEQUENTIAL -> norm(block.mlpNorm(), between, Part.MLP_NORM, layer);
            case PARALLEL -> block.mlpNorm() == null ? normalized : norm(block.mlpNorm(), stream, Part.MLP_NORM, layer);
        };
        double[] update = mlp(block.mlp(), layer, input);
        if (block.mlpPostNorm() != null) {
            update = norm(block.mlpPostNorm(), update, Part.MLP_POST_NORM, layer);
        }
        double[] end = sum(between, update);
        return after ? norm(block.mlpNorm(), end, Part.MLP_NORM, layer) : end;
    }

    private double[] attend(Attention attention, int layer, double[][] seen, int position, double[] input) {
        int size = attention.headSize();
        double[] query = projected(Part.QUERY, Part.QUERY_BIAS, layer, input);
        double[] key = projected(Part.KEY, Part.KEY_BIAS, layer, input);
        headNorm(attention.headNorm(), query, Role.of(Part.QUERY_NORM, layer), size);
        headNorm(attention.headNorm(), key, Role.of(Part.KEY_NORM, layer), size);
        rotate(attention.rotary(), query, position, size);
        rotate(attention.rotary(), key, position, size);
        seen[position] = joined(key, projected(Part.VALUE, Part.VALUE_BIAS, layer, input));
        int first = attention.window() == 0 ? 0 : Math.max(0, position - attention.window() + 1);
        double[] attended = mix(attention, query, seen, position, first, position);
        return projected(Part.ATTENTION_OUTPUT, Part.ATTENTION_OUTPUT_BIAS, layer, attended);
    }

    private double[] attendToPrompt(Block.Cross cross, int layer, int slot, double[] stream) {
        double[][] seen = sources[layer][slot];
        double[] input = norm(cross.norm(), stream, Part.CROSS_NORM, layer);
        double[] query = linear.apply(value(Role.of(Part.CROSS_QUERY, layer)), input);
        double[] attended = mix(cross.attention(), query, seen, 0, 0, seen.length - 1);
        return linear.apply(value(Role.of(Part.CROSS_OUTPUT, layer)), attended);
    }

    /** The values of positions {@code first} to {@code last} by the softmax of their scores. */
    private double[] mix(Attention attention, double[] query, double[][] seen, int position, int first, int last) {
        int size = attention.headSize();
        double[] attended = new double[attention.querySize()];
        for (int head = 0; head < attention.heads(); head++) {
            int at = head / attention.group() * size;
            double[] shares = new double[last + 1];
            for (int other = first; other <= last; other++) {
                double product = 0;
                for (int i = 0; i < size; i++) {
                    product += query[head * size + i] * seen[other][at + i];
                }
                Alibi alibi = attention.alibi();
                shares[other] = capped(product * attention.scale(), attention.softcap())
                        + (alibi == null ? 0 : alibi.bias(head, other))
                        + relativeBias(attention, head, other - position);
            }
            softmax(shares, first);
            for (int other = first; other <= last; other++) {
                for (int i = 0; i < size; i++) {
                    attended[head * size + i] += shares[other] * seen[other][attention.keyValueSize() + at + i];
                }
            }
        }
        return attended;
    }

    private double relativeBias(Attention attention, int head, int offset) {
        RelativeBuckets buckets = attention.relative();
        if (buckets == null) {
            return 0;
        }
        float[] table = value(Role.of(buckets.bidirectional() ? Part.ENCODER_RELATIVE_BIASES : Part.RELATIVE_BIASES));
        return table[buckets.of(offset) * attention.heads() + head];
    }

    private static void softmax(double[] scores, int first) {
        double largest = Arrays.stream(scores, first, scores.length).max().orElseThrow();
        double sum = 0;
        for (int i = first; i < scores.length; i++) {
            scores[i] = Math.exp(scores[i] - largest);
            sum += scores[i];
        }
        for (int i = first; i < scores.length; i++) {
            scores[i] /= sum;
        }
    }

    private void headNorm(Attention.@Nullable HeadNorm norm, double[] heads, Role role, int size) {
        if (norm == null) {
            return;
        }
        float[] weight = value(role);
        for (int start = 0; start < heads.length; start += size) {
            double[] head = normalized(norm.norm(), Arrays.copyOfRange(heads, start, start + size));
            for (int i = 0; i < size; i++) {
                heads[start + i] = head[i] * weight[norm.shared() ? i : start + i];
            }
        }
    }

    private static void rotate(@Nullable Rotary rotary, double[] heads, int position, int size) {
        if (rotary == null) {
            return;
        }
        int half = rotary.size() / 2;
        for (int start = 0; start < heads.length; start += size) {
            for (int pair = 0; pair < half; pair++) {
                double first = heads[start + pair];
                double second = heads[start + pair + half];
                double cosine = rotary.cosine(position, pair);
                double sine = rotary.sine(position, pair);
                heads[start + pair] = first * cosine - second * sine;
                heads[start + pair + half] = second * cosine + first * sine;
            }
        }
    }

    private double[] mlp(Mlp mlp, int layer, double[] input) {
        Mlp.Experts experts = mlp.experts();
        if (experts == null) {
            return mlp(mlp, layer, -1, input);
        }
        double[] router = Linear.exact(value(Role.of(Part.ROUTER, layer)), input);
        List<Integer> chosen = IntStream.range(0, experts.count())
                .boxed()
                .sorted(Comparator.comparingDouble(expert -> -router[expert]))
                .limit(experts.perToken())
                .toList();
        double[] shares = chosen.stream().mapToDouble(expert -> router[expert]).toArray();
        softmax(shares, 0);
        double[] result = new double[input.length];
        for (int i = 0; i < shares.length; i++) {
            double[] answer = mlp(mlp, layer, chosen.get(i), input);
            for (int j = 0; j < result.length; j++) {
                result[j] += shares[i] * answer[j];
            }
        }
        return result;
    }

    private double[] mlp(Mlp mlp, int layer, int expert, double[] input) {
        double[] up = projected(new Role(Part.UP, layer, expert), new Role(Part.UP_BIAS, layer, expert), input);
        double[] inner = mlp.gated()
                ? projected(new Role(Part.GATE, layer, expert), new Role(Part.GATE_BIAS, layer, expert), input)
                : up;
        double[] active = new double[inner.length];
        for (int i = 0; i < inner.length; i++) {
            active[i] = activated(mlp.activation(), inner[i]) * (mlp.gated() ? up[i] : 1);
        }
        return projected(new Role(Part.DOWN, layer, expert), new Role(Part.DOWN_BIAS, layer, expert), active);
    }

    private static double activated(Activation activation, double x) {
        return switch (activation) {
            case SILU -> x / (1 + Math.exp(-x));
            case GELU -> x * normalShare(x);
            case GELU_TANH -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case RELU -> Math.max(x, 0);
        };
    }

    /** The normal distribution function by its series (Abramowitz and Stegun 26.2.10), which converges for all that occurs here. */
    private static double normalShare(double x) {
        if (Math.abs(x) > 8) {
            return x > 0 ? 1 : 0;
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 300; n++) {
            term *= x * x / (2 * n + 1);
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static double capped(double score, double cap) {
        return cap == 0 ? score : cap * Math.tanh(score / cap);
    }

    private double[] projected(Part part, Part bias, int layer, double[] input) {
        return projected(Role.of(part, layer), Role.of(bias, layer), input);
    }

    private double[] projected(Role matrix, Role bias, double[] input) {
        double[] output = linear.apply(value(matrix), input);
        addIfThere(output, bias);
        return output;
    }

    private void addIfThere(double[] target, Role role) {
        if (weights.has(role)) {
            float[] update = value(role);
            for (int i = 0; i < target.length; i++) {
                target[i] += update[i];
            }
        }
    }

    private double[] norm(@Nullable Norm norm, double[] input, Part weight, int layer) {
        return norm(norm, input, Role.of(weight, layer), Role.of(Part.valueOf(weight.name() + "_BIAS"), layer));
    }

    private double[] norm(@Nullable Norm norm, double[] input, Role weight, Role bias) {
        if (norm == null) {
            throw new IllegalStateException("no norm for " + weight);
        }
        double[] output = normalized(norm, input);
        float[] factors = value(weight);
        for (int i = 0; i < output.length; i++) {
            output[i] *= factors[i];
        }
        addIfThere(output, bias);
        return output;
    }

    private static double[] normalized(Norm norm, double[] input) {
        double mean = norm.kind() == Norm.Kind.RMS
                ? 0
                : Arrays.stream(input).average().orElseThrow();
        double squares =
                Arrays.stream(input).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        double factor = 1 / Math.sqrt(squares + norm.epsilon());
        return Arrays.stream(input).map(v -> (v - mean) * factor).toArray();
    }

    private float[] value(Role role) {
        float[] value = values.get(role);
        if (value == null) {
            throw new IllegalStateException("the model has no " + role);
        }
        return value;
    }

    private static double[] sum(double[] left, double[] right) {
        double[] sum = left.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += right[i];
        }
        return sum;
    }
}
