package dev.weighbridge.inference.checkpoint;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Named tensors of a checkpoint, mapped read-only from its safetensors files. */
public interface TensorSource {
    Set<String> names();

    /**
     * Where a tensor lies.
     *
     * @throws dev.weighbridge.api.EngineException of category BAD_MODEL when there is none of that name
     */
    TensorInfo info(String name);

    /** The raw little-endian bytes, mapped, not copied; read-only. */
    ByteBuffer bytes(String name);

    /** The values as 32-bit floats, converted where the tensor is stored as F16, BF16 or F64; a fresh array each time. */
    float[] floats(String name);

    /**
     * Where and what a tensor is.
     *
     * @param name in the checkpoint
     * @param dtype as safetensors names it, for example {@code F32} or {@code BF16}
     * @param shape outermost dimension first
     * @param file real path of the safetensors file
     * @param offset of the first byte from the start of that file
     * @param length in bytes
     */
    record TensorInfo(String name, String dtype, List<Long> shape, Path file, long offset, long length) {
        public TensorInfo {
            shape = List.copyOf(shape);
        }
    }
}
