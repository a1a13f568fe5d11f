package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import dev.weighbridge.inference.checkpoint.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A decoder with random weights, in memory and as a safetensors file.
 *
 * @param weights by Hugging Face name, row-major {@code [outputs, inputs]}
 */
record TinyModel(DecoderDefinition definition, Map<String, float[]> weights, Map<String, List<Long>> shapes) {
    static DecoderDefinition definition(int heads, int keyValueHeads, boolean tied) {
        return new DecoderDefinition(97, 48, 2, heads, keyValueHeads, 16, 72, 1e-5, 10_000, 64, tied);
    }

    static TinyModel random(DecoderDefinition definition, long seed) {
        TinyModel model = new TinyModel(definition, new LinkedHashMap<>(), new LinkedHashMap<>());
        Random random = new Random(seed);
        int hidden = definition.hiddenSize();
        model.matrix("model.embed_tokens", definition.vocabularySize(), hidden, 1, random);
        for (int layer = 0; layer < definition.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            double scale = 1.7 / Math.sqrt(hidden);
            model.norm(prefix + "input_layernorm", random);
            model.matrix(prefix + "self_attn.q_proj", definition.querySize(), hidden, 2 * scale, random);
            model.matrix(prefix + "self_attn.k_proj", definition.keyValueSize(), hidden, 2 * scale, random);
            model.matrix(prefix + "self_attn.v_proj", definition.keyValueSize(), hidden, scale, random);
            model.matrix(prefix + "self_attn.o_proj", hidden, definition.querySize(), scale, random);
            model.norm(prefix + "post_attention_layernorm", random);
            model.matrix(prefix + "mlp.gate_proj", definition.intermediateSize(), hidden, scale, random);
            model.matrix(prefix + "mlp.up_proj", definition.intermediateSize(), hidden, scale, random);
            model.matrix(prefix + "mlp.down_proj", hidden, definition.intermediateSize(), scale, random);
        }
        model.norm("model.norm", random);
        if (!definition.tiedEmbeddings()) {
            model.matrix("lm_head", definition.vocabularySize(), hidden, 0.3, random);
        }
        return model;
    }

    float[] weight(String name) {
        return weights.get(name + ".weight");
    }

    /** Writes {@code model.safetensors} with every tensor of one type, {@code F32} or {@code BF16}. */
    Checkpoint write(Path folder, String dtype) throws IOException {
        int size = dtype.equals("F32") ? Float.BYTES : Short.BYTES;
        StringBuilder header = new StringBuilder("{");
        Map<String, Long> offsets = new LinkedHashMap<>();
        long offset = 0;
        for (Map.Entry<String, float[]> entry : weights.entrySet()) {
            long end = offset + (long) entry.getValue().length * size;
            header.append(header.length() == 1 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(entry.getKey(), dtype, shapes.get(entry.getKey()), offset, end));
            offsets.put(entry.getKey(), offset);
            offset = end;
        }
        header.append('}');
        while (header.length() % Long.BYTES != 0) {
            header.append(' ');
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + json.length + (int) offset)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json);
        for (float[] values : weights.values()) {
            for (float value : values) {
                if (size == Float.BYTES) {
                    file.putFloat(value);
                } else {
                    file.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                }
            }
        }
        Files.createDirectories(folder);
        Path path = folder.resolve("model.safetensors");
        Files.write(path, file.array());
        Tensors tensors = new Tensors(path.toRealPath(), dtype, size, Long.BYTES + json.length, offsets, shapes);
        String sha256 = "%064x".formatted(new java.math.BigInteger(1, sha256(file.array())));
        return new Checkpoint(folder.toRealPath(), "tiny", definition, tensors, Set.of(2), sha256);
    }

    /** The same model with every weight cut to sixteen bits, as {@link #write} stores it as {@code BF16}. */
    TinyModel truncatedToBf16() {
        TinyModel truncated = new TinyModel(definition, new LinkedHashMap<>(), shapes);
        weights.forEach((name, values) -> {
            float[] cut = values.clone();
            for (int i = 0; i < cut.length; i++) {
                cut[i] = Float.intBitsToFloat(Float.floatToRawIntBits(cut[i]) & 0xFFFF0000);
            }
            truncated.weights.put(name, cut);
        });
        return truncated;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return java.security.MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void matrix(String name, long outputs, long inputs, double scale, Random random) {
        float[] values = new float[(int) (outputs * inputs)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((random.nextFloat() * 2 - 1) * scale);
        }
        weights.put(name + ".weight", values);
        shapes.put(name + ".weight", List.of(outputs, inputs));
    }

    private void norm(String name, Random random) {
        float[] values = new float[definition.hiddenSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.8f + 0.4f * random.nextFloat();
        }
        weights.put(name + ".weight", values);
        shapes.put(name + ".weight", List.of((long) values.length));
    }

    /** Tensors read back from the file. */
    private record Tensors(
            Path file,
            String dtype,
            int elementSize,
            long dataStart,
            Map<String, Long> offsets,
            Map<String, List<Long>> shapes)
            implements TensorSource {
        @Override
        public Set<String> names() {
            return offsets.keySet();
        }

        @Override
        public TensorInfo info(String name) {
            if (!offsets.containsKey(name)) {
                throw new EngineException(EngineException.Category.BAD_MODEL, "no tensor " + name);
            }
            long elements = shapes.get(name).stream().reduce(1L, (a, b) -> a * b);
            return new TensorInfo(
                    name, dtype, shapes.get(name), file, dataStart + offsets.get(name), elements * elementSize);
        }

        @Override
        public ByteBuffer bytes(String name) {
            TensorInfo info = info(name);
            try {
                byte[] all = Files.readAllBytes(file);
                return ByteBuffer.wrap(all, (int) info.offset(), (int) info.length())
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public float[] floats(String name) {
            ByteBuffer bytes = bytes(name);
            float[] values = new float[bytes.remaining() / elementSize];
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        elementSize == Float.BYTES ? bytes.getFloat() : Float.intBitsToFloat(bytes.getShort() << 16);
            }
            return values;
        }
    }
}
