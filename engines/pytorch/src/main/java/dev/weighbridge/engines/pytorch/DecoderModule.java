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
import dev.weighbridge.inference.checkpoint.Weights;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
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
    private final IValue vectors;
    private final IValue matrices;

    /**
     * Loads the script and prepares the weights, one place after another, so that only one is held twice.
     *
     * @param manager of the device; closed with this, also when this fails
     * @param archive of the script
     */
    DecoderModule(PtNDManager manager, DecoderScript script, byte[] archive, Weights weights) throws IOException {
        this.manager = manager;
        try {
            block = JniUtils.loadModule(manager, new ByteArrayInputStream(archive), true, false);
            embedding = embedding(weights);
            vectors = hold(call("no_vectors", embedding));
            for (List<Role> roles : script.vectors()) {
                addVector(weights, roles);
            }
            matrices = hold(call("no_matrices"));
            for (List<Role> roles : script.matrices()) {
                addMatrix(weights, roles);
            }
            if (!weights.has(Role.of(Part.HEAD))) {
                call("share_matrix", matrices, embedding).close();
            }
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The embedding table, {@code [vocabulary, embedding size]}. */
    IValue embedding() {
        return embedding;
    }

    IValue vectors() {
        return vectors;
    }

    IValue matrices() {
        return matrices;
    }

    /** Empty KV caches on the device, in one list. */
    IValue newCaches(int slots, int contextLength) {
        try (IValue rows = IValue.from((long) slots);
                IValue length = IValue.from((long) contextLength)) {
            return hold(call("cache", embedding, rows, length));
        }
    }

    /** Copies of host values on the device, in one list. */
    IValue tables(List<ScriptTables.Table> tables) {
        IValue list = hold(call("no_vectors", embedding));
        for (ScriptTables.Table table : tables) {
            add(list, table.values(), new Shape(table.rows(), table.columns()));
        }
        return list;
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

    private IValue embedding(Weights weights) {
        try (PtNDManager scope = manager.newSubManager(manager.getDevice());
                IValue read = IValue.from(read(scope, weights, Role.of(Part.EMBEDDING)))) {
            return hold(call("keep", read));
        }
    }

    /** Weights that share a place follow one another, whatever shapes they have. */
    private void addVector(Weights weights, List<Role> roles) {
        if (roles.size() == 1) {
            add(vectors, weights.floats(roles.get(0)), shape(weights, roles.get(0)));
            return;
        }
        long count = roles.stream().mapToLong(weights::count).sum();
        float[] values = new float[Math.toIntExact(count)];
        int at = 0;
        for (Role role : roles) {
            float[] part = weights.floats(role);
            System.arraycopy(part, 0, values, at, part.length);
            at += part.length;
        }
        add(vectors, values, new Shape(count));
    }

    private void addMatrix(Weights weights, List<Role> roles) {
        try (PtNDManager scope = manager.newSubManager(manager.getDevice())) {
            PtNDArray[] arrays =
                    roles.stream().map(role -> read(scope, weights, role)).toArray(PtNDArray[]::new);
            try (IValue parts = IValue.listFrom(arrays)) {
                // Appends to the list in place.
                call("add_matrix", matrices, parts).close();
            }
        }
    }

    private void add(IValue list, float[] values, Shape shape) {
        try (PtNDManager scope = manager.newSubManager(manager.getDevice());
                IValue read = IValue.from((PtNDArray) scope.create(values, shape))) {
            call("add_vector", list, read).close();
        }
    }

    private static PtNDArray read(PtNDManager scope, Weights weights, Role role) {
        return (PtNDArray) scope.create(weights.floats(role), shape(weights, role));
    }

    private static Shape shape(Weights weights, Role role) {
        return new Shape(weights.shape(role).stream().mapToLong(Long::longValue).toArray());
    }

    private IValue hold(IValue value) {
        held.push(value);
        return value;
    }
}
