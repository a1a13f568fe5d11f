package dev.weighbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.study.EngineChoice;
import dev.weighbridge.core.study.StudyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a study and a load may leave out of a server is its adapter's to say. */
class ServerAdaptersTest {
    private static final Path STUDIES = Path.of("../studies").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    @Test
    void aStudyTakesTheUsualProtocolAndHealthPathFromTheAdapter() {
        EngineChoice triton =
                StudyFile.read(STUDIES.resolve("triton.yaml")).engines().get(1);
        ServerTarget server = triton.server().orElseThrow();
        assertThat(triton.adapter()).isEqualTo("triton");
        assertThat(server.protocol()).isEqualTo(Endpoint.KSERVE);
        assertThat(server.launch().orElseThrow().healthPath()).isEqualTo("/v2/health/ready");

        ServerTarget other = StudyFile.read(STUDIES.resolve("llama-cpp.yaml"))
                .engines()
                .get(2)
                .server()
                .orElseThrow();
        assertThat(other.protocol()).isEqualTo(Endpoint.COMPLETIONS);
        assertThat(other.launch().orElseThrow().healthPath()).isEqualTo("/v1/models");
    }

    @Test
    void aProtocolThatTheAdapterDoesNotSpeakIsToldWithThoseThatItDoes() throws IOException {
        String study = Files.readString(STUDIES.resolve("triton.yaml"))
                .replace("    adapter: triton\n", "    adapter: triton\n    protocol: openai-chat\n");
        Path file = Files.writeString(folder.resolve("study.yaml"), study);
        assertThatThrownBy(() -> StudyFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'openai-chat' is not one that adapter triton speaks. Use one of: kserve");
    }

    @Test
    void aLoadFindsTheAdapterByItsProtocol() {
        assertThatThrownBy(() -> options("--protocol", "smoke").open())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'smoke' does not exist. Use one of: openai-completions, openai-chat, kserve");
        assertThatThrownBy(() -> options("--protocol", "kserve", "--option", "call=shout")
                        .open())
                .hasMessageContaining("adapter triton must be stream or infer");
    }

    private static ServerOptions options(String... arguments) {
        List<String> all = new ArrayList<>(List.of("http://127.0.0.1:9"));
        all.addAll(List.of(arguments));
        return CommandLine.populateCommand(new ServerOptions(), all.toArray(String[]::new));
    }
}
