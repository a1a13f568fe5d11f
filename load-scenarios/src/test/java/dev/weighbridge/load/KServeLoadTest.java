package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Constant;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads of a server that streams as Triton does. */
class KServeLoadTest {
    private static final String RESPONSE =
            ScriptedServer.chunk("data: {\"model_name\":\"m\",\"num_output_tokens\":2,\"text_output\":\" tok\"}\n\n");

    @TempDir
    private Path folder;

    private List<RequestTiming> load(ScriptedServer.Script script) throws Exception {
        try (ScriptedServer server = new ScriptedServer(script)) {
            List<RequestTiming> timings = new ArrayList<>();
            Endpoint endpoint = new Endpoint(server.endpoint(), "m", Endpoint.KSERVE, Map.of(), Map.of());
            new GatlingLoadGenerator()
                    .run(
                            endpoint,
                            LoadRuns.scenario(new Constant(20), 300, Duration.ofSeconds(5), 1_000),
                            folder,
                            timings::add);
            assertThat(server.exchanges().element().head())
                    .startsWith("POST /v2/models/m/generate_stream HTTP/1.1\r\n");
            return timings;
        }
    }

    @Test
    void answersAreMeasuredWithTheTokensThatTheModelTells() throws Exception {
        List<RequestTiming> timings =
                load(exchange -> exchange.send(ScriptedServer.STREAM_HEAD + RESPONSE + RESPONSE + "0\r\n\r\n"));

        assertThat(timings).isNotEmpty().allSatisfy(timing -> {
            assertThat(timing.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(timing.outputTokens()).isEqualTo(4);
            assertThat(timing.chunkTokens()).containsExactly(2, 2);
        });
    }

    @Test
    void anAnswerThatIsCutIsNoWholeOne() throws Exception {
        List<RequestTiming> timings = load(exchange -> {
            exchange.send(ScriptedServer.STREAM_HEAD + RESPONSE);
            exchange.cut();
        });

        assertThat(timings)
                .isNotEmpty()
                .allSatisfy(timing -> assertThat(timing.outcome()).isEqualTo(Outcome.FAILED_TRUNCATED));
    }

    @Test
    void aRefusalAndALateErrorAreToldApart() throws Exception {
        String refusal = "data: {\"error\":\"no such thing\"}\n\n";
        assertThat(load(exchange ->
                        exchange.send("HTTP/1.1 400 Bad Request\r\ncontent-type: text/event-stream\r\ncontent-length: "
                                + refusal.length() + "\r\n\r\n" + refusal)))
                .isNotEmpty()
                .allSatisfy(timing -> {
                    assertThat(timing.outcome()).isEqualTo(Outcome.FAILED_HTTP_STATUS);
                    assertThat(timing.detail()).contains("no such thing");
                });
        assertThat(load(exchange -> exchange.send(ScriptedServer.STREAM_HEAD + RESPONSE
                        + ScriptedServer.chunk("data: {\"error\":\"late failure\"}\n\n") + "0\r\n\r\n")))
                .isNotEmpty()
                .allSatisfy(timing -> {
                    assertThat(timing.outcome()).isEqualTo(Outcome.FAILED_ENGINE);
                    assertThat(timing.detail()).contains("late failure");
                });
    }
}
