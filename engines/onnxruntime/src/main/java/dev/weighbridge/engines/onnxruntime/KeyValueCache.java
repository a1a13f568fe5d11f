package dev.weighbridge.engines.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of all slots: two direct buffers a layer, each {@code [slots, keyValueHeads, contextLength, headSize]},
 * so that a run of neighbouring slots is a tensor without copying.
 */
final class KeyValueCache {
    private final DecoderDefinition definition;
    private final int contextLength;
    private final int slotBytes;
    private final List<ByteBuffer> keys = new ArrayList<>();
    private final List<ByteBuffer> values = new ArrayList<>();

    KeyValueCache(DecoderDefinition definition, int slots, int contextLength) {
        this.definition = definition;
        this.contextLength = contextLength;
        long bytes = (long) Float.BYTES * definition.keyValueSize() * contextLength * slots;
        if (bytes > Integer.MAX_VALUE) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "KV cache of " + slots + " slots of " + contextLength + " tokens takes " + bytes
                            + " bytes a layer, of which 2147483647 are possible. Use fewer slots or a shorter context");
        }
        this.slotBytes = (int) (bytes / slots);
        try {
            for (int layer = 0; layer < definition.layers(); layer++) {
                keys.add(direct((int) bytes));
                values.add(direct((int) bytes));
            }
        } catch (OutOfMemoryError e) {
            throw new EngineException(
                    Category.FAILED,
                    "KV cache of " + 2 * bytes * definition.layers() + " bytes does not fit into direct memory. Raise"
                            + " -XX:MaxDirectMemorySize, or use fewer slots or a shorter context",
                    e);
        }
    }

    /** Zeroed direct memory in the machine's byte order, as ONNX Runtime wants it. */
    static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Tensor over the keys of slots {@code first … first + count - 1}; the caller closes it. */
    OnnxTensor keys(int layer, int first, int count) throws OrtException {
        return view(keys.get(layer), first, count);
    }

    OnnxTensor values(int layer, int first, int count) throws OrtException {
        return view(values.get(layer), first, count);
    }

    /** Copies the first {@code length} positions of every head. */
    void copy(int from, int to, int length) {
        int headBytes = slotBytes / definition.keyValueHeads();
        int bytes = Float.BYTES * definition.headSize() * length;
        for (int layer = 0; layer < definition.layers(); layer++) {
            for (int head = 0; head < definition.keyValueHeads(); head++) {
                int source = from * slotBytes + head * headBytes;
                int target = to * slotBytes + head * headBytes;
                keys.get(layer).put(target, keys.get(layer), source, bytes);
                values.get(layer).put(target, values.get(layer), source, bytes);
            }
        }
    }

    private OnnxTensor view(ByteBuffer buffer, int first, int count) throws OrtException {
        FloatBuffer slice = buffer.slice(first * slotBytes, count * slotBytes)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        long[] shape = {count, definition.keyValueHeads(), contextLength, definition.headSize()};
        return OnnxTensor.createTensor(OnnxRuntimeLibrary.environment(), slice, shape);
    }
}
