package dev.weighbridge.engines.onnxruntime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory outside of the heap, in the machine's byte order, as ONNX Runtime wants it. */
final class DirectMemory {
    private DirectMemory() {}

    static ByteBuffer zeroed(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
