package dev.weighbridge.inference.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes safetensors files by hand, broken ones among them. */
final class SafetensorsBytes {
    private SafetensorsBytes() {}

    static Path write(Path file, String header, int dataBytes) throws IOException {
        return write(file, header, new byte[dataBytes]);
    }

    static Path write(Path file, String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return write(file, json.length, json, data);
    }

    static Path write(Path file, long headerLength, byte[] header, byte[] data) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerLength)
                .put(header)
                .put(data);
        return Files.write(file, bytes.array()).toRealPath();
    }
}
