package dev.weighbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.gateway.guard.GuardChain;
import dev.weighbridge.gateway.guard.GuardPolicy;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of prompts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(30)
class PromptGuardTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final String CHATS = "/v1/chat/completions";

    private TestUpstream upstream;
    private Gateway gateway;

    @BeforeAll
    void start() throws Exception {
        upstream = TestUpstream.json("{\"choices\":[{\"index\":0,\"text\":\"Fine.\",\"finish_reason\":\"stop\"}]}");
        gateway = Client.gateway(upstream, Client.chain(Map.of()));
    }

    @AfterAll
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void aBlockedPromptIsAnsweredInTheProtocolsOwnWay() throws Exception {
        int before = upstream.seen().size();
        HttpResponse<String> completion =
                Client.post(gateway, COMPLETIONS, "{\"model\":\"m\",\"prompt\":[\"a\",\"secret word\"]}");
        assertThat(completion.statusCode()).isEqualTo(200);
        JsonNode body = Client.JSON.readTree(completion.body());
        assertThat(body.path("object").asText()).isEqualTo("text_completion");
        assertThat(body.path("model").asText()).isEqualTo("m");
        assertThat(body.path("choices")).hasSize(2);
        assertThat(body.at("/choices/1/text").asText()).isEqualTo(GuardPolicy.STANDARD.refusal());
        assertThat(body.at("/choices/1/finish_reason").asText()).isEqualTo("content_filter");
        assertThat(completion.headers().firstValue("x-weighbridge-gateway")).contains("blocked");
        assertThat(completion.headers().firstValue("x-weighbridge-guard")).contains("words");

        JsonNode chat = Client.JSON.readTree(
                Client.post(gateway, CHATS, "{\"messages\":[{\"role\":\"user\",\"content\":\"secret word\"}]}")
                        .body());
        assertThat(chat.path("object").asText()).isEqualTo("chat.completion");
        assertThat(chat.at("/choices/0/message/role").asText()).isEqualTo("assistant");
        assertThat(chat.at("/choices/0/message/content").asText()).isEqualTo(GuardPolicy.STANDARD.refusal());
        assertThat(upstream.seen()).hasSize(before);
    }

    @Test
    void aBlockedStreamHasTheFormOfAStream() throws Exception {
        HttpResponse<String> response = Client.post(
                gateway,
                CHATS,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"secret word\"}],\"stream\":true,"
                        + "\"stream_options\":{\"include_usage\":true}}");
        assertThat(response.headers().firstValue("content-type").orElseThrow()).startsWith("text/event-stream");
        assertThat(Client.text(response.body(), 0)).isEqualTo(GuardPolicy.STANDARD.refusal());
        assertThat(Client.finishReasons(response.body(), 0)).containsExactly("content_filter");
        List<String> data = Client.data(response.body());
        assertThat(data.get(data.size() - 1)).isEqualTo("[DONE]");
        JsonNode usage = Client.JSON.readTree(data.get(data.size() - 2));
        assertThat(usage.path("choices")).isEmpty();
        assertThat(usage.at("/usage/total_tokens").asInt(-1)).isZero();
    }

    @Test
    void aBlockedPromptCanBeAnErrorAsAzureHasIt() throws Exception {
        try (Gateway strict =
                Client.gateway(upstream, Client.chain(Map.of("blocked-prompt", "error", "refusal", "Not here.")))) {
            HttpResponse<String> response = Client.post(strict, COMPLETIONS, "{\"prompt\":\"secret word\"}");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.headers().firstValue("x-weighbridge-gateway")).contains("blocked");
            JsonNode error = Client.JSON.readTree(response.body()).path("error");
            assertThat(error.path("code").asText()).isEqualTo("content_filter");
            assertThat(error.path("message").asText()).isEqualTo("Not here.");
            assertThat(error.at("/innererror/code").asText()).isEqualTo("ResponsibleAIPolicyViolation");
            assertThat(error.at("/innererror/content_filter_result/words/filtered")
                            .asBoolean())
                    .isTrue();
        }
    }

    @Test
    void aMaskedPromptIsWhatTheServerGetsAndTheRestStaysAsItWas() throws Exception {
        HttpResponse<String> response = Client.post(
                gateway,
                CHATS,
                "{\"temperature\":0.70,\"seed\":12345678901234567890,\"messages\":[{\"role\":\"system\",\"content\":\"Be kind.\"},"
                        + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"I am a@exa\"},"
                        + "{\"type\":\"text\",\"text\":\"mple.org\"}]}]}");
        assertThat(lastSeen())
                .isEqualTo("{\"temperature\":0.70,\"seed\":12345678901234567890,\"messages\":[{\"role\":\"system\","
                        + "\"content\":\"Be kind.\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\","
                        + "\"text\":\"I am [EMAIL]\"},{\"type\":\"text\",\"text\":\"\"}]}]}");
        assertThat(response.headers().firstValue("x-weighbridge-gateway")).contains("masked");
        assertThat(response.headers().firstValue("x-weighbridge-guard")).contains("pii");
    }

    @Test
    void aPromptThatPassesKeepsItsBytes() throws Exception {
        String body = " { \"prompt\" : \"\\u0041ll w\u00e9ll\", \"x\" : 1.500e0 } ";
        HttpResponse<String> response = Client.post(gateway, COMPLETIONS, body);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(lastSeen()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\":\"secret word\"}",
                "{\"prompt\":[\"x\",\"\\u0073ecret   WORD\"]}",
                "{\"prompt\":\"x\",\"suffix\":\"secret word\"}",
                "{\"messages\":[{\"role\":\"system\",\"content\":\"secret word\"}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"secret\"},{\"type\":\"text\",\"text\":\"word\"}]}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"secr\"},{\"type\":\"text\",\"text\":\"et word\"}]}]}",
                "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"arguments\":\"secret word\"}}]}]}",
                "{\"messages\":[{\"role\":\"assistant\",\"reasoning_content\":\"secret word\"}]}",
                "{\"messages\":[],\"tools\":[{\"function\":{\"description\":\"secret word\"}}]}",
                "{\"messages\":[],\"documents\":[{\"text\":\"secret word\"}]}"
            })
    void aPhraseIsFoundWhereverAModelReads(String body) throws Exception {
        int before = upstream.seen().size();
        HttpResponse<String> response = Client.post(gateway, body.contains("messages") ? CHATS : COMPLETIONS, body);
        assertThat(response.headers().firstValue("x-weighbridge-gateway")).contains("blocked");
        assertThat(upstream.seen()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/completions/",
                "//v1/completions",
                "/v1//completions",
                "/v1/./completions",
                "/x/../v1/completions",
                "/V1/Completions",
                "/v1/%63ompletions",
                "/v1/completions?a=b",
                "/v1/completions;x=y"
            })
    void noSpellingOfAPathLeadsPastTheGuards(String path) throws Exception {
        int before = upstream.seen().size();
        HttpResponse<String> response = Client.HTTP.send(
                java.net.http.HttpRequest.newBuilder(java.net.URI.create(gateway.endpoint() + path))
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"prompt\":\"secret word\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        boolean refused = response.statusCode() == 400;
        assertThat(refused
                        || response.headers()
                                .firstValue("x-weighbridge-gateway")
                                .orElse("")
                                .equals("blocked"))
                .as(response.statusCode() + " " + response.body())
                .isTrue();
        assertThat(upstream.seen()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\":[1,2,3]}",
                "{\"prompt\":[[1,2],[3]]}",
                "{\"prompt\":[\"x\",[1]]}",
                "{\"prompt_embeds\":\"AAAA\",\"prompt\":\"x\"}",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:x\"}}]}]}",
                "{\"messages\":[],\"chat_template\":\"secret word\"}",
                "{\"prompt\":\"x\",\"return_token_ids\":true}",
                "{\"prompt\":\"x\",\"stream\":true,\"logprobs\":0}",
                "{\"messages\":[],\"stream\":true,\"logprobs\":true}"
            })
    void whatCannotBeJudgedIsRefused(String body) throws Exception {
        HttpResponse<String> response = Client.post(gateway, body.contains("messages") ? CHATS : COMPLETIONS, body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("cannot_be_guarded");
    }

    @Test
    void tokenIdsGoThroughAnEmptyChain() throws Exception {
        try (Gateway open = Client.gateway(upstream, new GuardChain(List.of(), GuardPolicy.STANDARD))) {
            String body = "{\"prompt\":[1,2,3],\"stream\":true,\"logprobs\":1}";
            assertThat(Client.post(open, COMPLETIONS, body).statusCode()).isEqualTo(200);
            assertThat(lastSeen()).isEqualTo(body);
        }
    }

    @Test
    void whatIsNoRequestIsRefused() throws Exception {
        for (String body : List.of(
                "",
                "[]",
                "3",
                "{",
                "{\"prompt\":\"a\"} x",
                "{\"prompt\":\"a\",\"prompt\":\"secret word\"}",
                "[".repeat(100_000),
                "{\"prompt\":NaN}")) {
            HttpResponse<String> response = Client.post(gateway, COMPLETIONS, body);
            assertThat(response.statusCode()).as(body).isEqualTo(400);
            assertThat(response.body()).contains("invalid_json");
        }
        byte[] wrong = "{\"prompt\":\"a\u00e9b\"}".getBytes(StandardCharsets.ISO_8859_1);
        HttpResponse<byte[]> response = Client.post(gateway, COMPLETIONS, wrong);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).contains("UTF-8");
    }

    @Test
    void echoedPromptsAreThoseTheModelGotAndAreJudgedAgain() throws Exception {
        try (TestUpstream echo = TestUpstream.of((seen, response, out) -> {
                    response.getHeaders().put("Content-Type", "application/json");
                    String prompt =
                            Client.JSON.readTree(seen.body()).path("prompt").asText();
                    TestUpstream.write(
                            out, "{\"choices\":[{\"text\":" + Client.JSON.valueToTree(prompt + " word") + "}]}");
                });
                Gateway before = Client.gateway(echo, Client.chain(Map.of()))) {
            assertThat(Client.post(before, COMPLETIONS, "{\"prompt\":\"a@example.org\",\"echo\":true}")
                            .body())
                    .contains("[EMAIL] word");
            assertThat(Client.post(before, COMPLETIONS, "{\"prompt\":\"the secret\",\"echo\":true}")
                            .body())
                    .contains("content_filter");
        }
    }

    @Test
    void theHeadersTellTheTimeSpentInGuardsAndTheCountersItsDistribution() throws Exception {
        AtomicLong clock = new AtomicLong();
        GuardChain chain = GuardChain.of(
                Map.of("guards", List.of(Map.of("type", "pii", "sides", "input"))), Path.of("."), name -> null);
        try (Gateway timed = Gateway.start(
                Gateway.Options.before(upstream.address()),
                List.of(new GuardStage(chain, () -> clock.getAndAdd(1_234_567))))) {
            HttpResponse<String> response = Client.post(timed, COMPLETIONS, "{\"prompt\":[\"a\",\"b\"]}");
            assertThat(response.headers().firstValue("server-timing")).contains("guards;dur=2.469");
            assertThat(response.headers().firstValue("x-weighbridge-guard-us")).contains("2469");
            JsonNode stage = Client.counters(timed).at("/stages/0");
            assertThat(stage.path("id").asText()).isEqualTo(chain.id());
        }
    }

    private String lastSeen() {
        return upstream.seen().get(upstream.seen().size() - 1).text();
    }
}
