package dev.weighbridge.inference.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.inference.server.DemoModel;
import dev.weighbridge.inference.server.FailingBackend;
import dev.weighbridge.inference.server.GatedBackend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine in its own process, from launch to end. */
@Timeout(120)
class LocalEngineTest {
    private static final GenerationRequest REQUEST =
            new GenerationRequest("Once upon", 5, GenerationRequest.Sampling.GREEDY, List.of());

    private final LocalEngineProvider provider = new LocalEngineProvider(new GatedBackend()) {};

    @TempDir
    Path scratch;

    @Test
    void processAnswersAndEndsWithItsEngine() throws Exception {
        DemoModel.requirePresent();
        LocalEngine engine = provider.open(DemoModel.spec(scratch));
        ProcessHandle process = ProcessHandle.of(engine.processId().getAsLong()).orElseThrow();
        try (engine) {
            assertThat(engine.info().engineId()).isEqualTo(GatedBackend.ID);
            assertThat(process.pid()).isNotEqualTo(ProcessHandle.current().pid());
            List<String> pieces = new ArrayList<>();
            Completion completion = engine.generate(REQUEST, pieces::add);
            assertThat(String.join("", pieces)).isEqualTo(completion.text());
            assertThat(completion.outputTokens()).isEqualTo(5);
            ScoringEngine.Score score = engine.score("Once", " upon");
            assertThat(score.logLikelihood()).isNegative();
            List<ScoringEngine.Scored> scored = engine.scoreAll(List.of(
                    new ScoringEngine.Question("Once", List.of(" upon")),
                    new ScoringEngine.Question("Once ".repeat(2000), List.of(" upon"))));
            assertThat(scored.get(0).scores()).containsExactly(score);
            assertThat(scored.get(1).failure()).hasMessageContaining("context length");
            assertThat(engine.chatPrompt(List.of(new ChatMessage(ChatMessage.USER, "Once “upon”"))))
                    .isEqualTo("<|bos|>Once “upon”");
            assertThat(engine.logits("Once upon").vocabularySize()).isEqualTo(512);
            assertThat(health(engine.endpoint().base())).contains("\"status\":\"ok\"");
        }
        process.onExit().get(20, TimeUnit.SECONDS);
        engine.close();
        EngineException closed =
                catchThrowableOfType(EngineException.class, () -> engine.generate(REQUEST, piece -> {}));
        assertThat(closed).hasMessageContaining("closed");
    }

    @Test
    void processThatDiesIsACrashWithItsExitCode() throws Exception {
        DemoModel.requirePresent();
        try (LocalEngine engine = provider.open(DemoModel.spec(scratch))) {
            ProcessHandle process =
                    ProcessHandle.of(engine.processId().getAsLong()).orElseThrow();
            process.destroyForcibly();
            process.onExit().get(20, TimeUnit.SECONDS);
            EngineException crash =
                    catchThrowableOfType(EngineException.class, () -> engine.generate(REQUEST, piece -> {}));
            assertThat(crash.category()).isEqualTo(Category.CRASHED);
            assertThat(crash).hasMessageContaining("exit code").hasMessageContaining("engine.log");
        }
    }

    @Test
    void engineThatFailsEndsItsProcessWithACodeOfItsOwnAndItsReason() throws Exception {
        assertCrash(new FailingBackend(), "exit code 10", "the step was told to fail");
    }

    @Test
    void engineOutOfMemorySaysHowToGiveItMore() throws Exception {
        assertCrash(
                new FailingBackend.OutOfMemory(),
                "exit code 11",
                "OutOfMemoryError: Java heap space",
                "WEIGHBRIDGE_ENGINE_JAVA_OPTS=-Xmx2g");
    }

    private void assertCrash(GatedBackend backend, String... told) throws Exception {
        try (LocalEngine engine = new LocalEngineProvider(backend) {}.open(DemoModel.spec(scratch))) {
            engine.requireRunning();
            EngineException first =
                    catchThrowableOfType(EngineException.class, () -> engine.generate(REQUEST, piece -> {}));
            EngineException later = catchThrowableOfType(EngineException.class, engine::requireRunning);
            for (EngineException crash : List.of(first, later)) {
                assertThat(crash.category()).isEqualTo(Category.CRASHED);
                assertThat(crash).hasMessageContainingAll(told);
            }
        }
    }

    @Test
    void failureInsideTheProcessKeepsItsCategory() throws IOException {
        Path model = Files.createDirectories(scratch.resolve("broken-model"));
        Files.writeString(model.resolve("config.json"), "{");
        EngineException failure =
                catchThrowableOfType(EngineException.class, () -> provider.open(spec(model, Precision.FP32)));
        assertThat(failure.category()).isEqualTo(Category.BAD_MODEL);
        assertThat(failure).hasMessageContaining("broken-model");
    }

    @Test
    void whatIsRefusedBeforehandLaunchesNothing() {
        EngineException precision =
                catchThrowableOfType(EngineException.class, () -> provider.open(spec(scratch, Precision.INT4)));
        EngineException model = catchThrowableOfType(
                EngineException.class, () -> provider.open(spec(scratch.resolve("none"), Precision.FP32)));
        assertThat(precision).hasMessageContaining("int4").hasMessageContaining("not offered");
        assertThat(model.category()).isEqualTo(Category.BAD_MODEL);
        assertThat(scratch.resolve("engine.log")).doesNotExist();
    }

    private EngineSpec spec(Path model, Precision precision) {
        return new EngineSpec(
                model,
                precision,
                Batching.none(),
                DeviceRequest.CPU,
                1,
                0,
                scratch.resolve("cache"),
                scratch.resolve("engine.log"));
    }

    private static String health(URI endpoint) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(endpoint.resolve("/health")).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
