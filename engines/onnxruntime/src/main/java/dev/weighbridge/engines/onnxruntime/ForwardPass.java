package dev.weighbridge.engines.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One shape of run over a range of slots, with every tensor bound: fill the inputs, run, read the logits.
 *
 * <p>The same tensor is bound as past and as present of a layer, so the attention appends to the cache in place.
 */
final class ForwardPass implements AutoCloseable {
    /**
     * Memory that passes of all shapes share, each using the beginning; all buffers are direct.
     *
     * @param tokens row by row
     * @param logitIndex positions that logits are wanted of
     * @param lastPosition length of each row after the run, minus one
     * @param totalLength length of the longest row after the run; one value
     */
    record Inputs(IntBuffer tokens, IntBuffer logitIndex, IntBuffer lastPosition, IntBuffer totalLength) {
        static Inputs allocate(int contextLength, int slots) {
            int positions = Math.max(contextLength, slots);
            return new Inputs(ints(positions), ints(positions), ints(slots), ints(1));
        }

        private static IntBuffer ints(int count) {
            return DirectMemory.zeroed(Math.multiplyExact(count, Integer.BYTES)).asIntBuffer();
        }
    }

    private final OrtSession session;
    private final OrtSession.RunOptions options;
    private final FloatBuffer logits;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();
    private final List<OnnxTensor> owned = new ArrayList<>();

    /**
     * Binds the tensors.
     *
     * @param shared tensors bound as they are, by input name; stay open when this is closed
     * @param logits memory for at least {@code logitRows} rows
     */
    ForwardPass(
            OrtSession session,
            OrtSession.RunOptions options,
            Map<String, OnnxTensor> shared,
            Inputs memory,
            FloatBuffer logits,
            Shape shape)
            throws OrtException {
        this.session = session;
        this.options = options;
        this.logits = logits.slice(0, shape.logitRows() * shape.vocabularySize());
        inputs.putAll(shared);
        try {
            bindInt(DecoderGraph.TOKENS, memory.tokens(), shape.rows(), shape.newTokens());
            bindInt(DecoderGraph.LOGIT_INDEX, memory.logitIndex(), shape.logitRows());
            bindInt(DecoderGraph.LAST_POSITION, memory.lastPosition(), shape.rows());
            bindInt(DecoderGraph.TOTAL_LENGTH, memory.totalLength());
            long[] logitShape = {shape.logitRows(), shape.vocabularySize()};
            outputs.put(
                    DecoderGraph.LOGITS,
                    own(OnnxTensor.createTensor(OnnxRuntimeLibrary.environment(), this.logits, logitShape)));
        } catch (OrtException e) {
            close();
            throw e;
        }
    }

    /** Sizes of a pass: rows of the batch, new tokens a row, rows of logits, and logits a row. */
    record Shape(int rows, int newTokens, int logitRows, int vocabularySize) {}

    /** Binds slots {@code first …} of the cache as past and present of every layer. */
    void bindCache(KeyValueCache cache, int layers, int first, int rows) throws OrtException {
        for (int layer = 0; layer < layers; layer++) {
            OnnxTensor keys = own(cache.keys(layer, first, rows));
            OnnxTensor values = own(cache.values(layer, first, rows));
            inputs.put(DecoderGraph.pastKey(layer), keys);
            outputs.put(DecoderGraph.presentKey(layer), keys);
            inputs.put(DecoderGraph.pastValue(layer), values);
            outputs.put(DecoderGraph.presentValue(layer), values);
        }
    }

    /** Runs over what the inputs hold now. The logits are overwritten by the next run. */
    FloatBuffer run() throws OrtException {
        session.run(inputs, Set.of(), outputs, options).close();
        return logits.duplicate();
    }

    @Override
    public void close() {
        owned.forEach(OnnxTensor::close);
        owned.clear();
    }

    private void bindInt(String name, IntBuffer memory, long... shape) throws OrtException {
        int count = 1;
        for (long dimension : shape) {
            count = Math.multiplyExact(count, Math.toIntExact(dimension));
        }
        IntBuffer slice = memory.slice(0, count);
        inputs.put(name, own(OnnxTensor.createTensor(OnnxRuntimeLibrary.environment(), slice, shape)));
    }

    private OnnxTensor own(OnnxTensor tensor) {
        owned.add(tensor);
        return tensor;
    }
}
