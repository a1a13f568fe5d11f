package dev.weighbridge.inference.local;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineCapabilities;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.Set;

/**
 * A provider of engines that run here over one {@link Backend}, each in a process of its own. An engine module extends it
 * with its backend and registers both for {@link java.util.ServiceLoader}.
 */
public abstract class LocalEngineProvider implements EngineProvider {
    private final Backend backend;

    protected LocalEngineProvider(Backend backend) {
        this.backend = backend;
    }

    @Override
    public final String id() {
        return backend.id();
    }

    @Override
    public final EngineCapabilities capabilities() {
        Set<Precision> precisions = EnumSet.noneOf(Precision.class);
        precisions.addAll(backend.precisions(DeviceRequest.Kind.CPU));
        Set<Precision> onCuda = backend.precisions(DeviceRequest.Kind.CUDA);
        precisions.addAll(onCuda);
        Set<DeviceRequest.Kind> devices = EnumSet.of(DeviceRequest.Kind.AUTO, DeviceRequest.Kind.CPU);
        if (!onCuda.isEmpty()) {
            devices.add(DeviceRequest.Kind.CUDA);
        }
        return new EngineCapabilities(precisions, EnumSet.allOf(Batching.Policy.class), devices, true, true);
    }

    @Override
    public final Availability probe() {
        return backend.probe();
    }

    @Override
    public final LocalEngine open(EngineSpec spec) {
        if (probe() instanceof Availability.Unavailable missing) {
            throw new EngineException(
                    Category.UNAVAILABLE,
                    "engine " + id() + " is not available: " + missing.reason() + ". " + missing.remedy());
        }
        capabilities().refusal(spec.precision(), spec.batching().policy()).ifPresent(reason -> {
            throw new EngineException(Category.BAD_REQUEST, "engine " + id() + ": " + reason);
        });
        if (!Files.isDirectory(spec.model())) {
            throw new EngineException(
                    Category.BAD_MODEL,
                    "model folder " + spec.model() + " does not exist. Give the folder of a checkpoint");
        }
        return new LocalEngine(EngineProcess.start(id(), spec));
    }
}
