package dev.weighbridge.datasets.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weighbridge.datasets.TaskSets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteDemoDataTest {
    @Test
    void writingTheTaskSetsAgainGivesTheShippedFilesByteForByte(@TempDir Path folder) throws IOException {
        WriteDemoData.main(new String[] {"tasks", folder.toString()});

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .hasSize(2 * TaskSets.ids().size())
                    .allSatisfy(file -> assertThat(file)
                            .hasBinaryContent(shipped(file.getFileName().toString())));
        }
    }

    @Test
    void theTrainingFolderHoldsBothSplitsOfEveryTask(@TempDir Path folder) throws IOException {
        WriteDemoData.main(new String[] {"training", folder.toString()});

        for (DemoTask task : DemoTask.values()) {
            for (String stage : new String[] {"easy", "full"}) {
                Path files = folder.resolve(stage);
                assertThat(Files.readAllLines(files.resolve(task.id() + ".test.jsonl")))
                        .hasSize(WriteDemoData.TEST_QUESTIONS)
                        .doesNotContainAnyElementsOf(Files.readAllLines(files.resolve(task.id() + ".train.jsonl")));
            }
        }
    }

    @Test
    void anUnknownPurposeIsRefused(@TempDir Path folder) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WriteDemoData.main(new String[] {"everything", folder.toString()}))
                .withMessageContaining("training|tasks");
    }

    private static byte[] shipped(String name) throws IOException {
        try (InputStream in = TaskSets.class.getResourceAsStream("tasks/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
