package dev.weighbridge.inference.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.Precision;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartReportTest {
    @TempDir
    Path folder;

    @Test
    void readyReportIsReadBack() throws IOException {
        EngineInfo info = new EngineInfo(
                "onnxruntime", "1.29.0", "cpu", Precision.W8A8, "tiny \"model\"", 256, Map.of("artifact_bytes", "12"));
        StartReport ready = new StartReport.Ready(URI.create("http://127.0.0.1:40123"), 17, info);
        assertThat(written(ready)).isEqualTo(ready);
    }

    @Test
    void failedReportIsOneLineAndReadBack() throws IOException {
        StartReport failed = new StartReport.Failed(EngineException.Category.BAD_MODEL, "line\nbreak \"quoted\"");
        assertThat(failed.toJson()).doesNotContain("\n");
        assertThat(written(failed)).isEqualTo(failed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "not json",
                "",
                "{\"status\":\"ready\"}",
                "{\"status\":\"failed\",\"category\":\"ODD\",\"message\":\"m\"}"
            })
    void anythingElseIsMalformed(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("report.json"), text);
        assertThatIOException().isThrownBy(() -> StartReport.read(file));
    }

    private StartReport written(StartReport report) throws IOException {
        Path file = folder.resolve("ready.json");
        report.writeTo(file);
        return StartReport.read(file);
    }
}
