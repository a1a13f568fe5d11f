package dev.weighbridge.engines.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A server of a model that finds the letters of the alphabet in their order most likely, each with a likelihood of one half; a process
 * of its own in the tests of servers that are started. Arguments: port, then any of {@code no-echo} (likelihoods that are none of the
 * text), {@code tempered} (a given text has other likelihoods than a generated one), {@code one-prompt} (lists are refused), {@code no-logprobs}, {@code die} (at once), {@code child=FILE} (starts a child
 * that outlives it and writes its process id there).
 */
final class SmallServerMain {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double HALF = Math.log(0.5);

    private final List<String> quirks;

    private SmallServerMain(List<String> quirks) {
        this.quirks = quirks;
    }

    public static void main(String[] arguments) throws IOException {
        List<String> quirks = Arrays.asList(arguments).subList(1, arguments.length);
        if (quirks.contains("die")) {
            throw new IllegalStateException("told to die");
        }
        for (String quirk : quirks) {
            if (quirk.startsWith("child=")) {
                Process child = new ProcessBuilder("sleep", "300").start();
                Files.writeString(Path.of(quirk.substring(6)), Long.toString(child.pid()));
            }
        }
        start(Integer.parseInt(arguments[0]), quirks);
    }

    static HttpServer start(int port, List<String> quirks) throws IOException {
        SmallServerMain served = new SmallServerMain(quirks);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/v1/models", e -> send(e, 200, "{\"data\":[{\"id\":\"alphabet\"}]}"));
        server.createContext("/version", e -> send(e, 200, "{\"version\":\"4.2\"}"));
        server.createContext("/v1/completions", served::completions);
        server.start();
        return server;
    }

    private void completions(HttpExchange exchange) throws IOException {
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        String key = exchange.getRequestHeaders().getFirst("X-Team");
        if (quirks.contains("team") && !"blue".equals(key)) {
            send(exchange, 401, "{\"error\":{\"message\":\"which team?\"}}");
            return;
        }
        JsonNode prompt = body.path("prompt");
        if (prompt.isArray() && quirks.contains("one-prompt")) {
            send(exchange, 400, "{\"error\":{\"message\":\"one prompt at a time\"}}");
            return;
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode choices = answer.putArray("choices");
        if (prompt.isArray()) {
            prompt.forEach(text -> choices.add(choice(body, text.asText(), choices.size())));
        } else {
            choices.add(choice(body, prompt.asText(), 0));
        }
        answer.putObject("usage").put("prompt_tokens", prompt.asText().length()).put("completion_tokens", 1);
        send(exchange, 200, answer.toString());
    }

    /** Tokens are characters. */
    private ObjectNode choice(JsonNode body, String prompt, int index) {
        boolean echo = body.path("echo").asBoolean() && !quirks.contains("no-echo");
        String generated = " d".repeat(Math.min(1, body.path("max_tokens").asInt()));
        ObjectNode choice = JSON.createObjectNode().put("index", index).put("text", (echo ? prompt : "") + generated);
        if (body.has("logprobs") && !quirks.contains("no-logprobs")) {
            ObjectNode logprobs = choice.putObject("logprobs");
            ArrayNode likelihoods = logprobs.putArray("token_logprobs");
            ArrayNode top = logprobs.putArray("top_logprobs");
            ArrayNode offsets = logprobs.putArray("text_offset");
            int from = prompt.length() - (prompt.endsWith(" d") ? 2 : 0);
            for (int i = 0; echo && i <= from && i < prompt.length(); i++) {
                if (i == 0) {
                    likelihoods.addNull();
                    top.addNull();
                } else {
                    likelihoods.add(i == from ? (quirks.contains("tempered") ? HALF - 1 : HALF) : -9);
                    top.addObject().put("x", i == from ? HALF : -1);
                }
                offsets.add(i);
            }
            if (!generated.isEmpty()) {
                likelihoods.add(HALF);
                top.addObject().put(generated, HALF);
                offsets.add(echo ? prompt.length() : 0);
            }
        }
        return choice;
    }

    private static void send(HttpExchange exchange, int status, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
