package dev.weighbridge.api;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything an engine needs to start with one model.
 *
 * @param model folder of a Hugging Face checkpoint
 * @param precision to run it at
 * @param batching of concurrent requests
 * @param device to run on
 * @param threads of one forward pass on a CPU; at least 1
 * @param contextLength longest sequence in tokens, prompt and answer together; 0 takes the model's own limit
 * @param cacheDirectory where compiled artifacts are kept between runs; created when absent
 * @param logFile where the engine's own process writes its output
 * @param server that the engine is; empty for those that run the checkpoint themselves
 */
public record EngineSpec(
        Path model,
        Precision precision,
        Batching batching,
        DeviceRequest device,
        int threads,
        int contextLength,
        Path cacheDirectory,
        Path logFile,
        Optional<ServerTarget> server) {
    /** An engine that runs the checkpoint itself. */
    public EngineSpec(
            Path model,
            Precision precision,
            Batching batching,
            DeviceRequest device,
            int threads,
            int contextLength,
            Path cacheDirectory,
            Path logFile) {
        this(model, precision, batching, device, threads, contextLength, cacheDirectory, logFile, Optional.empty());
    }

    public EngineSpec {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got: " + threads);
        }
        if (contextLength < 0) {
            throw new IllegalArgumentException("context length must not be negative, got: " + contextLength);
        }
    }
}
