package dev.weighbridge.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.core.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TasksTest {
    @TempDir
    private Path folder;

    private void subject(String file) throws IOException {
        Files.createDirectories(folder.resolve("test"));
        Files.writeString(folder.resolve(file), "What is 1 + 1?,1,2,3,4,B\n");
    }

    @Test
    void severalFilesOfOneFormatAreToldApartByTheirNames() throws IOException {
        subject("test/astronomy_test.csv");
        subject("test/high school.v2.csv");

        assertThat(Tasks.load(List.of("mmlu@test/astronomy_test.csv", "mmlu@test/high school.v2.csv"), folder))
                .containsOnlyKeys("mmlu-astronomy_test", "mmlu-high_school_v2");
    }

    @Test
    void aFormatThatIsNamedOnceKeepsItsName() throws IOException {
        subject("test/astronomy_test.csv");

        assertThat(Tasks.load(List.of("demo-sorting", "mmlu@test/astronomy_test.csv"), folder))
                .containsOnlyKeys("demo-sorting", "mmlu");
    }

    @Test
    void theSameFileTwiceIsRefused() throws IOException {
        subject("test/astronomy_test.csv");

        assertThatThrownBy(() ->
                        Tasks.load(List.of("mmlu@test/astronomy_test.csv", "mmlu@test/astronomy_test.csv"), folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("two tasks are called 'mmlu-astronomy_test'");
    }
}
