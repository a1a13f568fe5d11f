package dev.weighbridge.microbench.twins;

import dev.weighbridge.inference.local.LocalEngineProvider;

/** The engine {@code slow-twin}: ONNX Runtime once more, 10 % slower than the original. */
public final class SlowTwin extends LocalEngineProvider {
    public SlowTwin() {
        super(new Core());
    }

    /** What runs in the engine's process. */
    public static final class Core extends TwinBackend {
        public Core() {
            super("slow-twin", 0.10);
        }
    }
}
