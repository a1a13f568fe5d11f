package dev.weighbridge.inference;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import java.nio.file.Path;

/** How the tests of this module open a model. */
public final class Specs {
    private Specs() {}

    public static EngineSpec of(Path model, Batching batching) {
        return of(model, batching, 0);
    }

    public static EngineSpec of(Path model, Batching batching, int contextLength) {
        return new EngineSpec(
                model,
                Precision.FP32,
                batching,
                DeviceRequest.CPU,
                1,
                contextLength,
                model.resolveSibling("cache"),
                model.resolveSibling("engine.log"));
    }
}
