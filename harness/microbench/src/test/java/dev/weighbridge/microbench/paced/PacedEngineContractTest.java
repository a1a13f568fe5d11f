package dev.weighbridge.microbench.paced;

import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.testkit.EngineContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The contract on a server that is fast enough for a test. */
class PacedEngineContractTest extends EngineContract {
    @Override
    protected EngineProvider provider() {
        return new PacedProvider();
    }

    @Override
    protected Path model() {
        try {
            Path folder = Files.createDirectories(scratch().resolve("paced-20000"));
            Files.writeString(folder.resolve("config.json"), "{\"requests_per_second\": 20000}");
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
