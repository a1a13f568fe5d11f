package dev.weighbridge.engines.onnxruntime.encoder;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.encoder.EncoderException;
import dev.weighbridge.encoder.EncoderIdentity;
import dev.weighbridge.engines.onnxruntime.OnnxRuntimeLibrary;
import dev.weighbridge.inference.tokenizer.EncoderTokenizer;
import dev.weighbridge.inference.tokenizer.EncoderTokenizer.Encoded;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A text encoder with its tokenizer, run on the CPU by one thread a call; several threads may call at once. Texts of about one length
 * go through the graph together, except where the graph's quantization would let them change each other's values. The native memory is
 * given back when nobody holds the model any more.
 */
final class EncoderModel {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final String TOKENS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String TYPES = "token_type_ids";
    private static final List<String> INPUTS = List.of(TOKENS, MASK, TYPES);
    private static final int MOST_ROWS = 32;
    private static final int MOST_TOKENS = 8192;

    private final EncoderFolder folder;
    private final EncoderTokenizer tokenizer;
    private final OrtSession session;
    private final EncoderIdentity identity;
    private final long padding;
    private final int mostRows;

    private EncoderModel(EncoderFolder folder, EncoderTokenizer tokenizer, OrtSession session, ModelFile graph) {
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.session = session;
        this.identity = new EncoderIdentity(nameOf(folder), graph.sha256(), folder.longest());
        this.padding = folder.config().path("pad_token_id").asLong(0);
        this.mostRows = graph.scaledByBatch() ? 1 : MOST_ROWS;
        CLEANER.register(this, new Native(tokenizer, session));
    }

    /** What must be given back. */
    private record Native(EncoderTokenizer tokenizer, OrtSession session) implements Runnable {
        @Override
        public void run() {
            close(tokenizer, session);
        }
    }

    /**
     * Opens a model.
     *
     * @throws EncoderException when a file is damaged, or the model asks for something else than tokens, their mask and types
     */
    static EncoderModel open(EncoderFolder folder, ModelFile graph) {
        EncoderTokenizer tokenizer = null;
        OrtSession session = null;
        try {
            tokenizer = EncoderTokenizer.read(folder.path(), folder.longest());
            session = session(folder);
            requireInputs(folder, session);
            EncoderModel model = new EncoderModel(folder, tokenizer, session, graph);
            tokenizer = null;
            session = null;
            return model;
        } catch (EngineException e) {
            throw new EncoderException("model " + folder.path() + " cannot be used: " + e.getMessage(), e);
        } catch (OrtException e) {
            throw new EncoderException(
                    folder.graph() + " is no model that ONNX Runtime can load: " + e.getMessage()
                            + ". Download it again",
                    e);
        } finally {
            close(tokenizer, session);
        }
    }

