package dev.weighbridge.inference.shape;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Values that follow from a seed, the tensor's name and each value's place alone, so that no order of writing changes them:
 * SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) over a counter. They are uniform, and thus bounded.
 */
final class RandomValues {
    private static final int BUFFER = 1 << 20;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final PlannedTensor tensor;
    private final ValueType type;
    private final long start;

    RandomValues(PlannedTensor tensor, ValueType type, long seed) {
        this.tensor = tensor;
        this.type = type;
        this.start = start(seed, tensor.name());
    }

    /** Writes all values, little-endian, a piece at a time. */
    void writeTo(WritableByteChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
        long count = tensor.count();
        for (long at = 0; at < count; ) {
            buffer.clear();
            for (; at < count && buffer.remaining() >= type.width(); at++) {
                type.put(buffer, value(at));
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }

    private float value(long at) {
        // The upper 53 bits as a number from -1 up to 1, whose deviation is the root of a third.
        double uniform = (mixed(start + (at + 1) * GOLDEN) >>> 11) * 0x1p-52 - 1;
        return (float) (tensor.mean() + tensor.deviation() * Math.sqrt(3) * uniform);
    }

    private static long mixed(long value) {
        long bits = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        bits = (bits ^ bits >>> 27) * 0x94d049bb133111ebL;
        return bits ^ bits >>> 31;
    }

    private static long start(long seed, String name) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest((seed + "/" + name).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
