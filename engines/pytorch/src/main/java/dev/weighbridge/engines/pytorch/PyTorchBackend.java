package dev.weighbridge.engines.pytorch;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.weighbridge.api.Availability;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.PromptEncodingSession;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Encoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs decoders as TorchScript on libtorch: on the CPU at fp32, bf16, int8, w8a8 and int4; on CUDA at fp32, bf16, fp16 and
 * int4.
 *
 * <p>What {@link #compile} writes is code of a few kilobytes. Weights are read from the checkpoint whenever a session is
 * loaded, and quantized then, which takes little longer than reading them would; a file that was replaced after the checkpoint
 * was read is not noticed. Linear layers and the output layer are quantized; biases, norms, routers of experts and
 * the embedding with its projections are in fp32:
 *
 * <ul>
 *   <li>int8: symmetric, one scale an output, activations rounded to bf16;
 *   <li>w8a8: the same in fp32, activations quantized to eight bits with one scale and zero point for all tokens of a call, so
 *       that logits depend a little on the neighbours in the batch and on how a prompt is cut. The eight bits are seven where
 *       {@link CpuKernels} says so: it is the one precision whose answers depend on the processor by more than rounding;
 *   <li>int4: blocks of 32 inputs share a scale that makes the extreme exact, activations rounded to bf16.
 * </ul>
 *
 * <p>The CUDA variant is the same script with another device; {@code engines/GPU.md} says what was run on one.
 */
public final class PyTorchBackend implements Backend {
    static final String CPU = "cpu";
    static final String CUDA_PREFIX = "cuda:";

    private static final Logger LOG = LoggerFactory.getLogger(PyTorchBackend.class);
    // A file lock excludes other processes but is refused, not waited for, between threads of one.
    private static final ReentrantLock COMPILING = new ReentrantLock();

    private final CpuKernels kernels;

    /** The backend of this machine, found by {@link java.util.ServiceLoader}. */
    public PyTorchBackend() {
        this(CpuKernels.ofThisProcess());
    }

    /** A backend that compiles for a processor with these kernels, whatever this one has. */
    PyTorchBackend(CpuKernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public String id() {
        return "pytorch";
    }

    @Override
    public Set<Precision> precisions(DeviceRequest.Kind device) {
        return switch (device) {
            case CUDA -> EnumSet.of(Precision.FP32, Precision.BF16, Precision.FP16, Precision.INT4);
            case CPU -> EnumSet.of(Precision.FP32, Precision.BF16, Precision.INT8, Precision.W8A8, Precision.INT4);
            case AUTO -> EnumSet.allOf(Precision.class);
        };
    }

    @Override
    public Availability probe() {
        return PyTorchLibrary.probe();
    }

    @Override
    public String resolveDevice(DeviceRequest request) {
        int cudaDevices = PyTorchLibrary.cudaDevices();
        return switch (request.kind()) {
            case CPU -> CPU;
            case AUTO -> cudaDevices > 0 ? CUDA_PREFIX + 0 : CPU;
            case CUDA -> {
                if (request.index() >= cudaDevices) {
                    throw PyTorchLibrary.cudaMissing(request.id());
                }
                yield CUDA_PREFIX + request.index();
            }
        };
    }

    @Override
    public String nativeVersion() {
        return PyTorchLibrary.version();
    }

    @Override
    public Map<String, String> kernelFacts(Precision precision, String device) {
        if (kind(device) != DeviceRequest.Kind.CPU) {
            return Map.of();
        }
        Map<String, String> facts = new TreeMap<>();
        facts.put(EngineInfo.INSTRUCTION_SETS, kernels.inUse());
        facts.put(EngineInfo.NUMERICS, precision == Precision.W8A8 ? kernels.numericsOfW8a8() : "");
        facts.values().removeIf(String::isEmpty);
        return facts;
    }

    @Override
    public Artifact compile(Checkpoint checkpoint, Precision precision, String device, Path folder) {
        DeviceRequest.Kind kind = kind(device);
        if (!precisions(kind).contains(precision)) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "precision " + precision + " is not supported by the PyTorch engine on " + device + ". Use one of: "
                            + precisions(kind));
        }
        String source = script(checkpoint, precision, kind).source();
        long bytes = RunningWeights.bytes(checkpoint.weights(), precision);
        COMPILING.lock();
        try {
            new ScriptFolder(folder).write(checkpoint, precision, source);
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
     * <p>The number of threads holds for the calling thread's sessions, so one thread should load and use a session.
     */
    @Override
    public DecoderSession load(Artifact artifact, String device, int slots, int contextLength, int threads) {
        if (slots < 1 || contextLength < 1 || threads < 1) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "slots, context length and threads must be 1 or more, got: " + slots + ", " + contextLength + ", "
                            + threads);
        }
        DeviceRequest.Kind kind = kind(device);
        if (kind == DeviceRequest.Kind.CUDA) {
            int index = Integer.parseInt(device.substring(CUDA_PREFIX.length()));
            resolveDevice(new DeviceRequest(DeviceRequest.Kind.CUDA, index));
        }
        Checkpoint checkpoint = artifact.checkpoint();
        Definition definition = checkpoint.definition();
        if (definition.embedding().learnedPositions() && contextLength > definition.contextLength()) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    checkpoint.name() + " has learned positions for " + definition.contextLength()
                            + " tokens, got a context length of " + contextLength + ". Use a shorter one");
        }
        DecoderScript script = script(checkpoint, artifact.precision(), kind);
        byte[] archive = new ScriptFolder(artifact.folder())
                .find(checkpoint, artifact.precision(), script.source())
                .orElseThrow(() -> new EngineException(
                        Category.FAILED,
                        "artifact of " + checkpoint.name() + " at " + artifact.precision() + " is not whole in "
                                + artifact.folder() + ". Compile it again"));
        // The library must be loaded before anything else of it is touched.
        PtNDManager manager = PyTorchLibrary.newManager(device);
        JniUtils.setNumThreads(threads);
        try {
            DecoderModule module = new DecoderModule(manager, script, archive, checkpoint.weights());
            DecoderSession session = session(module, script, checkpoint, slots, contextLength);
            LOG.info("loaded {} at {} on {}", checkpoint.name(), artifact.precision(), device);
            return session;
        } catch (IOException | ai.djl.engine.EngineException e) {
            throw new EngineException(
                    Category.FAILED,
                    checkpoint.name() + " at " + artifact.precision() + " cannot be loaded: " + e.getMessage(),
                    e);
        }
    }

    private static DecoderSession session(
            DecoderModule module, DecoderScript script, Checkpoint checkpoint, int slots, int contextLength) {
        int vocabulary = checkpoint.definition().vocabularySize();
        Encoder encoder = checkpoint.definition().encoder();
        if (encoder == null) {
            return new PyTorchDecoderSession(module, script, checkpoint.weights(), vocabulary, slots, contextLength);
        }
        int positions = contextLength + PromptEncodingSession.START;
        return new PromptEncodingSession(
                new PyTorchEncoderDecoderSession(module, script, checkpoint.weights(), vocabulary, slots, positions),
                encoder.startToken());
    }

    private DecoderScript script(Checkpoint checkpoint, Precision precision, DeviceRequest.Kind kind) {
        boolean narrow = precision == Precision.W8A8 && kernels.byteProductsMaySaturate();
        return DecoderScript.of(checkpoint.definition(), precision, kind == DeviceRequest.Kind.CUDA, narrow);
    }

    private static DeviceRequest.Kind kind(String device) {
        if (device.equals(CPU)) {
            return DeviceRequest.Kind.CPU;
        }
        if (device.matches(CUDA_PREFIX + "\\d{1,3}")) {
            return DeviceRequest.Kind.CUDA;
        }
        throw new EngineException(
                Category.UNAVAILABLE,
                "device " + device + " is not supported by the PyTorch engine. Use cpu or cuda:N");
    }
}