    private static void close(@Nullable EncoderTokenizer tokenizer, @Nullable OrtSession session) {
        if (tokenizer != null) {
            tokenizer.close();
        }
        if (session != null) {
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException("a session of ONNX Runtime cannot be closed: " + e.getMessage(), e);
            }
        }
    }

    private static OrtSession session(EncoderFolder folder) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // Callers judge several texts at once; more threads each would only wait for one another.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            return OnnxRuntimeLibrary.environment().createSession(folder.graph().toString(), options);
        }
    }

    private static void requireInputs(EncoderFolder folder, OrtSession session) throws OrtException {
        Map<String, NodeInfo> inputs = session.getInputInfo();
        if (!inputs.containsKey(TOKENS) || !INPUTS.containsAll(inputs.keySet())) {
            throw new EncoderException(folder.graph() + " asks for the inputs " + inputs.keySet() + ". Known are "
                    + INPUTS + ", of which " + TOKENS + " is needed: export the model with these names");
        }
        for (NodeInfo input : inputs.values()) {
            boolean whole = input.getInfo() instanceof TensorInfo tensor
                    && (tensor.type == OnnxJavaType.INT64 || tensor.type == OnnxJavaType.INT32)
                    && tensor.getShape().length == 2;
            if (!whole) {
                throw new EncoderException("input " + input.getName() + " of " + folder.graph() + " is "
                        + input.getInfo() + "; it must be whole numbers by text and token");
            }
        }
    }

    private static String nameOf(EncoderFolder folder) {
        return String.valueOf(folder.path().toAbsolutePath().normalize().getFileName());
    }

    EncoderFolder folder() {
        return folder;
    }

    EncoderIdentity identity() {
        return identity;
    }

    /** What the tokenizer makes of something. */
    <T> T tokenized(Function<EncoderTokenizer, T> call) {
        try {
            return call.apply(tokenizer);
        } catch (EngineException e) {
            throw new EncoderException("model " + identity.name() + ": " + e.getMessage(), e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Names and shapes of the outputs; -1 for what depends on the texts. */
    Map<String, long[]> outputs() {
        try {
            Map<String, long[]> outputs = new LinkedHashMap<>();
            for (NodeInfo output : session.getOutputInfo().values()) {
                if (output.getInfo() instanceof TensorInfo tensor) {
                    outputs.put(output.getName(), tensor.getShape());
                }
            }
            return outputs;
        } catch (OrtException e) {
            throw new EncoderException("outputs of " + folder.graph() + " cannot be read: " + e.getMessage(), e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * What a model gives for one text.
     *
     * @param values of the output, row after row
     * @param shape of them, without the texts
     * @param tokens of the text, which are the first rows where the output has a row for each token
     */
    record Output(float[] values, long[] shape, int tokens) {}

    /**
     * Runs the model over texts.
     *
     * @param output that is wanted
     * @return what it gives for each text, in their order
     * @throws EncoderException when it fails
     */
    List<Output> run(List<Encoded> texts, String output) {
        Integer[] byLength = IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> texts.get(i).tokens().length))
                .toArray(Integer[]::new);
        @Nullable Output[] outputs = new Output[texts.size()];
        int from = 0;
        while (from < byLength.length) {
            int to = from + 1;
            while (to < byLength.length && to - from < mostRows && fits(texts.get(byLength[to]), to + 1 - from)) {
                to++;
            }
            List<Encoded> batch = new ArrayList<>();
            for (int i = from; i < to; i++) {
                batch.add(texts.get(byLength[i]));
            }
            List<Output> given = runOnce(batch, output);
            for (int i = from; i < to; i++) {
                outputs[byLength[i]] = given.get(i - from);
            }
            from = to;
        }
        return Arrays.stream(outputs).map(Objects::requireNonNull).toList();
    }

    private static boolean fits(Encoded longest, int rows) {
        return (long) longest.tokens().length * rows <= MOST_TOKENS;
    }

    private List<Output> runOnce(List<Encoded> batch, String output) {
        int length = batch.stream().mapToInt(text -> text.tokens().length).max().orElse(0);
        Map<String, OnnxTensorLike> inputs = new LinkedHashMap<>();
        try {
            for (NodeInfo input : session.getInputInfo().values()) {
                inputs.put(input.getName(), input(input, batch, length));
            }
            try (OrtSession.Result result = session.run(inputs, Set.of(output))) {
                return split(batch, result, output);
            }
        } catch (OrtException e) {
            throw new EncoderException(
                    "model " + identity.name() + " failed on " + batch.size() + " texts of up to " + length
                            + " tokens: " + e.getMessage(),
                    e);
        } finally {
            inputs.values().forEach(OnnxTensorLike::close);
            Reference.reachabilityFence(this);
        }
    }

    private OnnxTensor input(NodeInfo input, List<Encoded> batch, int length) throws OrtException {
        long[] values = new long[batch.size() * length];
        for (int row = 0; row < batch.size(); row++) {
            Encoded text = batch.get(row);
            for (int i = 0; i < length; i++) {
                boolean there = i < text.tokens().length;
                values[row * length + i] = switch (input.getName()) {
                    case TOKENS -> there ? text.tokens()[i] : padding;
                    case MASK -> there ? 1 : 0;
                    default -> there ? text.types()[i] : 0;
                };
            }
        }
        OrtEnvironment environment = OnnxRuntimeLibrary.environment();
        long[] shape = {batch.size(), length};
        if (input.getInfo() instanceof TensorInfo tensor && tensor.type == OnnxJavaType.INT32) {
            int[] narrow = Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
            return OnnxTensor.createTensor(environment, IntBuffer.wrap(narrow), shape);
        }
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
    }

    private List<Output> split(List<Encoded> batch, OrtSession.Result result, String name) throws OrtException {
        if (!(result.get(0) instanceof OnnxTensor tensor)
                || tensor.getInfo().getShape().length < 2
                || tensor.getInfo().getShape()[0] != batch.size()) {
            throw new EncoderException("output " + name + " of model " + identity.name() + " is "
                    + result.get(0).getInfo() + "; its first dimension must be the " + batch.size() + " texts");
        }
        FloatBuffer all = tensor.getFloatBuffer();
        if (all == null) {
            throw new EncoderException(
                    "output " + name + " of model " + identity.name() + " is " + tensor.getInfo() + ", no numbers");
        }
        long[] shape = tensor.getInfo().getShape();
        int size = all.remaining() / batch.size();
        List<Output> outputs = new ArrayList<>();
        for (Encoded text : batch) {
            float[] values = new float[size];
            all.get(values);
            for (float value : values) {
                if (!Float.isFinite(value)) {
                    throw new EncoderException(
                            "model " + identity.name() + " gave " + value + ". Its weights are damaged or overflow");
                }
            }
            outputs.add(new Output(values, Arrays.copyOfRange(shape, 1, shape.length), text.tokens().length));
        }
        return outputs;
    }
}
