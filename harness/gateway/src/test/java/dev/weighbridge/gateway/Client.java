package dev.weighbridge.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.gateway.guard.GuardChain;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Asks a gateway as clients do. */
final class Client {
    static final ObjectMapper JSON = new ObjectMapper();
    static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Client() {}

    static HttpResponse<byte[]> post(Gateway gateway, String path, byte[] body) throws Exception {
        return HTTP.send(request(gateway, path, body), HttpResponse.BodyHandlers.ofByteArray());
    }

    static HttpResponse<String> post(Gateway gateway, String path, String body) throws Exception {
        return HTTP.send(
                request(gateway, path, body.getBytes(StandardCharsets.UTF_8)), HttpResponse.BodyHandlers.ofString());
    }

    static HttpResponse<InputStream> open(Gateway gateway, String path, String body) throws Exception {
        return HTTP.send(
                request(gateway, path, body.getBytes(StandardCharsets.UTF_8)),
                HttpResponse.BodyHandlers.ofInputStream());
    }

    private static HttpRequest request(Gateway gateway, String path, byte[] body) {
        return HttpRequest.newBuilder(gateway.endpoint().resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    static JsonNode counters(Gateway gateway) throws Exception {
        return JSON.readTree(HTTP.send(
                        HttpRequest.newBuilder(gateway.endpoint().resolve("/weighbridge/gateway"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body());
    }

    /** The data of each event. */
    static List<String> data(String stream) {
        List<String> data = new ArrayList<>();
        for (String line : stream.split("\\r\\n|\\n|\\r", -1)) {
            if (line.startsWith("data:")) {
                data.add(line.substring(5).strip());
            }
        }
        return data;
    }

    /** The text of a choice of a streamed answer: of completions, or the content of chats. */
    static String text(String stream, int index) throws Exception {
        StringBuilder text = new StringBuilder();
        for (String data : data(stream)) {
            if (!data.equals("[DONE]")) {
                for (JsonNode choice : JSON.readTree(data).path("choices")) {
                    if (choice.path("index").asInt() == index) {
                        text.append(choice.path("text").asText(""))
                                .append(choice.path("delta").path("content").asText(""));
                    }
                }
            }
        }
        return text.toString();
    }

    static List<String> finishReasons(String stream, int index) throws Exception {
        List<String> reasons = new ArrayList<>();
        for (String data : data(stream)) {
            if (!data.equals("[DONE]")) {
                for (JsonNode choice : JSON.readTree(data).path("choices")) {
                    if (choice.path("index").asInt() == index && choice.hasNonNull("finish_reason")) {
                        reasons.add(choice.path("finish_reason").asText());
                    }
                }
            }
        }
        return reasons;
    }

    /** An event with a piece of a completion. */
    static String piece(int index, String text) {
        return "data: "
                + JSON.createObjectNode()
                        .put("id", "c1")
                        .put("object", "text_completion")
                        .set(
                                "choices",
                                JSON.createArrayNode()
                                        .add(JSON.createObjectNode()
                                                .put("index", index)
                                                .put("text", text)
                                                .putNull("finish_reason")))
                + "\n\n";
    }

    static String finish(int index, String reason) {
        return "data: {\"id\":\"c1\",\"object\":\"text_completion\",\"choices\":[{\"index\":" + index
                + ",\"text\":\"\",\"finish_reason\":\"" + reason + "\"}]}\n\n";
    }

    /** Masks e-mail, blocks "secret word", on both sides. */
    static GuardChain chain(Map<String, Object> more) {
        Map<String, Object> configuration = new java.util.HashMap<>(Map.of(
                "guards",
                List.of(
                        Map.of("type", "regex", "id", "words", "patterns", Map.of("secret", "(?i)secret\\s+word")),
                        Map.of("type", "pii", "kinds", List.of("email")))));
        configuration.putAll(more);
        return GuardChain.of(configuration, Path.of("."), name -> null);
    }

    static Gateway gateway(TestUpstream upstream, GuardChain chain) throws Exception {
        return Gateway.start(Gateway.Options.before(upstream.address()), List.of(new GuardStage(chain)));
    }
}
