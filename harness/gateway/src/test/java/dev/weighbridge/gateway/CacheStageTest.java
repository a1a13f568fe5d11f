package dev.weighbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.gateway.cache.CacheSettings;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A semantic cache before a real server that counts what it is asked. */
class CacheStageTest {
    @TempDir
    Path folder;

    private static TestUpstream upstream() {
        return TestUpstream.of((seen, response, out) -> {
            JsonNode body = Client.JSON.readTree(seen.body());
            if (body.path("stream").asBoolean(false)) {
                response.getHeaders().put("Content-Type", "text/event-stream");
                for (String piece : List.of("one ", "two ", "three")) {
                    out.write(("data: {\"choices\":[{\"index\":0,\"text\":\"" + piece
                                    + "\",\"finish_reason\":null}]}\n\n")
                            .getBytes(StandardCharsets.UTF_8));
                }
                out.write(
                        "data: {\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
                                .getBytes(StandardCharsets.UTF_8));
            } else {
                response.getHeaders().put("Content-Type", "application/json");
                out.write(("{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"to "
                                + body.at("/messages/0/content").asText()
                                + "\"},\"finish_reason\":\"stop\"}]}")
                        .getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    private static Gateway gateway(TestUpstream upstream) throws IOException {
        return Gateway.start(
                Gateway.Options.before(upstream.address()), List.of(new CacheStage(CacheSettings.standard())));
    }

    private static String completion(String prompt, String more) {
        return "{\"model\":\"m\",\"prompt\":\"" + prompt + "\",\"temperature\":0,\"max_tokens\":8" + more + "}";
    }

    @Test
    void theSamePromptIsAnsweredOnceByTheServerStreamedOrNot() throws Exception {
        try (TestUpstream upstream = upstream();
                Gateway gateway = gateway(upstream)) {
            String asked = completion(
                    "What is the capital of France?", ",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
            String first = Client.post(gateway, "/v1/completions", asked).body();
            HttpResponse<String> second = Client.post(gateway, "/v1/completions", asked);
            assertThat(upstream.seen()).hasSize(1);
            assertThat(first).contains("three");
            assertThat(second.headers().firstValue("x-weighbridge-cache")).contains("exact");
            assertThat(second.body()).contains("one two three").contains("\"completion_tokens\":3");
            String chat = "{\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"}],\"temperature\":0}";
            for (int i = 0; i < 3; i++) {
                assertThat(Client.post(gateway, "/v1/chat/completions", chat).body())
                        .contains("to hello there");
            }
            assertThat(upstream.seen()).hasSize(2);
            JsonNode counters = Client.counters(gateway).at("/stages/0");
            assertThat(counters.path("exactHits").asInt()).isEqualTo(3);
            assertThat(counters.path("misses").asInt()).isEqualTo(2);
            assertThat(counters.path("lookups").asInt()).isEqualTo(5);
        }
    }

    @Test
    void aSimilarPromptIsAnsweredAndSaysSo() throws Exception {
        try (TestUpstream upstream = upstream();
                Gateway gateway = gateway(upstream)) {
            String one = completion("Please tell me what the capital city of the country France is called today", "");
            String other =
                    completion("Please tell me what the capital city of the country France is called today!", "");
            Client.post(gateway, "/v1/completions", one.replace("}", ",\"stream\":true}"));
            HttpResponse<String> similar =
                    Client.post(gateway, "/v1/completions", other.replace("}", ",\"stream\":true}"));
            assertThat(similar.headers().firstValue("x-weighbridge-cache").orElse(""))
                    .startsWith("similar ");
            assertThat(upstream.seen()).hasSize(1);
        }
    }

    @Test
    void othersSettingsOtherClientsAndDrawnAnswersAreAskedAnew() throws Exception {
        try (TestUpstream upstream = upstream();
                Gateway gateway = gateway(upstream)) {
            String asked = completion("What is the capital of France?", ",\"stream\":true");
            Client.post(gateway, "/v1/completions", asked);
            List<String> others = List.of(
                    asked.replace("\"max_tokens\":8", "\"max_tokens\":9"),
                    asked.replace("\"temperature\":0", "\"temperature\":1"),
                    asked.replace("\"temperature\":0", "\"temperature\":1"),
                    asked.replace("\"model\":\"m\"", "\"model\":\"n\""),
                    asked.replace("}", ",\"n\":2}"),
                    asked.replace("}", ",\"logprobs\":1}"));
            for (int i = 0; i < others.size(); i++) {
                Client.post(gateway, "/v1/completions", others.get(i));
                assertThat(upstream.seen()).as(others.get(i)).hasSize(i + 2);
            }
            HttpRequest keyed = HttpRequest.newBuilder(gateway.endpoint().resolve("/v1/completions"))
                    .header("Authorization", "Bearer other")
                    .POST(HttpRequest.BodyPublishers.ofString(asked))
                    .build();
            Client.HTTP.send(keyed, HttpResponse.BodyHandlers.ofString());
            assertThat(upstream.seen()).hasSize(others.size() + 2);
        }
    }

    @Test
    void aFileSaysWhatAGatewayDoes() throws IOException {
        Path file = Files.writeString(folder.resolve("g.yaml"), "guards: standard\ncache: {threshold: 0.95}\n");
        GatewayFile both = GatewayFile.read(file, name -> null);
        assertThat(both.stages()).hasSize(2);
        assertThat(both.id()).startsWith("guards-").endsWith("+cache-0.95");
        for (String[] wrong : new String[][] {
            {"surprise: 1\n", "is not known"},
            {"guards: 3\n", "must be standard, or fields"},
            {"cache: {treshold: 1}\n", "treshold"},
            {"{}\n", "asks for nothing"},
            {"a: [\n", "is no YAML"},
        }) {
            Files.writeString(file, wrong[0]);
            assertThatThrownBy(() -> GatewayFile.read(file, name -> null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong[1]);
        }
    }
}
