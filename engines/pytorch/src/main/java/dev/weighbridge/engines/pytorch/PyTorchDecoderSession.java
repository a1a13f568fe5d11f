package dev.weighbridge.engines.pytorch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.backend.SessionBounds;
import dev.weighbridge.inference.checkpoint.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A decoder in libtorch; each pass is one TorchScript call. Tokens, positions and logits are tensors over
 * memory of this session, so that nothing is copied between Java and libtorch on a CPU.
 */
class PyTorchDecoderSession implements DecoderSession {
    /** Calls after which the graph executor has profiled and compiled a method; measured on libtorch 2.7.1. */
    private static final int WARM_UP_CALLS = 3;

    private final DecoderModule module;
    private final SessionBounds bounds;
    private final IValue tables;
    private final IValue caches;
    // Both grow with the largest pass.
    private Inputs inputs;
    private Logits logits;
    private final @Nullable Sources sources;
    private boolean closed;

    /** Memory for the tokens of each slot's prompt, at least 1 so that there is something to attend to, and the tensor over it. */
    private record Sources(LongBuffer lengths, IValue tensor) {
        long longest(long first, long rows) {
            long longest = 0;
            for (long slot = first; slot < first + rows; slot++) {
                longest = Math.max(longest, lengths.get((int) slot));
            }
            return longest;
        }
    }

    /** Memory for tokens, their positions and the places of those whose logits are wanted, and the tensors over it. */
    private record Inputs(
            LongBuffer tokens,
            IValue tokenTensor,
            LongBuffer positions,
            IValue positionTensor,
            LongBuffer wanted,
            IValue wantedTensor) {}

    /** Memory for logits and the tensor over it. */
    private record Logits(FloatBuffer memory, IValue tensor, int rows) {}

