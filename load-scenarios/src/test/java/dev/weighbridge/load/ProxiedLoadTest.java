package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.HttpProxy;
import dev.weighbridge.api.ProxySettings;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Json;
import dev.weighbridge.testkit.RecordingProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxiedLoadTest {
    private static final String AUTHORIZATION = "proxy-authorization: basic dXNlcjpzZWNyZXQ=";

    @TempDir
    private Path folder;

    @AfterEach
    void asTheEnvironmentSays() {
        ProxySettings.use(null);
    }

    private static void use(int port) {
        HttpProxy.Credentials credentials = new HttpProxy.Credentials("user", "secret");
        ProxySettings.use(ProxySettings.of(new HttpProxy("127.0.0.1", port, Optional.of(credentials)), name -> null));
    }

    private static String lowerNames(String head) {
        return head.replaceAll("(?i)proxy-authorization: basic", "proxy-authorization: basic");
    }

    @Test
    void aPlainLoadIsHandedToTheProxyWhichLooksTheHostUp() throws IOException {
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(ScriptedServer.GOOD));
                RecordingProxy proxy = RecordingProxy.to(server.endpoint().getPort())) {
            use(proxy.port());
            LoadRuns.Result result =
                    LoadRuns.run(URI.create("http://model.invalid:8000"), LoadRuns.closed(1, 400), folder);
            assertThat(result.timings())
                    .isNotEmpty()
                    .extracting(RequestTiming::outcome)
                    .contains(Outcome.COMPLETED)
                    .doesNotContain(Outcome.FAILED_CONNECT);
            assertThat(proxy.heads())
                    .first()
                    .satisfies(head -> assertThat(lowerNames(head))
                            .startsWith("POST http://model.invalid:8000/v1/completions HTTP/1.1")
                            .contains(AUTHORIZATION));
            assertThat(Json.line(result.timings())).doesNotContain("secret", "dXNlcjpzZWNyZXQ");
        }
    }

    @Test
    void aSecuredLoadGoesThroughATunnelThatIsToldNothingOfTheRequest() throws IOException {
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(ScriptedServer.GOOD));
                RecordingProxy proxy = RecordingProxy.to(server.endpoint().getPort())) {
            use(proxy.port());
            LoadRuns.Result result = LoadRuns.run(URI.create("https://model.invalid"), LoadRuns.closed(1, 200), folder);
            assertThat(proxy.heads())
                    .isNotEmpty()
                    .allSatisfy(head -> assertThat(lowerNames(head))
                            .startsWith("CONNECT model.invalid:443 HTTP/1.1")
                            .contains(AUTHORIZATION)
                            .doesNotContain("completions"));
            // The server behind speaks no TLS: what fails, fails there and not at the look-up of a host that does not
            // exist.
            assertThat(result.timings()).extracting(RequestTiming::outcome).doesNotContain(Outcome.COMPLETED);
            assertThat(Json.line(result.timings())).doesNotContain("secret", "dXNlcjpzZWNyZXQ");
        }
    }

    @Test
    void aServerOnThisMachineIsReachedDirectly() throws IOException {
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.send(ScriptedServer.GOOD));
                RecordingProxy proxy = RecordingProxy.to(server.endpoint().getPort())) {
            use(proxy.port());
            LoadRuns.Result result = LoadRuns.run(server.endpoint(), LoadRuns.closed(1, 200), folder);
            assertThat(result.timings()).extracting(RequestTiming::outcome).contains(Outcome.COMPLETED);
            assertThat(proxy.heads()).isEmpty();
        }
    }
}
