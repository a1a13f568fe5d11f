package dev.weighbridge.engines.onnxruntime;

import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.weighbridge.api.Availability;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.InstructionSets;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.EncoderDecoderSession;
import dev.weighbridge.inference.backend.PromptEncodingSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.backend.Segment.Wanted;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.Weights;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Encoder;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs decoders on ONNX Runtime, on the CPU, at fp32, int8, w8a8 and int4.
 *
 * <p>Every precision is batch invariant: the logits of a sequence do not depend on what else is in the batch. How each is
 * computed, and what is quantized, is told at {@link LinearLayers}. The one exception is w8a8 on x64 without VNNI, whose
 * kernels for one row and for several round differently in the last digits; its answers are those that depend on the processor.
 *
 * <p>At fp32 the weights are mapped from the checkpoint's files when a session is loaded. A file that was replaced after the
 * checkpoint was read is not noticed here: the session then runs other weights than {@link Checkpoint#sha256} names. Who
 * opens a session must make sure that the files stay, or read the hash again afterwards.
 *
 * <p>CUDA is not offered: the attention operator takes 16-bit floats alone there, and the Java API keeps tensors in host
 * memory, so that every step would carry the cache over the bus.
 */
public final class OnnxRuntimeBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntimeBackend.class);
    private static final String CPU = "cpu";
    // A file lock excludes other processes but is refused, not waited for, between threads of one.
    private static final ReentrantLock COMPILING = new ReentrantLock();

    /** Largest difference between logits, relative to the largest logit, that {@link #load} accepts of the same graph. */
    private static final double SELF_CHECK_TOLERANCE = 1e-4;

    @Override
    public String id() {
        return "onnxruntime";
    }

    @Override
    public Set<Precision> precisions(DeviceRequest.Kind device) {
        return device == DeviceRequest.Kind.CUDA
                ? Set.of()
                : EnumSet.of(Precision.FP32, Precision.INT8, Precision.W8A8, Precision.INT4);
    }

    @Override
    public Availability probe() {
        return OnnxRuntimeLibrary.probe();
    }

    @Override
    public String resolveDevice(DeviceRequest request) {
        if (request.kind() == DeviceRequest.Kind.CUDA) {
            throw new EngineException(
                    Category.UNAVAILABLE,
                    "device " + request.id() + " is not supported by the ONNX Runtime engine; the library here has "
                            + OnnxRuntimeLibrary.executionProviders()
                            + ". Use --device cpu, or the pytorch engine for CUDA");
        }
        OnnxRuntimeLibrary.environment();
        return CPU;
    }

    @Override
    public String nativeVersion() {
        return OnnxRuntimeLibrary.version();
    }

    @Override
    public Map<String, String> kernelFacts(Precision precision, String device) {
        InstructionSets sets = InstructionSets.ofThisMachine();
        Map<String, String> facts = new TreeMap<>();
        facts.put(EngineInfo.INSTRUCTION_SETS, sets.ofKernels());
        facts.put(
                EngineInfo.NUMERICS,
                precision == Precision.W8A8
                        ? OnnxRuntimeLibrary.numericsOfW8a8(System.getProperty("os.arch"), sets)
                        : "");
        facts.values().removeIf(String::isEmpty);
        return facts;
    }

    @Override
    public Artifact compile(Checkpoint checkpoint, Precision precision, String device, Path folder) {
        requireCpu(device);
        if (!precisions(DeviceRequest.Kind.CPU).contains(precision)) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "precision " + precision + " is not supported by the ONNX Runtime engine on the CPU. Use one of: "
                            + precisions(DeviceRequest.Kind.CPU));
        }
        COMPILING.lock();
        try {
            long bytes = new ArtifactFolder(folder)
                    .findOrBuild(checkpoint, precision)
                    .weightBytes();
            if (checkpoint.definition().encoder() != null) {
                bytes += ArtifactFolder.ofEncoder(folder)
                        .findOrBuild(checkpoint, precision)
                        .weightBytes();
            }
            return new Artifact(checkpoint, precision, folder, bytes);
        } catch (IOException e) {
            throw new EngineException(
                    Category.FAILED,
                    "artifact of " + checkpoint.name() + " at " + precision + " cannot be written to " + folder + ": "
                            + e + ". Check free space and permissions",
                    e);
        } finally {
            COMPILING.unlock();
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Before it returns, the session has answered a short prompt and a step, and its logits were held against those of
     * DJL's plain way of running the graph, which shares no memory between past and present.
     */
    @Override
    public DecoderSession load(Artifact artifact, String device, int slots, int contextLength, int threads) {
        requireCpu(device);
        if (slots < 1 || contextLength < 1 || threads < 1) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "slots, context length and threads must be 1 or more, got: " + slots + ", " + contextLength + ", "
                            + threads);
        }
        Definition definition = artifact.checkpoint().definition();
        requirePositions(definition, contextLength);
        Encoder encoder = definition.encoder();
        if (encoder != null) {
            int longest = contextLength + PromptEncodingSession.START;
            return new PromptEncodingSession(
                    withEncoder(artifact, encoder, slots, longest, threads), encoder.startToken());
        }
        PositionTables positions =
                PositionTables.of(definition, artifact.checkpoint().weights(), contextLength);
        NDManager owner = OnnxRuntimeLibrary.engine().newBaseManager();
        try {
            OrtSession session = open(artifact, threads, OnnxRuntimeLibrary.multipliesMixedBytesExactly());
            // From here on closing the owner closes the session.
            try (StockDecoder reference = new StockDecoder(session, owner, definition, positions)) {
                DecoderSession decoder =
                        new OnnxDecoderSession(owner, session, definition, positions, slots, contextLength);
                selfCheck(decoder, reference, artifact);
                LOG.info("loaded {} at {}", artifact.checkpoint().name(), artifact.precision());
                return decoder;
            }
        } catch (OrtException e) {
            owner.close();
            throw OnnxRuntimeLibrary.failed(
                    "session of " + artifact.checkpoint().name(), e);
        } catch (RuntimeException | Error e) {
            owner.close();
            throw e;
        }
    }

    /** Not held against DJL's way: what it would show of the shared cache, every model without an encoder shows. */
    private static EncoderDecoderSession withEncoder(
            Artifact artifact, Encoder encoder, int slots, int contextLength, int threads) {
        Definition definition = artifact.checkpoint().definition();
        Weights weights = artifact.checkpoint().weights();
        boolean exact = OnnxRuntimeLibrary.multipliesMixedBytesExactly();
        NDManager owner = OnnxRuntimeLibrary.engine().newBaseManager();
        List<OrtSession> opened = new ArrayList<>();
        try {
            opened.add(open(artifact, threads, exact));
            opened.add(open(artifact, ArtifactFolder.ofEncoder(artifact.folder()), threads, exact));
            EncoderDecoderSession session = new OnnxEncoderDecoderSession(
                    owner,
                    opened.get(0),
                    opened.get(1),
                    definition,
                    PositionTables.of(definition, weights, contextLength),
                    PositionTables.ofEncoder(encoder, weights, contextLength),
                    slots,
                    contextLength);
            LOG.info("loaded {} at {}", artifact.checkpoint().name(), artifact.precision());
            return session;
        } catch (OrtException e) {
            closeAll(owner, opened, e);
            throw OnnxRuntimeLibrary.failed(
                    "session of " + artifact.checkpoint().name(), e);
        } catch (RuntimeException | Error e) {
            closeAll(owner, opened, e);
            throw e;
        }
    }

    private static void closeAll(NDManager owner, List<OrtSession> opened, Throwable cause) {
        owner.close();
        for (OrtSession session : opened) {
            try {
                session.close();
            } catch (OrtException e) {
                cause.addSuppressed(e);
            }
        }
    }

    /**
     * Opens a session over an artifact.
     *
     * @param exactMixedBytes whether the processor is known to multiply unsigned by signed bytes exactly
     */
    static OrtSession open(Artifact artifact, int threads, boolean exactMixedBytes) {
        return open(artifact, new ArtifactFolder(artifact.folder()), threads, exactMixedBytes);
    }

    private static OrtSession open(Artifact artifact, ArtifactFolder folder, int threads, boolean exactMixedBytes) {
        String name = artifact.checkpoint().name();
        ArtifactFolder.Contents contents = folder.find(artifact.checkpoint(), artifact.precision())
                .orElseThrow(() -> new EngineException(
                        Category.FAILED,
                        "artifact of " + name + " at " + artifact.precision() + " is not whole in " + artifact.folder()
                                + ". Compile it again"));
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            // What fails is thrown; the library would print it as well.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            // Spinning workers would take the cores of the load generator when both share a machine.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            if (!exactMixedBytes) {
                // Makes w8a8 unsigned by unsigned, the same numbers by slower instructions.
                options.addConfigEntry("session.x64quantprecision", "1");
            }
            options.addConfigEntry(
                    "session.model_external_initializers_file_folder_path",
                    contents.weightsFolder().toString());
            return OnnxRuntimeLibrary.environment().createSession(Files.readAllBytes(contents.graph()), options);
        } catch (OrtException e) {
            throw OnnxRuntimeLibrary.failed("graph of " + name + " cannot be loaded", e);
        } catch (IOException e) {
            throw new EngineException(Category.FAILED, "graph of " + name + " cannot be read: " + e, e);
        }
    }

    /** Throws, having closed the decoder, when it does not answer as it should. */
    private static void selfCheck(DecoderSession decoder, StockDecoder reference, Artifact artifact) {
        int[] prompt = IntStream.rangeClosed(1, Math.max(1, Math.min(3, decoder.contextLength() - 1)))
                .map(token -> token % decoder.vocabularySize())
                .toArray();
        try {
            Segment first = new Segment(0, 0, prompt, Wanted.LAST);
            requireSame(decoder.forward(List.of(first)), reference.append(prompt), artifact);
            if (prompt.length < decoder.contextLength()) {
                Segment next = Segment.next(0, prompt.length, 0);
                requireSame(decoder.forward(List.of(next)), reference.append(next.tokens()), artifact);
            }
        } catch (RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    private static void requireSame(FloatBuffer logits, float[] reference, Artifact artifact) {
        double largest = 1;
        double difference = 0;
        for (int i = 0; i < reference.length; i++) {
            if (!Float.isFinite(logits.get(i))) {
                throw new EngineException(
                        Category.BAD_MODEL,
                        artifact.checkpoint().name() + " at " + artifact.precision() + " gives the logit "
                                + logits.get(i) + ". Its weights are damaged or overflow: check the checkpoint");
            }
            largest = Math.max(largest, Math.abs(reference[i]));
            difference = Math.max(difference, Math.abs(logits.get(i) - reference[i]));
        }
        if (!(difference <= SELF_CHECK_TOLERANCE * largest)) {
            throw new EngineException(
                    Category.FAILED,
                    "logits of " + artifact.checkpoint().name() + " at " + artifact.precision() + " differ by "
                            + difference
                            + " between the cache in place and a copied one. This version of ONNX Runtime ("
                            + OnnxRuntimeLibrary.version() + ") cannot be used");
        }
    }

    private static void requirePositions(Definition definition, int contextLength) {
        if (definition.embedding().learnedPositions() && contextLength > definition.contextLength()) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "a context of " + contextLength + " tokens: the model has learned " + definition.contextLength()
                            + " positions. Use a shorter context");
        }
    }

    private static void requireCpu(String device) {
        if (!device.equals(CPU)) {
            throw new EngineException(
                    Category.UNAVAILABLE, "device " + device + " is not supported by the ONNX Runtime engine. Use cpu");
        }
    }
}
