package dev.weighbridge.microbench.paced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacedServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ASKING = "{\"prompt\": \"A question\", \"max_tokens\": %d, \"stream\": true,"
            + " \"stream_options\": {\"include_usage\": %s}}";

    private final HttpClient client = HttpClient.newHttpClient();
    private final PacedServer server = server(20_000);

    private static PacedServer server(double capacity) {
        PacedModel model = new PacedModel("paced", capacity);
        return PacedServer.start(model, model.worker());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static HttpRequest request(PacedServer to, String body) {
        return HttpRequest.newBuilder(to.endpoint().resolve("/v1/completions"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> answer(String body) throws IOException, InterruptedException {
        return client.send(request(server, body), BodyHandlers.ofString());
    }

    private static List<String> events(String stream) {
        assertThat(stream).endsWith("\n\n");
        List<String> events = new ArrayList<>();
        for (String event : stream.strip().split("\n\n", -1)) {
            assertThat(event).startsWith("data: ");
            events.add(event.substring("data: ".length()));
        }
        return events;
    }

    @Test
    void anAnswerIsAStreamOfItsTokensItsUsageAndTheEndMark() throws IOException, InterruptedException {
        HttpResponse<String> response = answer(ASKING.formatted(5, true));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        List<String> events = events(response.body());
        assertThat(events).hasSize(7).endsWith("[DONE]");
        for (int i = 0; i < 5; i++) {
            JsonNode choice = JSON.readTree(events.get(i)).path("choices").path(0);
            assertThat(choice.path("text").asText()).isEqualTo(" tok");
            assertThat(choice.path("finish_reason").asText(null)).isEqualTo(i == 4 ? "length" : null);
        }
        JsonNode usage = JSON.readTree(events.get(5));
        assertThat(usage.path("choices")).isEmpty();
        assertThat(usage.path("usage").path("completion_tokens").asInt()).isEqualTo(5);
        assertThat(usage.path("usage").path("prompt_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void usageIsSentWhenItIsAskedForOnly() throws IOException, InterruptedException {
        assertThat(events(answer(ASKING.formatted(1, false)).body())).hasSize(2).endsWith("[DONE]");
    }

    @Test
    void everyOneOfManyRequestsAtOnceIsAnsweredInFull() {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int request = 0; request < 50; request++) {
            answers.add(client.sendAsync(request(server, ASKING.formatted(8, true)), BodyHandlers.ofString()));
        }
        answers.forEach(answer -> assertThat(events(answer.join().body())).hasSize(10));
    }

    @Test
    void aBadRequestIsRefusedAndTheServerGoesOn() throws IOException, InterruptedException {
        HttpResponse<String> refused = answer("{\"prompt\": \"a\"}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(refused.body()).path("error").path("message").asText())
                .contains("only streams");
        assertThat(answer(ASKING.formatted(1, false)).statusCode()).isEqualTo(200);
    }

    @Test
    void anotherPathIsNotFound() throws IOException, InterruptedException {
        URI other = server.endpoint().resolve("/v1/models");
        assertThat(client.send(HttpRequest.newBuilder(other).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void closingEndsWhatIsBeingAnsweredAndFreesThePort() throws IOException, InterruptedException {
        // Its answer would take a minute.
        PacedServer slow = server(1 / 60.0);
        InputStream answer = client.send(request(slow, ASKING.formatted(4096, true)), BodyHandlers.ofInputStream())
                .body();
        assertThat(answer.read()).as("it is being answered").isEqualTo('d');
        HttpRequest another = request(slow, "{}");
        slow.close();
        slow.close();
        assertThatThrownBy(answer::readAllBytes).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.send(another, BodyHandlers.ofString())).isInstanceOf(ConnectException.class);
    }
}
