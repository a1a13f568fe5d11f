package dev.weighbridge.engines.pytorch;

import dev.weighbridge.inference.local.LocalEngineProvider;

/** The engine {@code pytorch}: {@link PyTorchBackend} in a process of its own. */
public final class PyTorchEngineProvider extends LocalEngineProvider {
    public PyTorchEngineProvider() {
        super(new PyTorchBackend());
    }
}
