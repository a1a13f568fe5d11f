package dev.weighbridge.inference.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes tensors as one safetensors file: an eight-byte little-endian header length, a JSON header padded
 * with spaces to a multiple of eight bytes, then the data without gaps (format: huggingface/safetensors, README).
 */
public final class SafetensorsWriter {
    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /**
     * A tensor to write.
     *
     * @param shape outermost dimension first
     * @param values row-major, as many as the shape holds
     */
    public record FloatTensor(List<Integer> shape, float[] values) {
        public FloatTensor {
            shape = List.copyOf(shape);
            long expected = shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
            if (expected != values.length) {
                throw new IllegalArgumentException(
                        "a tensor of shape " + shape + " holds " + expected + " values, got: " + values.length);
            }
        }
    }

    /**
     * A tensor whose values are made while they are written, so that it never lies in memory as a whole.
     *
     * @param dtype as safetensors names it
     * @param shape outermost dimension first
     * @param bytes that its values take
     */
    public record StreamedTensor(String name, String dtype, List<Long> shape, long bytes, Values values) {
        /** Writes all values, little-endian and row-major. */
        @FunctionalInterface
        public interface Values {
            void writeTo(WritableByteChannel channel) throws IOException;
        }

        public StreamedTensor {
            shape = List.copyOf(shape);
        }
    }

    /** Writes the tensors in the order of the map; the file is replaced as a whole. */
    public static void write(Path file, Map<String, FloatTensor> tensors) throws IOException {
        List<StreamedTensor> streamed = new ArrayList<>();
        tensors.forEach((name, tensor) -> streamed.add(new StreamedTensor(
                name,
                "F32",
                tensor.shape().stream().map(Integer::longValue).toList(),
                (long) Float.BYTES * tensor.values().length,
                channel -> write(channel, bytes(tensor.values())))));
        write(file, Map.of("format", "pt"), streamed);
    }

    /** Writes the tensors in their order; the file is replaced as a whole. */
    public static void write(Path file, Map<String, String> metadata, List<StreamedTensor> tensors) throws IOException {
        byte[] json = header(metadata, tensors);
        Path temporary = file.resolveSibling("." + file.getFileName() + ".partial");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(
                    channel,
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(0, json.length));
            write(channel, ByteBuffer.wrap(json));
            for (StreamedTensor tensor : tensors) {
                long end = channel.position() + tensor.bytes();
                tensor.values().writeTo(channel);
                if (channel.position() != end) {
                    throw new IllegalStateException("tensor " + tensor.name() + " was to have " + tensor.bytes()
                            + " bytes; it ends " + (channel.position() - end) + " bytes later");
                }
            }
        }
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] header(Map<String, String> metadata, List<StreamedTensor> tensors) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode header = mapper.createObjectNode();
        ObjectNode about = header.putObject("__metadata__");
        new TreeMap<>(metadata).forEach(about::put);
        long offset = 0;
        for (StreamedTensor streamed : tensors) {
            ObjectNode tensor = header.putObject(streamed.name()).put("dtype", streamed.dtype());
            streamed.shape().forEach(tensor.withArray("shape")::add);
            long end = offset + streamed.bytes();
            tensor.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        return padded(mapper.writeValueAsString(header));
    }

    private static ByteBuffer bytes(float[] values) {
        ByteBuffer data = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return data;
    }

    private static byte[] padded(String json) {
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        return (json + " ".repeat((ALIGNMENT - length % ALIGNMENT) % ALIGNMENT)).getBytes(StandardCharsets.UTF_8);
    }

    private static void write(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
