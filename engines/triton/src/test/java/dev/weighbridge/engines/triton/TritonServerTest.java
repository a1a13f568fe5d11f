package dev.weighbridge.engines.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.api.TokenListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that the adapter starts. */
class TritonServerTest {
    private static final GenerationRequest REQUEST =
            new GenerationRequest("Once", 3, GenerationRequest.Sampling.GREEDY, List.of());

    @TempDir
    private Path folder;

    private Engine start(Map<String, String> options) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SmallTritonMain.class.getName(),
                "{port}",
                "{grpc-port}",
                "{options}");
        ServerTarget.Launch launch = new ServerTarget.Launch(
                command, Map.of("METRICS", "{metrics-port}"), folder, "/v2/health/ready", Duration.ofSeconds(60));
        ServerTarget target = new ServerTarget(
                "http://127.0.0.1:{port}",
                Optional.of(launch),
                null,
                Endpoint.KSERVE,
                null,
                Map.of(),
                Map.of(),
                "http://127.0.0.1:{metrics-port}/metrics",
                options);
        return new TritonEngineProvider()
                .open(new EngineSpec(
                        folder,
                        Precision.FP32,
                        Batching.none(),
                        DeviceRequest.AUTO,
                        1,
                        0,
                        folder,
                        folder.resolve("server.log"),
                        Optional.of(target)));
    }

    @Test
    void oneThatIsStartedIsAskedOverEitherProtocolAndEndsWithItsEngine() {
        ProcessHandle process;
        try (Engine engine = start(Map.of("protocol", "http", "log-verbose", "1"))) {
            EndpointEngine served = (EndpointEngine) engine;
            process = ProcessHandle.of(served.processId().orElseThrow()).orElseThrow();
            assertThat(process.info().arguments().orElseThrow())
                    .as("options of the adapter are none of the server's")
                    .endsWith("--log-verbose", "1")
                    .doesNotContain("--protocol");
            assertThat(served.processes()).contains(process.pid());
            assertThat(served.metricsPath()).matches("http://127\\.0\\.0\\.1:\\d+/metrics");
            assertThat(engine.generate(REQUEST, TokenListener.NONE).outputTokens())
                    .isEqualTo(3);
        }
        assertThat(process.isAlive()).isFalse();
    }

    @RepeatedTest(3)
    void oneThatIsKilledIsACrash() {
        try (Engine engine = start(Map.of("protocol", "grpc"))) {
            assertThat(engine.generate(REQUEST, TokenListener.NONE).outputTokens())
                    .isEqualTo(3);
            ProcessHandle.current()
                    .descendants()
                    .filter(child -> child.info().commandLine().orElse("").contains("SmallTritonMain"))
                    .forEach(ProcessHandle::destroyForcibly);

            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> engine.generate(REQUEST, TokenListener.NONE))
                    .withMessageContaining("the server's process ended")
                    .extracting(EngineException::category)
                    .isEqualTo(Category.CRASHED);
        }
    }
}
