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
    private final Shape shape;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();
    private final List<OnnxTensor> owned = new ArrayList<>();

    /**
     * Binds the tensors.
     *
     * @param shared tensors bound as they are, by input name; stay open when this is closed
     * @param logits memory for {@code logitRows} rows
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
        this.shape = shape;
        inputs.putAll(shared);
        try {
            bindInt(DecoderGraph.TOKENS, memory.tokens(), shape.rows(), shape.newTokens());
            bindInt(DecoderGraph.LOGIT_INDEX, memory.logitIndex(), shape.logitRows());
            bindInt(DecoderGraph.LAST_POSITION, memory.lastPosition(), shape.rows());
            bindInt(DecoderGraph.TOTAL_LENGTH, memory.totalLength());
            long[] logitShape = {shape.logitRows(), logits.capacity() / shape.logitRows()};
            outputs.put(
                    DecoderGraph.LOGITS,
                    own(OnnxTensor.createTensor(OnnxRuntimeLibrary.environment(), logits, logitShape)));
        } catch (OrtException e) {
            close();
            throw e;
        }
    }

    /** Sizes of a pass: first slot, rows of the batch, new tokens a row, and rows of logits. */
    record Shape(int firstSlot, int rows, int newTokens, int logitRows) {}

    /** Binds the rows' slots of the cache as past and present of every layer. */
    void bindCache(KeyValueCache cache, int layers) throws OrtException {
        for (int layer = 0; layer < layers; layer++) {
            OnnxTensor keys = own(cache.keys(layer, shape.firstSlot(), shape.rows()));
            OnnxTensor values = own(cache.values(layer, shape.firstSlot(), shape.rows()));
            inputs.put(DecoderGraph.pastKey(layer), keys);
            outputs.put(DecoderGraph.presentKey(layer), keys);
            inputs.put(DecoderGraph.pastValue(layer), values);
            outputs.put(DecoderGraph.presentValue(layer), values);
        }
    }

    /** Binds what the rows' slots hold of prompts that an encoder read. */
    void bindPrompts(EncodedPrompts prompts, int layers) throws OrtException {
        bindInt(DecoderGraph.PROMPT_LENGTH, prompts.lengths(shape.firstSlot(), shape.rows()), shape.rows());
        bindInt(DecoderGraph.LONGEST_PROMPT, prompts.longest());
        for (int layer = 0; layer < layers; layer++) {
            inputs.put(
                    DecoderGraph.sourceKey(layer), own(prompts.cache().keys(layer, shape.firstSlot(), shape.rows())));
            inputs.put(
                    DecoderGraph.sourceValue(layer),
                    own(prompts.cache().values(layer, shape.firstSlot(), shape.rows())));
        }
    }

    /** Runs over what the inputs hold now, and writes the logits to their memory. */
    void run() throws OrtException {
        session.run(inputs, Set.of(), outputs, options).close();
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
