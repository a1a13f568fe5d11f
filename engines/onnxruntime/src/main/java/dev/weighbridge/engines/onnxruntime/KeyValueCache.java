package dev.weighbridge.engines.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import com.sun.jna.Memory;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.inference.model.Definition;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Keys and values of all slots: two areas of memory a layer, each {@code [slots, heads, contextLength, headSize]}, so that a
 * run of neighbouring slots is a tensor without copying.
 *
 * <p>The memory is the C library's and not Java's, which would write zeros to all of it: the operating system gives its pages
 * when they are first written to, so that a long context takes as much as the sequences in it do. What was never written is
 * never read: attention reads a row up to its length.
 */
final class KeyValueCache implements AutoCloseable {
    private final List<Layer> keys = new ArrayList<>();
    private final List<Layer> values = new ArrayList<>();

    /**
     * Keys or values of one layer.
     *
     * @param bytes of {@code memory}, all of them
     * @param positions of a slot
     */
    private record Layer(Memory memory, ByteBuffer bytes, CacheShape shape, int positions) {
        private static Layer allocate(CacheShape shape, int slots, int positions) {
            long size = (long) Float.BYTES * shape.size() * positions * slots;
            if (size > Integer.MAX_VALUE) {
                throw new EngineException(
                        Category.BAD_REQUEST,
                        "KV cache of " + slots + " slots of " + positions + " tokens takes " + size
                                + " bytes a layer, of which 2147483647 are possible. Use fewer slots or a shorter"
                                + " context");
            }
            try {
                Memory memory = new Memory(size);
                return new Layer(memory, memory.getByteBuffer(0, size), shape, positions);
            } catch (OutOfMemoryError e) {
                throw new EngineException(
                        Category.FAILED,
                        "the " + size + " bytes of a layer's KV cache cannot be had. Use fewer slots or a shorter"
                                + " context",
                        e);
            }
        }

        private int headBytes() {
            return Float.BYTES * shape.headSize() * positions;
        }

        private int slotBytes() {
            return headBytes() * shape.heads();
        }

        private OnnxTensor slots(int first, int count) throws OrtException {
            FloatBuffer slice = bytes.slice(first * slotBytes(), count * slotBytes())
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
            long[] dimensions = {count, shape.heads(), positions, shape.headSize()};
            return OnnxTensor.createTensor(OnnxRuntimeLibrary.environment(), slice, dimensions);
        }

        private void clear(int slot) {
            memory.setMemory((long) slot * slotBytes(), slotBytes(), (byte) 0);
        }

        private void put(int slot, FloatBuffer heads, int length) {
            int width = shape.headSize() * length;
            FloatBuffer floats = bytes.order(ByteOrder.nativeOrder()).asFloatBuffer();
            for (int head = 0; head < shape.heads(); head++) {
                int at = (slot * slotBytes() + head * headBytes()) / Float.BYTES;
                floats.put(at, heads, head * width, width);
            }
        }

        private void copy(int from, int to, int length) {
            for (int head = 0; head < shape.heads(); head++) {
                int within = head * headBytes();
                bytes.put(
                        to * slotBytes() + within,
                        bytes,
                        from * slotBytes() + within,
                        Float.BYTES * shape.headSize() * length);
            }
        }
    }

    /** What the decoder keeps of its own tokens. */
    static KeyValueCache ofSequences(Definition definition, int slots, int contextLength) {
        return new KeyValueCache(
                IntStream.range(0, definition.layers())
                        .mapToObj(layer -> CacheShape.of(definition.attention(layer)))
                        .toList(),
                slots,
                contextLength);
    }

    /** What an encoder leaves of each prompt, zeros at first, since shorter prompts are multiplied to the length of longer ones. */
    static KeyValueCache ofPrompts(Definition definition, int slots, int contextLength) {
        KeyValueCache cache = new KeyValueCache(
                IntStream.range(0, definition.layers())
                        .mapToObj(layer -> CacheShape.ofSource(definition, layer))
                        .toList(),
                slots,
                contextLength);
        for (int slot = 0; slot < slots; slot++) {
            cache.clear(slot);
        }
        return cache;
    }

    private KeyValueCache(List<CacheShape> shapes, int slots, int contextLength) {
        try {
            for (CacheShape shape : shapes) {
                keys.add(Layer.allocate(shape, slots, contextLength));
                values.add(Layer.allocate(shape, slots, contextLength));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Tensor over the keys of slots {@code first … first + count - 1}; the caller closes it. */
    OnnxTensor keys(int layer, int first, int count) throws OrtException {
        return keys.get(layer).slots(first, count);
    }

    OnnxTensor values(int layer, int first, int count) throws OrtException {
        return values.get(layer).slots(first, count);
    }

    /**
     * Takes what an encoder gave for one prompt.
     *
     * @param newKeys {@code [heads, length, headSize]}
     */
    void put(int layer, int slot, FloatBuffer newKeys, FloatBuffer newValues, int length) {
        keys.get(layer).put(slot, newKeys, length);
        values.get(layer).put(slot, newValues, length);
    }

    /** Fills a slot with zeros. */
    void clear(int slot) {
        keys.forEach(layer -> layer.clear(slot));
        values.forEach(layer -> layer.clear(slot));
    }

    /** Copies the first {@code length} positions of every head. */
    void copy(int from, int to, int length) {
        keys.forEach(layer -> layer.copy(from, to, length));
        values.forEach(layer -> layer.copy(from, to, length));
    }

    /** Gives the memory back; no tensor over it may be used any more. */
    @Override
    public void close() {
        keys.forEach(layer -> layer.memory().close());
        values.forEach(layer -> layer.memory().close());
    }
}
