package dev.weighbridge.engines.onnxruntime;

import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.engines.onnxruntime.ForwardPass.Shape;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.backend.Segment.Wanted;
import dev.weighbridge.inference.backend.SessionBounds;
import dev.weighbridge.inference.model.Definition;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A decoder on the CPU whose tensors are all bound to memory of ours, so that nothing is copied between Java and ONNX Runtime.
 *
 * <p>A forward pass is as few runs of the graph as {@link SharedRuns} allows: one for all rows that answer, and for prompts
 * of about one length, and one for each chunk that goes on a prompt.
 */
class OnnxDecoderSession implements DecoderSession {
    // The attention wants biases for each pair of a new token and one that it sees, and computes all scores at
    // once.
    private static final int LONGEST_PASS_WITH_BIASES = 128;

    private final NDManager owner;
    private final OrtSession session;
    private final Definition definition;
    private final SessionBounds bounds;
    private final int longestPass;
    private final SharedRuns sharedRuns;
    private final OrtSession.RunOptions options;
    private final KeyValueCache cache;
    private final @Nullable EncodedPrompts prompts;
    private final Map<String, OnnxTensor> positionTensors = new HashMap<>();
    private final ForwardPass.Inputs inputs;
    // Prompts whose tokens all have logits may want more than the steps are bound to.
    private final Logits stepLogits;
    private Logits manyLogits;
    // By rows minus one; made when that many rows first step together.
    private final @Nullable ForwardPass[] steps;
    private boolean closed;

