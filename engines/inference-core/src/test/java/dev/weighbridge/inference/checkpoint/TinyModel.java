package dev.weighbridge.inference.checkpoint;

import dev.weighbridge.inference.checkpoint.SafetensorsWriter.FloatTensor;
import dev.weighbridge.inference.family.Description;
import dev.weighbridge.inference.model.Activation;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import dev.weighbridge.inference.model.Rotary;
import dev.weighbridge.inference.model.WeightShapes;
import dev.weighbridge.inference.model.WeightView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Any decoder with random weights, in memory and as a safetensors file whose tensors are named after their roles. */
public record TinyModel(Definition definition, Map<Role, float[]> weights) {
    public static final int VOCABULARY = 97;
    public static final int CONTEXT = 64;

    /** A Llama of two blocks, heads of 16 values, 48 wide. */
    public static Definition llama(int heads, int keyValueHeads, boolean tied) {
        return llama(48, 2, heads, keyValueHeads, 16, 72, tied);
    }

    /** A Llama. */
    public static Definition llama(
            int hidden, int layers, int heads, int keyValueHeads, int headSize, int intermediate, boolean tied) {
        List<Double> frequencies = new ArrayList<>();
        for (int pair = 0; pair < headSize / 2; pair++) {
            frequencies.add(Math.pow(10_000, -2.0 * pair / headSize));
        }
        Norm norm = Norm.rms(1e-5);
        Block block = Block.sequential(
                norm,
                Attention.rotary(heads, keyValueHeads, headSize, new Rotary(frequencies, 1)),
                Mlp.gated(intermediate, Activation.SILU));
        return new Definition(
                VOCABULARY,
                hidden,
                CONTEXT,
                Embedding.plain(hidden),
                Collections.nCopies(layers, block),
                norm,
                Head.plain(tied));
    }

    /** Weights drawn so that attention looks at several tokens and logits differ by a few units. */
    public static TinyModel random(Definition definition, long seed) {
        Random random = new Random(seed);
        Map<Role, float[]> weights = new LinkedHashMap<>();
        WeightShapes.of(definition).forEach((role, shape) -> {
            float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
            double scale = scale(role.part(), shape);
            double middle = role.part().name().endsWith("NORM") ? 1 : 0;
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (middle + (random.nextFloat() * 2 - 1) * scale);
            }
            weights.put(role, values);
        });
        return new TinyModel(definition, weights);
    }

    private static double scale(Part part, List<Long> shape) {
        double wide = 1.7 / Math.sqrt(shape.get(shape.size() - 1));
        return switch (part) {
            case EMBEDDING -> 1;
            case HEAD -> 0.3;
            case QUERY, KEY -> 2 * wide;
            default -> shape.size() == 2 ? wide : 0.2;
        };
    }

    public float[] weight(Role role) {
        float[] values = weights.get(role);
        if (values == null) {
            throw new IllegalArgumentException("no " + role);
        }
        return values;
    }

    /** Writes {@code model.safetensors} with every tensor of one type, {@code F32} or {@code BF16}. */
    public Checkpoint write(Path folder, String dtype) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("model.safetensors");
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        Map<Role, List<Long>> shapes = WeightShapes.of(definition);
        weights.forEach((role, values) -> tensors.put(
                role.id(),
                new FloatTensor(shapes.get(role).stream().map(Math::toIntExact).toList(), values)));
        if (dtype.equals("F32")) {
            SafetensorsWriter.write(file, tensors);
        } else {
            writeSixteenBits(file, tensors);
        }
        Description description = new Description(definition, role -> WeightView.of(role.id()), "");
        Path real = file.toRealPath();
        return new Checkpoint(
                folder.toRealPath(),
                "tiny",
                definition,
                Weights.of(description, new MappedTensors(folder, SafetensorsFile.read(real))),
                Set.of(2),
                FileDigest.of(List.of(real)));
    }

    private static void writeSixteenBits(Path file, Map<String, FloatTensor> tensors) throws IOException {
        StringBuilder header = new StringBuilder("{");
        ByteBuffer data = ByteBuffer.allocate(tensors.values().stream()
                        .mapToInt(tensor -> Short.BYTES * tensor.values().length)
                        .sum())
                .order(ByteOrder.LITTLE_ENDIAN);
        tensors.forEach((name, tensor) -> {
            int begin = data.position();
            for (float value : tensor.values()) {
                data.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            }
            header.append(header.length() == 1 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(name, tensor.shape(), begin, data.position()));
        });
        SafetensorsBytes.write(file, header.append('}').toString(), data.array());
    }

    /** The same model with every weight cut to sixteen bits, as {@link #write} stores it as {@code BF16}. */
    public TinyModel truncatedToBf16() {
        Map<Role, float[]> truncated = new LinkedHashMap<>();
        weights.forEach((role, values) -> {
            float[] cut = values.clone();
            for (int i = 0; i < cut.length; i++) {
                cut[i] = Float.intBitsToFloat(Float.floatToRawIntBits(cut[i]) & 0xFFFF0000);
            }
            truncated.put(role, cut);
        });
        return new TinyModel(definition, truncated);
    }
}
