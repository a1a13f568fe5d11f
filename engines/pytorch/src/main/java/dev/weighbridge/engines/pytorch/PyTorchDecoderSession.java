package dev.weighbridge.engines.pytorch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.inference.backend.DecoderSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * A decoder in libtorch; each prefill and each step is one TorchScript call. Tokens, positions and logits are tensors over
 * memory of this session, so that nothing is copied between Java and libtorch on a CPU.
 */
final class PyTorchDecoderSession implements DecoderSession {
    /** Calls after which the graph executor has profiled and compiled a method; measured on libtorch 2.7.1. */
    private static final int WARM_UP_CALLS = 3;

    private final DecoderModule module;
    private final int vocabularySize;
    private final int slots;
    private final int contextLength;
    private final IValue tables;
    private final IValue caches;
    private final IValue tokenTensor;
    private final IValue positionTensor;
    private final LongBuffer tokenMemory;
    private final LongBuffer positionMemory;
    private final Logits rows;
    // Grows with the longest prompt of which every logit was wanted.
    private Logits prompt;
    private boolean closed;

    /** Memory for logits and the tensor over it. */
    private record Logits(FloatBuffer memory, IValue tensor, int rows) {}

    /**
     * Allocates caches and buffers and warms the script up.
     *
     * @param module closed with this, also when this fails
     * @param script that the module was loaded from
     */
    PyTorchDecoderSession(
            DecoderModule module, DecoderScript script, int vocabularySize, int slots, int contextLength) {
        this.module = module;
        this.vocabularySize = vocabularySize;
        this.slots = slots;
        this.contextLength = contextLength;
        try {
            tables = module.tables(script.tables().filled(contextLength));
            caches = module.newCaches(slots, contextLength);
            int longest = Math.max(slots, contextLength);
            ByteBuffer tokens = direct((long) longest * Long.BYTES);
            ByteBuffer positions = direct((long) slots * Long.BYTES);
            tokenTensor = module.over(tokens, DataType.INT64, new Shape(longest));
            positionTensor = module.over(positions, DataType.INT64, new Shape(slots));
            tokenMemory = tokens.asLongBuffer();
            positionMemory = positions.asLongBuffer();
            rows = logits(slots);
            prompt = logits(1);
            warmUp();
        } catch (RuntimeException | Error e) {
            module.close();
            throw e;
        }
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public FloatBuffer prefill(int slot, int past, int[] tokens, boolean allLogits) {
        requireOpen();
        requireSlot(slot);
        requireRoom(slot, past, tokens.length);
        for (int i = 0; i < tokens.length; i++) {
            tokenMemory.put(i, requireToken(tokens[i]));
        }
        int wanted = allLogits ? tokens.length : 1;
        makeRoomFor(wanted);
        try (IValue slotValue = IValue.from((long) slot);
                IValue pastValue = IValue.from((long) past);
                IValue countValue = IValue.from((long) tokens.length);
                IValue wantedValue = IValue.from((long) wanted);
                IValue written = module.call(
                        "prefill",
                        module.embedding(),
                        module.vectors(),
                        module.matrices(),
                        tables,
                        caches,
                        tokenTensor,
                        prompt.tensor(),
                        slotValue,
                        pastValue,
                        countValue,
                        wantedValue)) {
            return filled(prompt, written.toLong());
        } catch (ai.djl.engine.EngineException e) {
            throw failed("prefill of " + tokens.length + " tokens into slot " + slot, e);
        }
    }

    @Override
    public FloatBuffer step(int count, int[] tokens, int[] past) {
        requireOpen();
        if (count < 1) {
            throw badRequest("step of " + count + " rows. Give at least one");
        }
        requireSlot(count - 1);
        int longest = 0;
        for (int row = 0; row < count; row++) {
            requireRoom(row, past[row], 1);
            tokenMemory.put(row, requireToken(tokens[row]));
            positionMemory.put(row, past[row]);
            longest = Math.max(longest, past[row] + 1);
        }
        try (IValue countValue = IValue.from((long) count);
                IValue length = IValue.from((long) longest);
                IValue written = module.call(
                        "step",
                        module.embedding(),
                        module.vectors(),
                        module.matrices(),
                        tables,
                        caches,
                        tokenTensor,
                        rows.tensor(),
                        positionTensor,
                        countValue,
                        length)) {
            return filled(rows, written.toLong());
        } catch (ai.djl.engine.EngineException e) {
            throw failed("step of " + count + " rows", e);
        }
    }

    @Override
    public void copySlot(int from, int to, int length) {
        requireOpen();
        requireSlot(from);
        requireSlot(to);
        if (length < 0 || length > contextLength) {
            throw badRequest("copy of " + length + " tokens. A slot holds 0 to " + contextLength);
        }
        if (from == to || length == 0) {
            return;
        }
        try (IValue source = IValue.from((long) from);
                IValue target = IValue.from((long) to);
                IValue count = IValue.from((long) length);
                IValue copied = module.call("copy", caches, source, target, count)) {
            if (copied.toLong() != length) {
                throw new EngineException(
                        Category.FAILED, "copy of " + length + " tokens ended after " + copied.toLong());
            }
        } catch (ai.djl.engine.EngineException e) {
            throw failed("copy of slot " + from + " to slot " + to, e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            module.close();
        }
    }

    /** Native handles held at the moment; does not grow with the number of calls. */
    int handles() {
        return module.handles();
    }

    /** The values that warming up leaves in the caches are overwritten before they are read. */
    private void warmUp() {
        int[] several = new int[Math.min(4, contextLength)];
        int[] zeros = new int[slots];
        for (int call = 0; call < WARM_UP_CALLS; call++) {
            requireFinite(prefill(0, 0, several, false));
            step(1, zeros, zeros);
            step(slots, zeros, zeros);
        }
    }

    private static void requireFinite(FloatBuffer logits) {
        for (int i = 0; i < logits.limit(); i++) {
            if (!Float.isFinite(logits.get(i))) {
                throw new EngineException(
                        Category.BAD_MODEL,
                        "the model gives the logit " + logits.get(i)
                                + ". Its weights are damaged or overflow: check the checkpoint");
            }
        }
    }

    private void makeRoomFor(int wanted) {
        if (prompt.rows() >= wanted) {
            return;
        }
        Logits larger = logits(wanted);
        module.release(prompt.tensor());
        prompt = larger;
    }

    private Logits logits(int count) {
        ByteBuffer memory = direct((long) count * vocabularySize * Float.BYTES);
        IValue tensor = module.over(memory, DataType.FLOAT32, new Shape(count, vocabularySize));
        return new Logits(memory.asFloatBuffer(), tensor, count);
    }

    private FloatBuffer filled(Logits logits, long count) {
        return logits.memory().position(0).limit((int) count * vocabularySize);
    }

    private static ByteBuffer direct(long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw badRequest("a buffer of " + bytes + " bytes is needed. Use fewer slots or a shorter context");
        }
        return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    }

    private void requireOpen() {
        if (closed) {
            throw new EngineException(Category.FAILED, "session is closed. Load the artifact again");
        }
    }

    private void requireSlot(int slot) {
        if (slot < 0 || slot >= slots) {
            throw badRequest("slot " + slot + " does not exist. There are slots 0 to " + (slots - 1));
        }
    }

    private void requireRoom(int slot, int past, int count) {
        if (past < 0 || count < 1 || past > contextLength - count) {
            throw badRequest("slot " + slot + " cannot take " + count + " tokens after " + past + ". It holds 1 to "
                    + contextLength);
        }
    }

    private int requireToken(int token) {
        if (token < 0 || token >= vocabularySize) {
            throw badRequest("token " + token + " does not exist. The vocabulary has ids 0 to " + (vocabularySize - 1));
        }
        return token;
    }

    private static EngineException badRequest(String message) {
        return new EngineException(Category.BAD_REQUEST, message);
    }

    private static EngineException failed(String what, RuntimeException cause) {
        return new EngineException(Category.FAILED, what + " failed: " + cause.getMessage(), cause);
    }
}
