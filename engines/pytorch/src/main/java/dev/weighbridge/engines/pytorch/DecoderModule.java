package dev.weighbridge.engines.pytorch;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.TensorSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A {@link DecoderScript} in libtorch with its weights on a device. Owns every native handle made through it until it is closed;
 * used by one thread.
 */
final class DecoderModule implements AutoCloseable {
    private final PtNDManager manager;
    private final PtSymbolBlock block;
    // Closed in reverse order. DJL's managers own arrays, but not these.
    private final Deque<IValue> held = new ArrayDeque<>();
    private final IValue embedding;
    private final IValue norms;
    private final IValue matrices;

    /**
     * Loads the script and prepares the weights, one matrix after another, so that only one is held twice.
     *
     * @param manager of the device; closed with this, also when this fails
     */
    DecoderModule(PtNDManager manager, byte[] archive, Checkpoint checkpoint) throws IOException {
        this.manager = manager;
        try {
            block = JniUtils.loadModule(manager, new ByteArrayInputStream(archive), true, false);
            TensorSource tensors = checkpoint.tensors();
            embedding = kept(tensors, WeightNames.EMBEDDING);
            List<IValue> vectors = new ArrayList<>();
            for (String name : WeightNames.norms(checkpoint.definition())) {
                vectors.add(kept(tensors, name));
            }
            norms = hold(IValue.listFrom(vectors.toArray(new IValue[0])));
            matrices = hold(call("empty"));
            for (List<String> parts : WeightNames.matrices(checkpoint.definition())) {
                prepare(tensors, parts);
            }
            if (checkpoint.definition().tiedEmbeddings()) {
                call("share", matrices, embedding).close();
            }
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The embedding table, {@code [vocabulary, hidden]}. */
    IValue embedding() {
        return embedding;
    }

    IValue norms() {
        return norms;
    }

    IValue matrices() {
        return matrices;
    }

    /** An empty KV cache on the device. */
    IValue newCache(int slots, int contextLength) {
        try (IValue rows = IValue.from((long) slots);
                IValue length = IValue.from((long) contextLength)) {
            return hold(call("cache", embedding, rows, length));
        }
    }

    /** A copy of host values on the device. */
    IValue table(float[] values, int rows, int columns) {
        try (PtNDManager scope = manager.newSubManager(manager.getDevice());
                IValue copied = IValue.from((PtNDArray) scope.create(values, new Shape(rows, columns)))) {
            return hold(call("keep", copied));
        }
    }

    /**
     * A tensor in host memory, whatever the device; what either side writes the other sees.
     *
     * @param memory direct, and to be kept from garbage collection by the caller for as long as the tensor is used
     */
    IValue over(ByteBuffer memory, DataType type, Shape shape) {
        try (PtNDManager scope = manager.newSubManager(Device.cpu())) {
            return hold(IValue.from(scope.create(memory, shape, type)));
        }
    }

    /** Closes a value of this module before the others. */
    void release(IValue value) {
        if (held.remove(value)) {
            value.close();
        }
    }

    /** Calls a method of the script; the caller closes the result. */
    IValue call(String method, IValue... arguments) {
        return IValueUtils.runMethod(block, method, arguments);
    }

    /** Native handles held at the moment: arrays of DJL's managers and values of the script. */
    int handles() {
        return held.size() + manager.getManagedArrays().size();
    }

    @Override
    public void close() {
        while (!held.isEmpty()) {
            held.pop().close();
        }
        manager.close();
    }

    private void prepare(TensorSource tensors, List<String> names) {
        try (PtNDManager scope = manager.newSubManager(manager.getDevice())) {
            PtNDArray[] arrays =
                    names.stream().map(name -> read(scope, tensors, name)).toArray(PtNDArray[]::new);
            try (IValue parts = IValue.listFrom(arrays)) {
                // Appends to the list in place.
                call("matrix", matrices, parts).close();
            }
        }
    }

    private IValue kept(TensorSource tensors, String name) {
        try (PtNDManager scope = manager.newSubManager(manager.getDevice());
                IValue read = IValue.from(read(scope, tensors, name))) {
            return hold(call("keep", read));
        }
    }

    private static PtNDArray read(PtNDManager scope, TensorSource tensors, String name) {
        long[] shape =
                tensors.info(name).shape().stream().mapToLong(Long::longValue).toArray();
        return (PtNDArray) scope.create(tensors.floats(name), new Shape(shape));
    }

    private IValue hold(IValue value) {
        held.push(value);
        return value;
    }
}
