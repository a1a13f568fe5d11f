package dev.weighbridge.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of OpenAI's completions on the loopback address whose answers follow from prompt and seed alone. Its tokens are
 * characters; it refuses prompts with the word "broken" in them.
 */
final class AnsweringServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final AtomicInteger answers = new AtomicInteger();

    AnsweringServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/models", e -> send(e, 200, "{\"data\":[{\"id\":\"letters\"}]}"));
        server.createContext("/version", e -> send(e, 200, "{\"version\":\"1.0\"}"));
        server.createContext("/v1/completions", this::completions);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers that were written, without those whose likelihood was asked. */
    int answers() {
        return answers.get();
    }

    private void completions(HttpExchange exchange) throws IOException {
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        if (body.path("prompt").asText("").contains("broken")) {
            send(exchange, 500, "{\"error\":{\"message\":\"this prompt breaks the server\"}}");
        } else if (body.path("stream").asBoolean()) {
            answers.incrementAndGet();
            String event = JSON.writeValueAsString(written(body));
            send(exchange, 200, "data: " + event + "\n\ndata: [DONE]\n\n");
        } else {
            send(exchange, 200, JSON.writeValueAsString(scored(body)));
        }
    }

    private static ObjectNode written(JsonNode body) {
        String prompt = body.path("prompt").asText();
        int chance = Math.floorMod((prompt + body.path("seed").asText("greedy")).hashCode(), 7);
        String[] words = prompt.split(" ", -1);
        int answer = Integer.parseInt(words[0]) + (chance < 3 ? 1 : chance);
        ObjectNode event = JSON.createObjectNode();
        event.putArray("choices").addObject().put("text", " " + answer).put("finish_reason", "stop");
        event.putObject("usage").put("prompt_tokens", prompt.length()).put("completion_tokens", 2);
        return event;
    }

    private static ObjectNode scored(JsonNode body) {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode choices = answer.putArray("choices");
        JsonNode prompts = body.path("prompt");
        if (prompts.isArray()) {
            prompts.forEach(prompt -> choices.add(choice(body, prompt.asText(), choices.size())));
        } else {
            choices.add(choice(body, prompts.asText(), 0));
        }
        return answer;
    }

    private static ObjectNode choice(JsonNode body, String prompt, int index) {
        boolean echo = body.path("echo").asBoolean();
        String text = prompt + "z".repeat(Math.min(1, body.path("max_tokens").asInt()));
        int from = echo ? 0 : prompt.length();
        ObjectNode choice = JSON.createObjectNode().put("index", index).put("text", text.substring(from));
        ObjectNode logprobs = choice.putObject("logprobs");
        ArrayNode likelihoods = logprobs.putArray("token_logprobs");
        ArrayNode best = logprobs.putArray("top_logprobs");
        ArrayNode offsets = logprobs.putArray("text_offset");
        for (int i = from; i < text.length(); i++) {
            double likelihood = -0.01 - Math.floorMod(text.substring(0, i + 1).hashCode(), 1000) / 250.0;
            if (i == 0) {
                likelihoods.addNull();
                best.addNull();
            } else {
                likelihoods.add(likelihood);
                best.addObject().put("q", -1.0);
            }
            offsets.add(i);
        }
        return choice;
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
