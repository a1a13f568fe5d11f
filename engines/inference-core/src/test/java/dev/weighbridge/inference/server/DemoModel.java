package dev.weighbridge.inference.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import java.nio.file.Files;
import java.nio.file.Path;

/** The small model of this repository, for tests that need a real tokenizer and chat template. */
public final class DemoModel {
    public static final Path FOLDER = Path.of("..", "..", "datasets", "models", "weighbridge-demo");

    private DemoModel() {}

    public static void assumePresent() {
        assumeTrue(Files.exists(FOLDER.resolve("config.json")), "the demo model is not in " + FOLDER);
    }

    /** It on the CPU with four rows of continuous batching. */
    public static EngineSpec spec(Path scratch) {
        return new EngineSpec(
                FOLDER,
                Precision.FP32,
                Batching.continuous(4),
                DeviceRequest.CPU,
                1,
                0,
                scratch.resolve("cache"),
                scratch.resolve("engine.log"));
    }
}
