package dev.weighbridge.microbench.twins;

import dev.weighbridge.inference.local.LocalEngineProvider;

/** The engine {@code equal-twin}: ONNX Runtime once more, as fast as the original. */
public final class EqualTwin extends LocalEngineProvider {
    public EqualTwin() {
        super(new Core());
    }

    /** What runs in the engine's process. */
    public static final class Core extends TwinBackend {
        public Core() {
            super("equal-twin", 0);
        }
    }
}
