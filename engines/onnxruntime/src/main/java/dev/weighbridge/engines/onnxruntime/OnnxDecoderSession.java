package dev.weighbridge.engines.onnxruntime;

import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.model.Definition;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decoder on the CPU whose tensors are all bound to memory of ours, so that nothing is copied between Java and ONNX Runtime.
 *
 * <p>A prompt is a pass of one row, because the attention takes several new tokens a row on top of a past for one row only;
 * decoding is a pass of as many rows as there are.
 */
final class OnnxDecoderSession implements DecoderSession {
    // The attention wants linear biases for each pair of a new token and one that it sees, and computes all scores at
    // once.
    private static final int LONGEST_PASS_WITH_LINEAR_BIASES = 128;

    private final NDManager owner;
    private final OrtSession session;
    private final Definition definition;
    private final int slots;
    private final int contextLength;
    private final int longestPass;
    private final OrtSession.RunOptions options;
    private final KeyValueCache cache;
    private final Map<String, OnnxTensor> positionTensors = new HashMap<>();
    private final ForwardPass.Inputs inputs;
    private final FloatBuffer stepLogits;
    private FloatBuffer prefillLogits;
    // By rows minus one; made when that many rows first step together.
    private final @Nullable ForwardPass[] steps;
    private boolean closed;

    /**
     * Binds a session to memory of its own.
     *
     * @param owner of the session, closed with this
     * @param positions tables of {@code contextLength} positions
     */
    OnnxDecoderSession(
            NDManager owner,
            OrtSession session,
            Definition definition,
            PositionTables positions,
            int slots,
            int contextLength)
            throws OrtException {
        this.owner = owner;
        this.session = session;
        this.definition = definition;
        this.slots = slots;
        this.contextLength = contextLength;
        this.longestPass =
                PositionTables.alibis(definition).isEmpty() ? contextLength : LONGEST_PASS_WITH_LINEAR_BIASES;
        this.steps = new ForwardPass[slots];
        this.cache = new KeyValueCache(definition, slots, contextLength);
        this.inputs = ForwardPass.Inputs.allocate(contextLength, slots);
        this.stepLogits = logitMemory(slots);
        this.prefillLogits = logitMemory(1);
        this.options = new OrtSession.RunOptions();
        OrtEnvironment environment = OnnxRuntimeLibrary.environment();
        for (Map.Entry<String, PositionTables.Table> table : positions.tables().entrySet()) {
            positionTensors.put(
                    table.getKey(),
                    OnnxTensor.createTensor(
                            environment,
                            table.getValue().view(),
                            table.getValue().shape()));
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
        return definition.vocabularySize();
    }

    @Override
    public FloatBuffer prefill(int slot, int past, int[] tokens, boolean allLogits) {
        requireOpen();
        requireSlot(slot);
        requireRoom(slot, past, tokens.length);
        for (int token : tokens) {
            requireToken(token);
        }
        int rows = allLogits ? tokens.length : 1;
        if (prefillLogits.capacity() / definition.vocabularySize() < rows) {
            prefillLogits = logitMemory(rows);
        }
        try {
            for (int from = 0; from < tokens.length; from += longestPass) {
                int count = Math.min(longestPass, tokens.length - from);
                append(slot, past + from, Arrays.copyOfRange(tokens, from, from + count), allLogits ? from : -1);
            }
        } catch (OrtException e) {
            throw OnnxRuntimeLibrary.failed("prefill of " + tokens.length + " tokens into slot " + slot, e);
        }
        return prefillLogits.slice(0, rows * definition.vocabularySize());
    }

    /**
     * One pass over part of a prompt.
     *
     * @param firstRow of the logits that is this part's, if each token shall have one; otherwise -1
     */
    private void append(int slot, int past, int[] tokens, int firstRow) throws OrtException {
        inputs.tokens().put(0, tokens);
        int rows = firstRow < 0 ? 1 : tokens.length;
        for (int row = 0; row < rows; row++) {
            inputs.logitIndex().put(row, firstRow < 0 ? tokens.length - 1 : row);
        }
        inputs.lastPosition().put(0, past + tokens.length - 1);
        inputs.totalLength().put(0, past + tokens.length);
        int vocabulary = definition.vocabularySize();
        FloatBuffer logits = prefillLogits.slice(Math.max(0, firstRow) * vocabulary, rows * vocabulary);
        try (ForwardPass pass = pass(logits, slot, 1, tokens.length, rows)) {
            pass.run();
        }
    }

    @Override
    public FloatBuffer step(int rows, int[] tokens, int[] past) {
        requireOpen();
        if (rows < 1) {
            throw badRequest("step of " + rows + " rows. Give at least one");
        }
        requireSlot(rows - 1);
        int longest = 0;
        for (int row = 0; row < rows; row++) {
            requireRoom(row, past[row], 1);
            inputs.tokens().put(row, requireToken(tokens[row]));
            inputs.logitIndex().put(row, row);
            inputs.lastPosition().put(row, past[row]);
            longest = Math.max(longest, past[row] + 1);
        }
        inputs.totalLength().put(0, longest);
        try {
            ForwardPass pass = steps[rows - 1];
            if (pass == null) {
                pass = pass(stepLogits, 0, rows, 1, rows);
                steps[rows - 1] = pass;
            }
            return pass.run();
        } catch (OrtException e) {
            throw OnnxRuntimeLibrary.failed("step of " + rows + " rows", e);
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
        cache.copy(from, to, length);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (ForwardPass step : steps) {
            if (step != null) {
                step.close();
            }
        }
        positionTensors.values().forEach(OnnxTensor::close);
        options.close();
        owner.close();
        cache.close();
    }

    private ForwardPass pass(FloatBuffer logits, int firstSlot, int rows, int newTokens, int logitRows)
            throws OrtException {
        ForwardPass.Shape shape = new ForwardPass.Shape(rows, newTokens, logitRows, definition.vocabularySize());
        ForwardPass pass = new ForwardPass(session, options, positionTensors, inputs, logits, shape);
        try {
            pass.bindCache(cache, definition.layers(), firstSlot, rows);
            return pass;
        } catch (OrtException e) {
            pass.close();
            throw e;
        }
    }

    private FloatBuffer logitMemory(int rows) {
        long bytes = (long) rows * definition.vocabularySize() * Float.BYTES;
        if (bytes > Integer.MAX_VALUE) {
            throw badRequest("logits of " + rows + " rows take " + bytes + " bytes. Prefill in shorter chunks");
        }
        return DirectMemory.zeroed((int) bytes).asFloatBuffer();
    }

    private void requireOpen() {
        if (closed) {
            throw new EngineException(Category.FAILED, "session is closed. Load the artifact again");
        }
    }

    private void requireSlot(int slot) {
        if (slot < 0 || slot >= slots) {
            throw badRequest("slot " + slot + ". There are slots 0 to " + (slots - 1));
        }
    }

    private void requireRoom(int slot, int past, int count) {
        if (past < 0 || count < 1 || past > contextLength - count) {
            throw badRequest("slot " + slot + " cannot take " + count + " tokens after " + past + ". It holds 1 to "
                    + contextLength);
        }
    }

    private int requireToken(int token) {
        // The graph would count a negative id from the end of the vocabulary.
        if (token < 0 || token >= definition.vocabularySize()) {
            throw badRequest("token " + token + ". The vocabulary has ids 0 to " + (definition.vocabularySize() - 1));
        }
        return token;
    }

    private static EngineException badRequest(String message) {
        return new EngineException(Category.BAD_REQUEST, message);
    }
}
