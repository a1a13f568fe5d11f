package dev.weighbridge.testkit;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ScriptedEngineTest extends EngineContract {
    private final EngineProvider provider = ScriptedProvider.opening("scripted", spec -> {
        if (!Files.exists(spec.model().resolve("model.safetensors"))) {
            throw new EngineException(
                    EngineException.Category.BAD_MODEL, "model folder " + spec.model() + " holds no weights");
        }
        return ScriptedEngine.answering(
                "scripted", spec, request -> " there was a harness that heard " + request.prompt() + " and kept count");
    });

    @Override
    protected EngineProvider provider() {
        return provider;
    }

    @Override
    protected Path model() {
        Path folder = scratch().resolve("model");
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve("model.safetensors"), new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }
}
