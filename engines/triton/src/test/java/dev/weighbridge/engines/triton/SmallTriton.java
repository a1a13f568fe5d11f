package dev.weighbridge.engines.triton;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server of one model over both protocols, with the bytes that Triton 2.51 was seen to send. The model draws letters from a prompt, one
 * a token; over gRPC it cuts each in the middle of its bytes. Quirks: {@code not-ready}, {@code model-not-ready}, {@code two-models},
 * {@code plain} (a server that is not Triton), {@code vllm} (takes its sampling as one JSON object), {@code uncounted}, {@code renamed}.
 */
final class SmallTriton implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] LETTERS = {"a", "b", "\u00e9", "\u4e2d", "\uD83D\uDE00", "z"};

    private final Set<String> quirks;
    private final HttpServer http;
    private final GrpcServer grpc;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Map<String, Object>> asked = new ArrayList<>();

    SmallTriton(String... quirks) throws IOException {
        this(0, 0, quirks);
    }

    SmallTriton(int httpPort, int grpcPort, String... quirks) throws IOException {
        this.quirks = Set.of(quirks);
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), httpPort), 0);
        http.setExecutor(threads);
        http.createContext("/", this::serve);
        http.start();
        grpc = new GrpcServer(grpcPort)
                .answering("ServerLive", GrpcServer.message(1, true))
                .answering("ServerReady", GrpcServer.message(1, !has("not-ready")))
                .answering("ModelReady", GrpcServer.message(1, !has("model-not-ready")))
                .answering("ServerMetadata", GrpcServer.message(1, name(), 2, "2.51.0", 3, "statistics"))
                .answering("RepositoryIndex", GrpcServer.message(1, GrpcServer.message(1, "small", 2, "1", 3, "READY")))
                .on("ModelMetadata", (request, answers) -> {
                    if (!text(GrpcServer.fields(request), 1).equals("small")) {
                        return Status.NOT_FOUND.withDescription("Request for unknown model");
                    }
                    answers.send(metadata());
                    return Status.OK;
                })
                .on("ModelInfer", (request, answers) -> {
                    answers.send(response(
                            String.join("", tokens(fields(request))),
                            tokens(fields(request)).size(),
                            true));
                    return Status.OK;
                })
                .on("ModelStreamInfer", this::stream);
    }

    String httpAddress() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    String grpcAddress() {
        return grpc.address();
    }

    /** What the last request said, by names of fields. */
    synchronized Map<String, Object> lastAsked() {
        return asked.get(asked.size() - 1);
    }

    private boolean has(String quirk) {
        return quirks.contains(quirk);
    }

    private String name() {
        return has("plain") ? "other" : "triton";
    }

    /** Names, datatypes and shapes of inputs. */
    private Map<String, String> inputs() {
        Map<String, String> inputs = new LinkedHashMap<>();
        inputs.put(has("renamed") ? "PROMPT" : "text_input", "BYTES 1");
        inputs.put("stream", "BOOL 1");
        if (has("vllm")) {
            inputs.put("sampling_parameters", "BYTES 1");
            inputs.put("exclude_input_in_output", "BOOL 1");
            inputs.put("return_num_output_tokens", "BOOL 1");
        } else {
            inputs.put(has("renamed") ? "LENGTH" : "max_tokens", "INT32 1");
            inputs.put("temperature", "FP32 1");
            inputs.put("top_k", "INT32 1");
            inputs.put("random_seed", "UINT64 1");
            inputs.put("stop_words", "BYTES -1");
        }
        return inputs;
    }

    private Map<String, String> outputs() {
        Map<String, String> outputs = new LinkedHashMap<>();
        outputs.put(has("renamed") ? "ANSWER" : "text_output", "BYTES 1");
        if (!has("uncounted")) {
            outputs.put("num_input_tokens", "UINT32 1");
            outputs.put("num_output_tokens", "UINT32 1");
        }
        return outputs;
    }

    private List<String> tokens(Map<String, Object> fields) {
        synchronized (this) {
            asked.add(fields);
        }
        String prompt = String.valueOf(fields.get(has("renamed") ? "PROMPT" : "text_input"));
        long most = 4;
        long seed = 0;
        if (has("vllm")) {
            try {
                most = JSON.readTree(String.valueOf(fields.get("sampling_parameters")))
                        .path("max_tokens")
                        .asLong();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        } else {
            most = ((Number) fields.get(has("renamed") ? "LENGTH" : "max_tokens")).longValue();
            boolean greedy = fields.get("top_k") instanceof Number k && k.intValue() == 1;
            seed = greedy ? 0 : ((Number) fields.getOrDefault("random_seed", 1L)).longValue();
        }
        Random random = new Random(prompt.hashCode() * 31L + seed);
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            tokens.add(LETTERS[random.nextInt(LETTERS.length)]);
        }
        return tokens;
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] request = exchange.getRequestBody().readAllBytes();
        switch (path) {
            case "/v2/health/ready" -> send(exchange, has("not-ready") ? 400 : 200, "");
            case "/v2" -> send(exchange, 200, "{\"name\":\"" + name() + "\",\"version\":\"2.51.0\",\"extensions\":[]}");
            case "/v2/models/small/ready" -> send(exchange, has("model-not-ready") ? 400 : 200, "");
            case "/v2/models/small", "/v2/models/small/versions/2" -> send(exchange, 200, model().toString());
            case "/v2/repository/index" ->
                send(
                        exchange,
                        200,
                        has("two-models")
                                ? "[{\"name\":\"small\"},{\"name\":\"large\"}]"
                                : "[{\"name\":\"small\",\"version\":\"1\",\"state\":\"READY\"}]");
            case "/v2/models/small/generate_stream" -> generate(exchange, fields(JSON.readTree(request)));
            case "/v2/models/small/infer" -> infer(exchange, JSON.readTree(request));
            default -> send(exchange, 404, "{\"error\":\"Request for unknown model: '" + path + "' is not found\"}");
        }
    }

    private ObjectNode model() {
        ObjectNode model = JSON.createObjectNode().put("name", "small").put("platform", "python");
        model.putArray("versions").add("1");
        Map.of("inputs", inputs(), "outputs", outputs()).forEach((kind, tensors) -> {
            var array = model.putArray(kind);
            tensors.forEach((name, described) -> array.addObject()
                    .put("name", name)
                    .put("datatype", described.split(" ", -1)[0])
                    .putArray("shape")
                    .add(Integer.parseInt(described.split(" ", -1)[1])));
        });
        return model;
    }

    private static Map<String, Object> fields(JsonNode body) {
        Map<String, Object> fields = new LinkedHashMap<>();
        body.properties().forEach(field -> fields.put(field.getKey(), value(field.getValue())));
        return fields;
    }

    private static Object value(JsonNode node) {
        if (node.isArray()) {
            List<Object> values = new ArrayList<>();
            node.forEach(one -> values.add(value(one)));
            return values;
        }
        return node.isTextual() ? node.asText() : node.isBoolean() ? (Object) node.asBoolean() : node.numberValue();
    }

    private void generate(HttpExchange exchange, Map<String, Object> fields) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            for (String token : tokens(fields)) {
                ObjectNode event =
                        JSON.createObjectNode().put("model_name", "small").put("model_version", "1");
                if (!has("uncounted")) {
                    event.put("num_input_tokens", 3).put("num_output_tokens", 1);
                }
                event.put(has("renamed") ? "ANSWER" : "text_output", token);
                body.write(("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
                body.flush();
            }
        }
    }

    private void infer(HttpExchange exchange, JsonNode request) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (JsonNode input : request.path("inputs")) {
            fields.put(input.path("name").asText(), value(input.path("data").path(0)));
        }
        List<String> tokens = tokens(fields);
        ObjectNode answer = JSON.createObjectNode().put("model_name", "small");
        var outputs = answer.putArray("outputs");
        ObjectNode text = outputs.addObject().put("name", "text_output").put("datatype", "BYTES");
        text.putArray("shape").add(1);
        text.putArray("data").add(String.join("", tokens));
        ObjectNode count = outputs.addObject().put("name", "num_output_tokens").put("datatype", "UINT32");
        count.putArray("data").add(tokens.size());
        send(exchange, 200, answer.toString());
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private byte[] metadata() {
        List<Object> fields = new ArrayList<>(List.of(1, "small", 2, "1", 3, "python"));
        inputs().forEach((name, described) -> fields.addAll(List.of(4, tensor(name, described))));
        outputs().forEach((name, described) -> fields.addAll(List.of(5, tensor(name, described))));
        return GrpcServer.message(fields.toArray());
    }

    private static byte[] tensor(String name, String described) {
        String[] parts = described.split(" ", -1);
        return GrpcServer.message(1, name, 2, parts[0], 3, Long.parseLong(parts[1]));
    }

    private Status stream(byte[] request, GrpcServer.Answers answers) throws InterruptedException {
        for (String token : tokens(fields(request))) {
            byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
            int half = bytes.length / 2;
            answers.send(streamed(java.util.Arrays.copyOf(bytes, half), 0));
            answers.send(streamed(java.util.Arrays.copyOfRange(bytes, half, bytes.length), 1));
        }
        // As Triton says that nothing follows.
        answers.send(GrpcServer.message(
                2,
                GrpcServer.message(
                        1,
                        "small",
                        4,
                        GrpcServer.message(1, "triton_final_response", 2, GrpcServer.message(1, true)))));
        return Status.OK;
    }

    private byte[] streamed(byte[] text, int tokens) {
        return GrpcServer.message(2, response(text, tokens, false));
    }

    private byte[] response(String text, int tokens, boolean typed) {
        return typed
                ? GrpcServer.message(
                        1,
                        "small",
                        5,
                        GrpcServer.message(1, "text_output", 2, "BYTES", 3, 1, 5, GrpcServer.message(8, text)),
                        5,
                        GrpcServer.message(1, "num_output_tokens", 2, "UINT32", 3, 1, 5, GrpcServer.message(4, tokens)))
                : response(text.getBytes(StandardCharsets.UTF_8), tokens, false);
    }

    private byte[] response(byte[] text, int tokens, boolean last) {
        byte[] contents = ByteBuffer.allocate(4 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(text.length)
                .put(text)
                .array();
        byte[] count = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(tokens)
                .array();
        return GrpcServer.message(
                1,
                "small",
                4,
                GrpcServer.message(1, "triton_final_response", 2, GrpcServer.message(1, last)),
                5,
                GrpcServer.message(1, has("renamed") ? "ANSWER" : "text_output", 2, "BYTES", 3, 1),
                5,
                GrpcServer.message(1, has("uncounted") ? "unrelated" : "num_output_tokens", 2, "UINT32", 3, 1),
                6,
                contents,
                6,
                count);
    }

    /** Values of the first element of each input of a ModelInferRequest, and its parameters. */
    private static Map<String, Object> fields(byte[] request) {
        Map<String, Object> fields = new LinkedHashMap<>();
        UnknownFieldSet message = GrpcServer.fields(request);
        for (ByteString input : message.getField(5).getLengthDelimitedList()) {
            UnknownFieldSet tensor = GrpcServer.fields(input.toByteArray());
            UnknownFieldSet contents = GrpcServer.fields(
                    tensor.getField(5).getLengthDelimitedList().get(0).toByteArray());
            fields.put(text(tensor, 1), contents(text(tensor, 2), contents));
        }
        return fields;
    }

    private static Object contents(String datatype, UnknownFieldSet contents) {
        return switch (datatype) {
            case "BOOL" -> contents.getField(1).getVarintList().get(0) != 0;
            case "INT32" -> contents.getField(2).getVarintList().get(0);
            case "UINT64" -> contents.getField(5).getVarintList().get(0);
            case "FP32" ->
                Float.intBitsToFloat(contents.getField(6).getFixed32List().get(0));
            default -> {
                List<String> texts = contents.getField(8).getLengthDelimitedList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList();
                yield texts.size() == 1 ? texts.get(0) : texts;
            }
        };
    }

    static String text(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
    }

    @Override
    public void close() {
        grpc.close();
        http.stop(0);
        threads.shutdownNow();
    }
}
