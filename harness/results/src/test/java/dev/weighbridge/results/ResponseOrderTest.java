package dev.weighbridge.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Responses that came in another order than that of their samples. */
class ResponseOrderTest {
    @TempDir
    private Path folder;

    private static String line(int docId, String prompt) {
        return Json.line(new ResponseRecord(
                docId, "id-" + docId, prompt, List.of(), List.of(), "", Map.of(), "", List.of(), null, null));
    }

    @Test
    void linesAreSortedByTheirSampleAndStayWhatTheyAre() throws IOException {
        Path file = folder.resolve("responses_sums.jsonl");
        List<String> lines = List.of(line(7, "ü\n"), line(2, "first"), line(10, "€"), line(2, "second"), line(0, ""));
        Files.write(file, lines);
        ResponseOrder.restore(file);
        assertThat(Files.readAllLines(file))
                .containsExactly(lines.get(4), lines.get(1), lines.get(3), lines.get(0), lines.get(2));
        assertThat(folder)
                .isDirectoryContaining(file::equals)
                .satisfies(path -> assertThat(path.toFile().list()).hasSize(1));
    }

    @Test
    void whatIsInOrderIsNotTouched() throws IOException {
        Path file = folder.resolve("responses_sums.jsonl");
        Files.write(file, List.of(line(1, "a"), line(1, "b"), line(3, "c")));
        FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(file, longAgo);
        ResponseOrder.restore(file);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(longAgo);
        ResponseOrder.restore(folder.resolve("responses_none.jsonl"));
        assertThat(folder.resolve("responses_none.jsonl")).doesNotExist();
    }
}