    /**
     * Allocates caches and buffers and warms the script up.
     *
     * @param module closed with this, also when this fails
     * @param script that the module was loaded from
     * @param weights that hold what is learned of its tables
     */
    PyTorchDecoderSession(
            DecoderModule module,
            DecoderScript script,
            Weights weights,
            int vocabularySize,
            int slots,
            int contextLength) {
        this.module = module;
        this.bounds = new SessionBounds(slots, contextLength, vocabularySize);
        try {
            tables = module.tables(script.tables().filled(contextLength, weights));
            caches = module.newCaches(slots, contextLength);
            sources = script.encodes() ? sources(slots) : null;
            inputs = inputs(slots);
            logits = logits(slots);
            warmUp();
        } catch (RuntimeException | Error e) {
            module.close();
            throw e;
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
        int outputs = bounds.require(segments);
        int tokens =
                segments.stream().mapToInt(segment -> segment.tokens().length).reduce(0, Math::addExact);
        makeRoomFor(tokens, outputs);
        int token = 0;
        int output = 0;
        SegmentGroups groups = new SegmentGroups();
        for (Segment segment : segments) {
            groups.add(segment);
            for (int i = 0; i < segment.tokens().length; i++) {
                inputs.tokens().put(token, segment.tokens()[i]);
                inputs.positions().put(token, segment.past() + i);
                token++;
            }
            for (int row = segment.rows(); row > 0; row--) {
                inputs.wanted().put(output++, token - row);
            }
        }
        return forward(groups, tokens, outputs);
    }

    private FloatBuffer forward(SegmentGroups groups, int tokens, int outputs) {
        try (IValue firsts = IValue.listFrom(groups.firsts());
                IValue rows = IValue.listFrom(groups.rows());
                IValue counts = IValue.listFrom(groups.counts());
                IValue lengths = IValue.listFrom(groups.lengths());
                IValue tokenCount = IValue.from((long) tokens);
                IValue outputCount = IValue.from((long) outputs);
                @Nullable IValue longest = sources == null ? null : IValue.listFrom(longestPrompts(groups));
                IValue written = module.call(
                        "forward",
                        withSources(
                                longest,
                                module.embedding(),
                                module.vectors(),
                                module.matrices(),
                                tables,
                                caches,
                                inputs.tokenTensor(),
                                inputs.positionTensor(),
                                inputs.wantedTensor(),
                                logits.tensor(),
                                firsts,
                                rows,
                                counts,
                                lengths,
                                tokenCount,
                                outputCount))) {
            return logits.memory().position(0).limit((int) written.toLong() * bounds.vocabularySize());
        } catch (ai.djl.engine.EngineException e) {
            throw failed("pass of " + tokens + " tokens", e);
        }
    }

    private IValue[] withSources(@Nullable IValue longest, IValue... arguments) {
        if (sources == null || longest == null) {
            return arguments;
        }
        IValue[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = sources.tensor();
        all[arguments.length + 1] = longest;
        return all;
    }

    private long[] longestPrompts(SegmentGroups groups) {
        long[] firsts = groups.firsts();
        long[] rows = groups.rows();
        long[] longest = new long[firsts.length];
        for (int group = 0; group < longest.length; group++) {
            longest[group] = Objects.requireNonNull(sources).longest(firsts[group], rows[group]);
        }
        return longest;
    }

    /** Reads a prompt into a slot; only with a script that has an encoder. */
    final void readPrompt(int slot, int[] tokens) {
        requireOpen();
        bounds.require(List.of(new Segment(slot, 0, tokens, Segment.Wanted.NONE)));
        makeRoomFor(tokens.length, 0);
        for (int i = 0; i < tokens.length; i++) {
            inputs.tokens().put(i, tokens[i]);
            inputs.positions().put(i, i);
        }
        try (IValue count = IValue.from((long) tokens.length);
                IValue into = IValue.from((long) slot);
                IValue read = module.call(
                        "encode",
                        module.embedding(),
                        module.vectors(),
                        module.matrices(),
                        tables,
                        caches,
                        inputs.tokenTensor(),
                        inputs.positionTensor(),
                        count,
                        into)) {
            Objects.requireNonNull(sources, "no encoder").lengths().put(slot, read.toLong());
        } catch (ai.djl.engine.EngineException e) {
            throw failed("reading of a prompt of " + tokens.length + " tokens", e);
        }
    }

    @Override
    public void copy(int from, int to, int length) {
        requireOpen();
        bounds.requireCopy(from, to, length);
        if (from == to || (length == 0 && sources == null)) {
            return;
        }
        if (sources != null) {
            sources.lengths().put(to, sources.lengths().get(from));
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
    public void clear(int slot) {
        requireOpen();
        bounds.requireSlot(slot);
        if (sources != null) {
            sources.lengths().put(slot, 1);
        }
        try (IValue slotValue = IValue.from((long) slot);
                IValue cleared = module.call("clear", caches, slotValue)) {
            if (cleared.toLong() != slot) {
                throw new EngineException(
                        Category.FAILED, "clearing of slot " + slot + " ended with slot " + cleared.toLong());
            }
        } catch (ai.djl.engine.EngineException e) {
            throw failed("clearing of slot " + slot, e);
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
        Segment prompt =
                new Segment(bounds.slots() - 1, 0, new int[Math.min(4, bounds.contextLength())], Segment.Wanted.LAST);
        List<Segment> answers = IntStream.range(0, bounds.slots())
                .mapToObj(slot -> Segment.next(slot, 0, 0))
                .toList();
        List<Segment> mixed = new ArrayList<>(answers.subList(0, bounds.slots() - 1));
        mixed.add(prompt);
        for (int call = 0; call < WARM_UP_CALLS; call++) {
            requireFinite(forward(List.of(prompt)));
            forward(answers.subList(0, 1));
            forward(answers);
            forward(mixed);
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

    private void makeRoomFor(int tokens, int outputs) {
        if (inputs.tokens().capacity() < tokens) {
            Inputs larger = inputs(tokens);
            module.release(inputs.tokenTensor());
            module.release(inputs.positionTensor());
            module.release(inputs.wantedTensor());
            inputs = larger;
        }
        if (logits.rows() < outputs) {
            Logits larger = logits(outputs);
            module.release(logits.tensor());
            logits = larger;
        }
    }

    private Inputs inputs(int count) {
        ByteBuffer tokens = direct((long) count * Long.BYTES);
        ByteBuffer positions = direct((long) count * Long.BYTES);
        ByteBuffer wanted = direct((long) count * Long.BYTES);
        return new Inputs(
                tokens.asLongBuffer(),
                module.over(tokens, DataType.INT64, new Shape(count)),
                positions.asLongBuffer(),
                module.over(positions, DataType.INT64, new Shape(count)),
                wanted.asLongBuffer(),
                module.over(wanted, DataType.INT64, new Shape(count)));
    }

    private Sources sources(int slots) {
        ByteBuffer memory = direct((long) slots * Long.BYTES);
        Sources all = new Sources(memory.asLongBuffer(), module.over(memory, DataType.INT64, new Shape(slots)));
        for (int slot = 0; slot < slots; slot++) {
            all.lengths().put(slot, 1);
        }
        return all;
    }

    private Logits logits(int count) {
        ByteBuffer memory = direct((long) count * bounds.vocabularySize() * Float.BYTES);
        IValue tensor = module.over(memory, DataType.FLOAT32, new Shape(count, bounds.vocabularySize()));
        return new Logits(memory.asFloatBuffer(), tensor, count);
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

    private static EngineException badRequest(String message) {
        return new EngineException(Category.BAD_REQUEST, message);
    }

    private static EngineException failed(String what, RuntimeException cause) {
        return new EngineException(Category.FAILED, what + " failed: " + cause.getMessage(), cause);
    }
}
