package dev.weighbridge.microbench.paced;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineCapabilities;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import java.util.Map;
import java.util.Set;

/** The engine {@code paced}, whose capacity is what the model's folder says. */
public final class PacedProvider implements EngineProvider {
    private static final String VERSION = "1";

    /** For {@link java.util.ServiceLoader}. */
    public PacedProvider() {}

    @Override
    public String id() {
        return "paced";
    }

    @Override
    public EngineCapabilities capabilities() {
        return new EngineCapabilities(
                Set.of(Precision.FP32),
                Set.of(Batching.Policy.NONE),
                Set.of(DeviceRequest.Kind.AUTO, DeviceRequest.Kind.CPU),
                false,
                false);
    }

    @Override
    public Availability probe() {
        return new Availability.Available(VERSION);
    }

    @Override
    public Engine open(EngineSpec spec) {
        capabilities().refusal(spec.precision(), spec.batching().policy()).ifPresent(reason -> {
            throw new EngineException(Category.BAD_REQUEST, "engine " + id() + ": " + reason);
        });
        PacedModel model = PacedModel.read(spec.model());
        return new PacedEngine(
                new EngineInfo(
                        id(),
                        VERSION,
                        "cpu",
                        spec.precision(),
                        model.name(),
                        PacedModel.MOST_TOKENS,
                        Map.of(PacedModel.CAPACITY, Double.toString(model.requestsPerSecond()))),
                model);
    }
}
