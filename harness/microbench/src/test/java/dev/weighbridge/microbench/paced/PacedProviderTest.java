package dev.weighbridge.microbench.paced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacedProviderTest {
    @TempDir
    Path folder;

    private EngineSpec spec(Path model) {
        return new EngineSpec(
                model,
                Precision.FP32,
                Batching.none(),
                DeviceRequest.CPU,
                1,
                0,
                folder.resolve("cache"),
                folder.resolve("engine.log"));
    }

    @Test
    void itIsFoundByItsName() {
        assertThat(ServiceLoader.load(EngineProvider.class)).anyMatch(p -> p.id().equals("paced"));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 800})
    void theStudysServersHaveTheCapacitiesOfTheirNames(int capacity) {
        Path model = Path.of("studies", "models", "paced-" + capacity);
        try (Engine engine = new PacedProvider().open(spec(model))) {
            assertThat(engine.info().modelName()).isEqualTo("paced-" + capacity);
            assertThat(engine.info().details()).containsEntry("requests_per_second", capacity + ".0");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"requests_per_second\": 0}       | between 0.01 and 100000, got: 0.0",
                "{\"requests_per_second\": \"400\"} | no number requests_per_second",
                "{}                                 | no number requests_per_second"
            })
    void aFolderThatTellsNoCapacityIsRefused(String config, String reason) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        EngineException refusal = catchThrowableOfType(
                EngineException.class,
                () -> new PacedProvider().open(spec(folder)).close());
        assertThat(refusal.category()).isEqualTo(EngineException.Category.BAD_MODEL);
        assertThat(refusal).hasMessageContaining(reason);
    }
}
