package dev.weighbridge.engines.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.HttpProxy;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ProxySettings;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.ServerTarget;
import dev.weighbridge.testkit.RecordingProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenAiEngineProviderTest {
    private final OpenAiEngineProvider provider = new OpenAiEngineProvider();

    @TempDir
    private Path folder;

    private EngineSpec spec(ServerTarget target) {
        return new EngineSpec(
                folder,
                Precision.FP32,
                Batching.continuous(8),
                DeviceRequest.AUTO,
                1,
                0,
                folder,
                folder.resolve("server.log"),
                Optional.of(target));
    }

    private ServerTarget started(String... quirks) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SmallServerMain.class.getName(),
                "{port}"));
        command.addAll(List.of(quirks));
        ServerTarget.Launch launch =
                new ServerTarget.Launch(command, Map.of(), folder, "/v1/models", Duration.ofSeconds(30));
        return new ServerTarget(
                "http://127.0.0.1:{port}",
                Optional.of(launch),
                null,
                Endpoint.COMPLETIONS,
                null,
                Map.of(),
                Map.of(),
                null,
                Map.of());
    }

    private EndpointEngine reach(HttpServer server, Map<String, String> headers) {
        ServerTarget plain =
                ServerTarget.running("http://127.0.0.1:" + server.getAddress().getPort(), null);
        return provider.open(spec(new ServerTarget(
                plain.address(),
                Optional.empty(),
                null,
                plain.protocol(),
                null,
                headers,
                Map.of(),
                null,
                Map.of("max-num-seqs", "8"))));
    }

    @Test
    void aServerThatIsStartedAnswersAndEndsWithItsChildren() throws Exception {
        Path child = folder.resolve("child");
        long server;
        try (EndpointEngine engine = provider.open(spec(started("child=" + child)))) {
            assertThat(engine.info().modelName()).isEqualTo("alphabet");
            assertThat(engine.info().version()).isEqualTo("4.2");
            assertThat(engine.endpoint().base().getPort()).isPositive();
            server = engine.processId().orElseThrow();
            assertThat(ProcessHandle.of(server)).get().is(alive());
            engine.requireRunning();
            assertThat(engine.processes())
                    .as("its children compute too")
                    .containsExactly(server, Long.parseLong(Files.readString(child)));
        }

        assertThat(isRunning(server)).as("ended when it was closed").isFalse();
        assertThat(endsSoon(Long.parseLong(Files.readString(child)))).isTrue();
    }

    private static Condition<ProcessHandle> alive() {
        return new Condition<>(ProcessHandle::isAlive, "alive");
    }

    private static boolean endsSoon(long pid) throws InterruptedException {
        for (int i = 0; i < 200 && isRunning(pid); i++) {
            Thread.sleep(50);
        }
        return !isRunning(pid);
    }

    /** A killed process whose parent does not collect it is still listed, as a zombie. */
    private static boolean isRunning(long pid) {
        try {
            String state = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return state.charAt(state.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
                    && !Files.exists(Path.of("/proc/self"));
        }
    }

    @Test
    void aServerThatIsKilledIsACrashThatQuotesItsLog() {
        try (EndpointEngine engine = provider.open(spec(started()))) {
            ProcessHandle.of(engine.processId().orElseThrow()).orElseThrow().destroyForcibly();

            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            engine.requireRunning();
                            Thread.sleep(50);
                        }
                    })
                    .withMessageContaining("exit code 137")
                    .extracting(EngineException::category)
                    .isEqualTo(EngineException.Category.CRASHED);
        }
    }

    @Test
    void aServerThatEndsBeforeItAnswersSaysWhy() {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> provider.open(spec(started("die"))))
                .withMessageContaining("exit code 1")
                .withMessageContaining("told to die");
    }

    @Test
    void aProgramThatIsNotThereIsUnavailable() {
        ServerTarget missing = new ServerTarget(
                "http://127.0.0.1:{port}",
                Optional.of(new ServerTarget.Launch(
                        List.of("no-such-program-anywhere"), Map.of(), folder, "/health", Duration.ofSeconds(10))),
                null,
                Endpoint.COMPLETIONS,
                null,
                Map.of(),
                Map.of(),
                null,
                Map.of());

        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> provider.open(spec(missing)))
                .withMessageContaining("is it installed?")
                .extracting(EngineException::category)
                .isEqualTo(EngineException.Category.UNAVAILABLE);
    }

    @Test
    void likelihoodsAreTrustedOnceTheCanaryHasTheOneThatItWasGeneratedWith() throws IOException {
        HttpServer server = SmallServerMain.start(0, List.of());
        try (EndpointEngine engine = reach(server, Map.of())) {
            assertThat(engine).isInstanceOf(ScoringEngine.class);
            assertThat(((ScoringEngine) engine).score("a, b, c,", " d").logLikelihood())
                    .isEqualTo(Math.log(0.5));
            assertThat(engine.info().details())
                    .containsEntry("scoring", "echo, several at once")
                    .containsEntry("option max-num-seqs", "8");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerThatTakesOnePromptAtATimeAndGeneratesATokenAtTheLeastScoresToo() throws IOException {
        HttpServer server = SmallServerMain.start(0, List.of("one-prompt"));
        try (EndpointEngine engine = reach(server, Map.of())) {
            assertThat(((ScoringEngine) engine).score("a, b, c,", List.of(" d", " e")))
                    .extracting(ScoringEngine.Score::logLikelihood)
                    .startsWith(Math.log(0.5));
            assertThat(engine.info().details()).containsEntry("scoring", "echo, one at a time");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerWithoutTrustworthyLikelihoodsDoesNotScoreAndTheRecordSaysWhy() throws IOException {
        for (String quirk : List.of("no-echo", "no-logprobs")) {
            HttpServer server = SmallServerMain.start(0, List.of(quirk));
            try (Engine engine = reach(server, Map.of())) {
                assertThat(engine).as(quirk).isNotInstanceOf(ScoringEngine.class);
                assertThat(engine.info().details().get("scoring")).startsWith("no likelihoods");
            } finally {
                server.stop(0);
            }
        }
    }

    @Test
    void aServerWhoseLikelihoodsOfAGivenTextAreNotThoseItGeneratesWithFailsTheCanary() throws IOException {
        HttpServer server = SmallServerMain.start(0, List.of("tempered"));
        try (Engine engine = reach(server, Map.of())) {
            assertThat(engine).isNotInstanceOf(ScoringEngine.class);
            assertThat(engine.info().details().get("scoring"))
                    .startsWith("cannot be trusted with likelihoods: the canary's token has log-likelihood -0.69");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void headersGoWithEveryRequestAndAreNotPrinted() throws IOException {
        HttpServer server = SmallServerMain.start(0, List.of("team"));
        try (EndpointEngine engine = reach(server, Map.of("X-Team", "blue"))) {
            assertThat(engine).isInstanceOf(ScoringEngine.class);
            assertThat(engine.endpoint().headers()).containsEntry("X-Team", "blue");
            assertThat(engine.endpoint().toString()).contains("X-Team").doesNotContain("blue");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aKeyComesFromTheEnvironmentOnly() {
        ServerTarget keyed = new ServerTarget(
                "http://127.0.0.1:9",
                Optional.empty(),
                null,
                Endpoint.COMPLETIONS,
                "WEIGHBRIDGE_NO_SUCH_KEY",
                Map.of(),
                Map.of(),
                null,
                Map.of());

        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> provider.open(spec(keyed)))
                .withMessageContaining("environment variable WEIGHBRIDGE_NO_SUCH_KEY, which is not set");
    }

    @Test
    void aModelThatIsNotServedIsToldWithThoseThatAre() throws IOException {
        HttpServer server = SmallServerMain.start(0, List.of());
        try {
            ServerTarget other = ServerTarget.running(
                    "http://127.0.0.1:" + server.getAddress().getPort(), "cyrillic");
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> provider.open(spec(other)))
                    .withMessageContaining("does not serve model 'cyrillic'. It serves: alphabet");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void placeholdersAreFilledAndOptionsBecomeArguments() {
        Placeholders placeholders = new Placeholders(
                spec(ServerTarget.running("http://x", null)),
                Map.of("tensor-parallel-size", "2", "enforce-eager", ""),
                Map.of("port", 8123));

        assertThat(placeholders.command(List.of("serve", "{model}", "--port={port}", "{options}")))
                .containsExactly(
                        "serve", folder.toString(), "--port=8123", "--enforce-eager", "--tensor-parallel-size", "2");
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> placeholders.fill("{prot}"))
                .withMessageContaining("{prot}")
                .withMessageContaining("port");
    }

    @Test
    void aServerElsewhereIsReachedThroughTheProxyWhoseCredentialsNobodyIsTold() throws IOException {
        HttpServer server = SmallServerMain.start(0, List.of());
        try (RecordingProxy proxy = RecordingProxy.to(server.getAddress().getPort())) {
            ProxySettings.use(ProxySettings.of(
                    HttpProxy.parse("http://user:secret@127.0.0.1:" + proxy.port(), "test"), name -> null));
            try (EndpointEngine engine = provider.open(spec(ServerTarget.running("http://model.invalid:8000", null)))) {
                assertThat(engine.info().modelName()).isEqualTo("alphabet");
                assertThat(engine.info().details()).containsEntry("proxy", "http://127.0.0.1:" + proxy.port());
                assertThat(engine.info().toString()).doesNotContain("secret", "dXNlcjpzZWNyZXQ");
            }
            assertThat(proxy.heads())
                    .first()
                    .asString()
                    .startsWith("GET http://model.invalid:8000/v1/models HTTP/1.1")
                    .contains("Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=");
        } finally {
            ProxySettings.use(null);
            server.stop(0);
        }
    }

    @Test
    void aTunnelIsAskedForWithTheCredentialsAndNothingOfTheRequest() throws IOException {
        HttpServer server = SmallServerMain.start(0, List.of());
        // It wants others, so that no tunnel is opened: the server behind it speaks no TLS.
        try (RecordingProxy proxy = RecordingProxy.to(server.getAddress().getPort(), "Basic other")) {
            ProxySettings.use(ProxySettings.of(
                    HttpProxy.parse("http://user:secret@127.0.0.1:" + proxy.port(), "test"), name -> null));
            assertThatThrownBy(() -> provider.open(spec(ServerTarget.running("https://model.invalid", null))))
                    .isInstanceOf(EngineException.class)
                    .hasMessageNotContainingAny("secret", "dXNlcjpzZWNyZXQ");
            assertThat(proxy.heads())
                    .isNotEmpty()
                    .allSatisfy(head -> assertThat(head)
                            .startsWith("CONNECT model.invalid:443 HTTP/1.1")
                            .contains("Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=")
                            .doesNotContain("/v1/models"));
        } finally {
            ProxySettings.use(null);
            server.stop(0);
        }
    }
}
