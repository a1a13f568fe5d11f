package dev.weighbridge.engines.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainTextTest {
    @Test
    void controlAndDirectionCharactersBecomeSpaces() {
        assertThat(PlainText.bounded("a\u001b[31mb\u202ec\nd\u0000", 100)).isEqualTo("a [31mb c d");
    }

    @Test
    void longTextIsCut() {
        assertThat(PlainText.bounded("x".repeat(50), 10)).isEqualTo("xxxxxxxxxx…");
    }

    @Test
    void lastLinesComeFromTheEndOfAHugeLog(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("engine.log");
        Files.writeString(log, "early\n".repeat(100_000) + "\n  one  \r\ntwo\u0007\nthree\n\n");
        assertThat(PlainText.lastLines(log, 0, 3)).isEqualTo("one | two | three");
    }

    @Test
    void missingLogSaysNothing(@TempDir Path folder) {
        assertThat(PlainText.lastLines(folder.resolve("none"), 0, 3)).isEmpty();
    }
}
