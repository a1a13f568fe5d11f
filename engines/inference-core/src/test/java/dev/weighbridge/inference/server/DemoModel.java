package dev.weighbridge.inference.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import java.nio.file.Path;

/** The small model of this repository, for tests that need a real tokenizer and chat template. */
public final class DemoModel {
    public static final Path FOLDER = Path.of("..", "..", "datasets", "models", "weighbridge-demo");

    private DemoModel() {}

    /** It is committed: a checkout without it is damaged, and no reason to skip a test. */
    public static void requirePresent() {
        assertThat(FOLDER.resolve("config.json")).exists();
        assertThat(FOLDER.resolve("model.safetensors")).exists();
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
