package dev.weighbridge.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.inference.model.BadModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file that was validated before any tensor is looked at: eight bytes of little-endian header length, a JSON
 * header, then the data, which the tensors must fill without gap or overlap (format: huggingface/safetensors, README).
 */
final class SafetensorsFile {
    private static final long LONGEST_HEADER = 100L << 20;
    private static final Map<String, Integer> BYTES = Map.ofEntries(
            Map.entry("F64", 8),
            Map.entry("F32", 4),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("I64", 8),
            Map.entry("U64", 8),
            Map.entry("I32", 4),
            Map.entry("U32", 4),
            Map.entry("I16", 2),
            Map.entry("U16", 2),
            Map.entry("I8", 1),
            Map.entry("U8", 1),
            Map.entry("F8_E4M3", 1),
            Map.entry("F8_E5M2", 1),
            Map.entry("BOOL", 1));

    private SafetensorsFile() {}

    /**
     * Reads the header of a file.
     *
     * @param file real path
     * @return its tensors by name, in the order of their data
     * @throws dev.weighbridge.api.EngineException of category BAD_MODEL when the file is not whole and consistent
     */
    static Map<String, TensorSource.TensorInfo> read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < Long.BYTES) {
                throw BadModel.because(file + " is cut off: it has " + size
                        + " bytes, a safetensors file begins with 8. Copy it again.");
            }
            long headerLength = readBytes(channel, 0, Long.BYTES, file).getLong(0);
            if (headerLength < 2 || headerLength > LONGEST_HEADER) {
                throw BadModel.because(file + " is not a safetensors file: its header length is "
                        + Long.toUnsignedString(headerLength) + ", between 2 and " + LONGEST_HEADER
                        + " is expected. Export the model as safetensors.");
            }
            long dataStart = Long.BYTES + headerLength;
            if (dataStart > size) {
                throw BadModel.because(file + " is cut off: its header of " + headerLength
                        + " bytes is larger than the file of " + size + " bytes. Copy it again.");
            }
            byte[] header = new byte[(int) headerLength];
            readBytes(channel, Long.BYTES, header.length, file).get(header);
            if (header[0] != '{') {
                throw BadModel.because(file + " is not a safetensors file: its header begins with byte "
                        + (header[0] & 0xff) + " instead of '{'. Export the model as safetensors.");
            }
            Map<String, TensorSource.TensorInfo> tensors =
                    tensors(StrictJson.parse(header, file, "its header"), file, dataStart, size - dataStart);
            return contiguous(tensors, file, dataStart, size);
        } catch (IOException e) {
            throw BadModel.because(file + " cannot be read: " + e, e);
        }
    }

    private static Map<String, TensorSource.TensorInfo> tensors(
            JsonNode header, Path file, long dataStart, long dataSize) {
        Map<String, TensorSource.TensorInfo> tensors = new LinkedHashMap<>();
        header.properties().forEach(entry -> {
            if (!entry.getKey().equals("__metadata__")) {
                tensors.put(entry.getKey(), tensor(entry.getKey(), entry.getValue(), file, dataStart, dataSize));
            }
        });
        return tensors;
    }

    private static TensorSource.TensorInfo tensor(
            String name, JsonNode node, Path file, long dataStart, long dataSize) {
        String where = file + ", tensor " + BadModel.shown(name);
        String dtype = node.path("dtype").asText();
        Integer width = BYTES.get(dtype);
        if (width == null) {
            throw BadModel.because(where + " has the type '" + BadModel.shown(dtype) + "', supported are "
                    + BYTES.keySet().stream().sorted().toList());
        }
        JsonNode dimensions = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!dimensions.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw BadModel.because(
                    where + " must have a shape and two data_offsets, got: " + BadModel.shown(node.toString()));
        }
        List<Long> shape = new ArrayList<>();
        long bytes = width;
        for (JsonNode dimension : dimensions) {
            shape.add(wholeNumber(dimension, where + ", shape"));
            bytes = multiply(bytes, dimension.asLong(), where);
        }
        long begin = wholeNumber(offsets.path(0), where + ", data_offsets");
        long end = wholeNumber(offsets.path(1), where + ", data_offsets");
        if (end - begin != bytes) {
            throw BadModel.because(where + " of shape " + BadModel.shown(shape.toString()) + " and type " + dtype
                    + " takes " + bytes + " bytes, but its data_offsets are " + begin + " and " + end
                    + ". Export the model again.");
        }
        if (end > dataSize) {
            throw BadModel.because(where + " ends at byte " + end + " of the data, but the file has only " + dataSize
                    + " bytes of it: it is cut off. Copy it again.");
        }
        return new TensorSource.TensorInfo(name, dtype, shape, file, dataStart + begin, bytes);
    }

    private static Map<String, TensorSource.TensorInfo> contiguous(
            Map<String, TensorSource.TensorInfo> tensors, Path file, long dataStart, long size) {
        List<TensorSource.TensorInfo> ordered = new ArrayList<>(tensors.values());
        ordered.sort(Comparator.comparingLong(TensorSource.TensorInfo::offset)
                .thenComparingLong(TensorSource.TensorInfo::length));
        long expected = dataStart;
        for (TensorSource.TensorInfo tensor : ordered) {
            if (tensor.offset() != expected) {
                throw BadModel.because(
                        file + ", tensor " + BadModel.shown(tensor.name()) + " begins at byte " + tensor.offset()
                                + ", " + (tensor.offset() < expected ? "inside the tensor before it" : "after a gap")
                                + "; byte " + expected + " is expected");
            }
            expected += tensor.length();
        }
        if (expected != size) {
            throw BadModel.because(file + (expected > size ? " is cut off: " : " has bytes that belong to no tensor: ")
                    + "its tensors end at byte " + expected + ", the file at " + size + ". Copy it again.");
        }
        Map<String, TensorSource.TensorInfo> result = new LinkedHashMap<>();
        ordered.forEach(tensor -> result.put(tensor.name(), tensor));
        return result;
    }

    private static ByteBuffer readBytes(FileChannel channel, long position, int length, Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw BadModel.because(file + " became shorter while it was read. Copy it again.");
            }
        }
        return bytes.flip();
    }

    private static long wholeNumber(JsonNode node, String where) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
            throw BadModel.because(where + " must hold whole numbers of 0 or more, got: "
                    + BadModel.shown(node.toString()) + ". Export the model again.");
        }
        return node.asLong();
    }

    private static long multiply(long left, long right, String where) {
        try {
            return Math.multiplyExact(left, right);
        } catch (ArithmeticException e) {
            throw BadModel.because(where + " has a shape with more bytes than a file can hold", e);
        }
    }
}
