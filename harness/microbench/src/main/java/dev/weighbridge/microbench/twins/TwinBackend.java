package dev.weighbridge.microbench.twins;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.engines.onnxruntime.OnnxRuntimeBackend;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** ONNX Runtime under a second name, every computation of which takes longer by a given share. */
abstract class TwinBackend implements Backend {
    private final OnnxRuntimeBackend original = new OnnxRuntimeBackend();
    private final String id;
    private final double slowdown;

    /** @param slowdown share of its own time that every computation takes longer; 0 for none */
    TwinBackend(String id, double slowdown) {
        this.id = id;
        this.slowdown = slowdown;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Set<Precision> precisions(DeviceRequest.Kind device) {
        return original.precisions(device);
    }

    @Override
    public Availability probe() {
        return original.probe();
    }

    @Override
    public String resolveDevice(DeviceRequest request) {
        return original.resolveDevice(request);
    }

    @Override
    public String nativeVersion() {
        return original.nativeVersion();
    }

    @Override
    public Map<String, String> kernelFacts(Precision precision, String device) {
        return original.kernelFacts(precision, device);
    }

    @Override
    public Artifact compile(Checkpoint checkpoint, Precision precision, String device, Path folder) {
        return original.compile(checkpoint, precision, device, folder);
    }

    @Override
    public DecoderSession load(Artifact artifact, String device, int slots, int contextLength, int threads) {
        DecoderSession session = original.load(artifact, device, slots, contextLength, threads);
        return slowdown > 0 ? new SlowedSession(session, slowdown) : session;
    }
}