    /**
     * Memory for logits.
     *
     * @param memory for one row more, which takes what nobody wants: the graph gives no fewer than one
     * @param ofSteps whether the passes that are kept write to it
     */
    private record Logits(FloatBuffer memory, int rows, boolean ofSteps) {}

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
        this.bounds = new SessionBounds(slots, contextLength, definition.vocabularySize());
        boolean biased = !PositionTables.alibis(definition).isEmpty()
                || definition.attention(0).relative() != null;
        this.longestPass = biased ? LONGEST_PASS_WITH_BIASES : contextLength;
        this.sharedRuns = new SharedRuns(Math.min(contextLength, longestPass));
        this.steps = new ForwardPass[slots];
        this.cache = KeyValueCache.ofSequences(definition, slots, contextLength);
        this.prompts = definition.encoder() == null ? null : EncodedPrompts.allocate(definition, slots, contextLength);
        this.inputs = ForwardPass.Inputs.allocate(contextLength, slots);
        this.stepLogits = logits(slots, true);
        this.manyLogits = stepLogits;
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
        return bounds.slots();
    }

    @Override
    public int contextLength() {
        return bounds.contextLength();
    }

    @Override
    public int vocabularySize() {
        return bounds.vocabularySize();
    }

    @Override
    public FloatBuffer forward(List<Segment> segments) {
        requireOpen();
        int rows = bounds.require(segments);
        Logits logits = logitsFor(rows);
        try {
            int row = 0;
            int from = 0;
            while (from < segments.size()) {
                int end = sharedRuns.end(segments, from);
                row += segments.get(from).tokens().length > longestPass
                        ? runInParts(segments.get(from), logits, row)
                        : run(segments, from, end, logits, row);
                from = end;
            }
        } catch (OrtException e) {
            throw OnnxRuntimeLibrary.failed("forward pass over " + segments.size() + " sequences", e);
        }
        return logits.memory().slice(0, rows * definition.vocabularySize());
    }

    private int runInParts(Segment segment, Logits logits, int firstLogits) throws OrtException {
        int[] tokens = segment.tokens();
        int row = firstLogits;
        for (int from = 0; from < tokens.length; from += longestPass) {
            int to = Math.min(tokens.length, from + longestPass);
            boolean wanted = segment.wanted() == Wanted.ALL ? segment.from() < to : to == tokens.length;
            Segment part = new Segment(
                    segment.slot(),
                    segment.past() + from,
                    Arrays.copyOfRange(tokens, from, to),
                    wanted ? segment.wanted() : Wanted.NONE,
                    wanted ? Math.max(0, segment.from() - from) : 0);
            row += run(List.of(part), 0, 1, logits, row);
        }
        return row - firstLogits;
    }

    /** One run over segments that can share it; the rows of logits that it wrote. */
    private int run(List<Segment> segments, int from, int end, Logits logits, int firstLogits) throws OrtException {
        int newTokens = 0;
        for (int i = from; i < end; i++) {
            newTokens = Math.max(newTokens, segments.get(i).tokens().length);
        }
        int wanted = fill(segments, from, end, newTokens);
        int rows = end - from;
        int first = segments.get(from).slot();
        if (prompts != null) {
            prompts.select(first, rows);
        }
        if (newTokens == 1 && wanted == rows && first == 0 && firstLogits == 0 && logits.ofSteps()) {
            step(rows).run();
        } else if (wanted > 0) {
            runOnce(logits, firstLogits, new Shape(first, rows, newTokens, wanted));
        } else {
            inputs.logitIndex().put(0, 0);
            runOnce(logits, logits.rows(), new Shape(first, rows, newTokens, 1));
        }
        return wanted;
    }

    /** Writes the inputs of a run; the rows of logits that are wanted of it. */
    private int fill(List<Segment> segments, int from, int end, int newTokens) {
        int wanted = 0;
        int longest = 0;
        for (int row = 0; row < end - from; row++) {
            Segment segment = segments.get(from + row);
            int[] tokens = segment.tokens();
            int begin = row * newTokens;
            int after = begin + tokens.length;
            inputs.tokens().put(begin, tokens);
            for (int at = after; at < begin + newTokens; at++) {
                // The row's own last token, so that what fills it up is a number if the row is: the attention gives
                // what comes later no weight, but multiplies by it. None of it counts as the sequence's afterwards.
                inputs.tokens().put(at, tokens[tokens.length - 1]);
            }
            for (int at = after - segment.rows(); at < after; at++) {
                inputs.logitIndex().put(wanted++, at);
            }
            int length = segment.past() + newTokens;
            inputs.lastPosition().put(row, length - 1);
            longest = Math.max(longest, length);
        }
        inputs.totalLength().put(0, longest);
        return wanted;
    }

    /** The pass that all answering rows take together, which is made once for each number of them. */
    private ForwardPass step(int rows) throws OrtException {
        ForwardPass pass = steps[rows - 1];
        if (pass == null) {
            pass = pass(stepLogits, 0, new Shape(0, rows, 1, rows));
            steps[rows - 1] = pass;
        }
        return pass;
    }

    private void runOnce(Logits logits, int firstLogits, Shape shape) throws OrtException {
        try (ForwardPass pass = pass(logits, firstLogits, shape)) {
            pass.run();
        }
    }

    @Override
    public void copy(int from, int to, int length) {
        requireOpen();
        bounds.requireCopy(from, to, length);
        cache.copy(from, to, length);
        if (prompts != null && from != to) {
            prompts.copy(from, to);
        }
    }

    /**
     * Nothing needs to be done of a sequence: the attention reads a row up to its length, and all up to there is its own. A prompt
     * is multiplied as far as its longest neighbour reaches.
     */
    @Override
    public void clear(int slot) {
        requireOpen();
        bounds.requireSlot(slot);
        if (prompts != null) {
            prompts.clear(slot);
        }
    }

    /** Takes what the encoder gave for a prompt of so many tokens; only of a model that has one. */
    final EncodedPrompts prompts(int slot, int[] tokens) {
        requireOpen();
        bounds.require(List.of(new Segment(slot, 0, tokens, Wanted.NONE)));
        return Objects.requireNonNull(prompts, "no encoder");
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
        if (prompts != null) {
            prompts.cache().close();
        }
    }

    private ForwardPass pass(Logits logits, int firstLogits, Shape shape) throws OrtException {
        int vocabulary = definition.vocabularySize();
        FloatBuffer rows = logits.memory().slice(firstLogits * vocabulary, shape.logitRows() * vocabulary);
        ForwardPass pass = new ForwardPass(session, options, positionTensors, inputs, rows, shape);
        try {
            pass.bindCache(cache, definition.layers());
            if (prompts != null) {
                pass.bindPrompts(prompts, definition.layers());
            }
            return pass;
        } catch (OrtException e) {
            pass.close();
            throw e;
        }
    }

    private Logits logitsFor(int rows) {
        if (rows <= bounds.slots()) {
            return stepLogits;
        }
        if (rows > manyLogits.rows()) {
            manyLogits = logits(rows, false);
        }
        return manyLogits;
    }

    private Logits logits(int rows, boolean ofSteps) {
        long bytes = (rows + 1L) * definition.vocabularySize() * Float.BYTES;
        if (bytes > Integer.MAX_VALUE) {
            throw badRequest("logits of " + rows + " tokens take " + bytes
                    + " bytes, of which 2147483647 are possible. Ask for those of fewer tokens at a time");
        }
        return new Logits(DirectMemory.zeroed((int) bytes).asFloatBuffer(), rows, ofSteps);
    }

    private void requireOpen() {
        if (closed) {
            throw new EngineException(Category.FAILED, "session is closed. Load the artifact again");
        }
    }

    private static EngineException badRequest(String message) {
        return new EngineException(Category.BAD_REQUEST, message);
    }
}
