package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.inference.local.LocalEngineProvider;

/** The engine {@code onnxruntime}: {@link OnnxRuntimeBackend} in a process of its own. */
public final class OnnxRuntimeEngineProvider extends LocalEngineProvider {
    public OnnxRuntimeEngineProvider() {
        super(new OnnxRuntimeBackend());
    }
}
