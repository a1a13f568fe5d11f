package dev.weighbridge.inference.backend;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What a tensor library must do so that it runs the same core as the others. Found through {@link java.util.ServiceLoader}.
 *
 * @implSpec Constructing a backend and {@link #id} load no native library; {@link #probe} may look for files but loads none.
 */
public interface Backend {
    /** Same as the id of the engine provider built on it, for example {@code pytorch}. */
    String id();

    /** Precisions it can compile for the given kind of device. */
    Set<Precision> precisions(DeviceRequest.Kind device);

    Availability probe();

    /**
     * Device that {@code request} means on this machine, {@code cpu} or {@code cuda:N}. Loads the native library.
     *
     * @throws dev.weighbridge.api.EngineException of category UNAVAILABLE when CUDA is asked for and not there
     */
    String resolveDevice(DeviceRequest request);

    /**
     * Version of the native library. Loads it.
     */
    String nativeVersion();

    /**
     * What the record must say of the kernels that compute a precision on a device here, by the keys
     * {@link dev.weighbridge.api.EngineInfo#INSTRUCTION_SETS} and {@link dev.weighbridge.api.EngineInfo#NUMERICS}. A key whose
     * fact is not known, or does not hold, is left out.
     *
     * @param device as {@link #resolveDevice} gave it
     */
    Map<String, String> kernelFacts(Precision precision, String device);

    /**
     * Compiles a checkpoint at a precision into files under {@code folder}, or finds them there from an earlier time.
     *
     * @param folder of this backend, checkpoint and precision alone; written so that a kill leaves no half artifact behind
     * @return what {@link #load} needs
     * @throws dev.weighbridge.api.EngineException of category BAD_MODEL when the checkpoint cannot be expressed
     */
    Artifact compile(Checkpoint checkpoint, Precision precision, String device, Path folder);

    /**
     * Loads an artifact onto a device with a KV cache of {@code slots} rows of {@code contextLength} tokens.
     *
     * @param device as {@link #resolveDevice} gave it
     * @param threads of one forward pass on a CPU
     */
    DecoderSession load(Artifact artifact, String device, int slots, int contextLength, int threads);

    /**
     * A compiled model.
     *
     * @param checkpoint it was compiled from; its files may be mapped by a session
     * @param precision it was compiled at
     * @param folder that holds its files
     * @param bytes of weights as they are held while running
     */
    record Artifact(Checkpoint checkpoint, Precision precision, Path folder, long bytes) {}
}
