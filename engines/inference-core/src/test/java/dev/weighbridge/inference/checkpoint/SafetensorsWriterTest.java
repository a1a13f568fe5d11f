package dev.weighbridge.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weighbridge.inference.checkpoint.SafetensorsWriter.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        tensors.put("b", new FloatTensor(List.of(2, 3), new float[] {1, -2, 3.5f, 0, 1e-30f, Float.MAX_VALUE}));
        tensors.put("a", new FloatTensor(List.of(1), new float[] {7}));

        SafetensorsWriter.write(file, tensors);

        Map<String, TensorSource.TensorInfo> read = SafetensorsFile.read(file.toRealPath());
        assertThat(read.keySet()).containsExactly("b", "a");
        assertThat(read.get("b").shape()).containsExactly(2L, 3L);
        assertThat(read.get("b").dtype()).isEqualTo("F32");
        MappedTensors mapped = new MappedTensors(folder, read);
        assertThat(mapped.floats("b")).containsExactly(1, -2, 3.5f, 0, 1e-30f, Float.MAX_VALUE);
        assertThat(mapped.floats("a")).containsExactly(7);
    }

    @Test
    void aFileIsReplacedAsAWholeAndNothingElseIsLeft() throws IOException {
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, Map.of("a", new FloatTensor(List.of(3), new float[3])));
        SafetensorsWriter.write(file, Map.of("c", new FloatTensor(List.of(1), new float[1])));

        assertThat(SafetensorsFile.read(file.toRealPath()).keySet()).containsExactly("c");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aShapeThatDoesNotFitTheValuesIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FloatTensor(List.of(2, 2), new float[3]))
                .withMessageContaining("holds 4 values, got: 3");
    }
}
