package dev.weighbridge.engines.triton;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.engines.openai.EventSubscriber;
import dev.weighbridge.engines.openai.HttpConnection;
import dev.weighbridge.engines.openai.LimitedBody;
import dev.weighbridge.engines.openai.PlainText;
import dev.weighbridge.engines.triton.ModelDescription.Tensor;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A server over HTTP. Format: KServe's open inference protocol, "Inference Protocol - HTTP/REST", and Triton's extensions of it for
 * generation ({@code generate_stream}) and for the model repository.
 */
final class HttpTransport implements Transport {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    /** Most bytes of a whole answer, and of one event. */
    static final int ANSWER_BYTES = 64 << 20;

    private final Endpoint endpoint;
    private final HttpConnection http;
    private final int most;

    /**
     * A server that nothing was asked of yet.
     *
     * @param patience longest time without a byte of a streamed answer, and longest time of any other answer
     * @param most bytes of a whole answer, and of one event
     */
    HttpTransport(Endpoint endpoint, Duration patience, int most) {
        this.endpoint = endpoint;
        this.most = most;
        http = new HttpConnection(endpoint, patience);
    }

    /** Path of a model's resources. */
    static String path(Model model) {
        String name = URLEncoder.encode(model.name(), StandardCharsets.UTF_8).replace("+", "%20");
        return "/v2/models/" + name + (model.version().isEmpty() ? "" : "/versions/" + model.version());
    }

    @Override
    public ServerDescription server() {
        JsonNode answer = json(get("/v2"));
        return new ServerDescription(
                answer.path("name").asText(""), answer.path("version").asText(""), texts(answer.path("extensions")));
    }

    @Override
    public boolean serverReady() {
        return ready("/v2/health/ready");
    }

    @Override
    public boolean modelReady(Model model) {
        return ready(path(model) + "/ready");
    }

    private boolean ready(String path) {
        HttpResponse<byte[]> response = http.send(get(path), LimitedBody.ofAtMost(most));
        return response.statusCode() == 200;
    }

    @Override
    public List<String> models() {
        byte[] wish = JSON.createObjectNode().put("ready", true).toString().getBytes(StandardCharsets.UTF_8);
        HttpResponse<byte[]> response = http.send(http.post("/v2/repository/index", wish), LimitedBody.ofAtMost(most));
        if (response.statusCode() != 200) {
            return List.of();
        }
        TreeSet<String> names = new TreeSet<>();
        tree(response.body()).forEach(model -> names.add(model.path("name").asText("")));
        return List.copyOf(names);
    }

    @Override
    public ModelDescription model(Model model) {
        JsonNode answer = json(get(path(model)));
        return new ModelDescription(
                answer.path("name").asText(model.name()),
                texts(answer.path("versions")),
                answer.path("platform").asText(""),
                tensors(answer.path("inputs")),
                tensors(answer.path("outputs")));
    }

    @Override
    public Responses ask(Model model, Question question, boolean streamed) {
        return streamed ? stream(model, question) : infer(model, question);
    }

    private Responses stream(Model model, Question question) {
        ObjectNode body = JSON.createObjectNode();
        question.fields().forEach((name, value) -> body.set(name, JSON.valueToTree(value)));
        HttpResponse<StreamedBody> response =
                http.send(post(path(model) + "/generate_stream", body), this::streamedBody);
        EventSubscriber events = response.body().events();
        if (events == null) {
            throw refusal(response.statusCode(), response.body().refusal());
        }
        return new Events(events);
    }

    private Responses infer(Model model, Question question) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode inputs = body.putArray("inputs");
        for (InputTensor tensor : question.inputs()) {
            ObjectNode input = inputs.addObject().put("name", tensor.name()).put("datatype", tensor.datatype());
            input.set("shape", JSON.valueToTree(tensor.shape()));
            input.set("data", JSON.valueToTree(tensor.values()));
        }
        if (!question.parameters().isEmpty()) {
            body.set("parameters", JSON.valueToTree(question.parameters()));
        }
        JsonNode answer = json(post(path(model) + "/infer", body));
        Map<String, Object> outputs = new HashMap<>();
        for (JsonNode output : answer.path("outputs")) {
            put(outputs, output.path("name").asText(""), output.path("data"));
        }
        if (outputs.isEmpty()) {
            throw http.malformed("answer: it has no outputs");
        }
        return new Single(new Response(outputs, true));
    }

    private BodySubscriber<StreamedBody> streamedBody(HttpResponse.ResponseInfo head) {
        if (head.statusCode() == 200) {
            return BodySubscribers.mapping(new EventSubscriber(most), events -> new StreamedBody(events, ""));
        }
        return BodySubscribers.mapping(
                LimitedBody.ofAtMost(most).apply(head),
                bytes -> new StreamedBody(null, new String(bytes, StandardCharsets.UTF_8)));
    }

    private HttpRequest get(String path) {
        return http.request(path).GET().build();
    }

    private HttpRequest post(String path, ObjectNode body) {
        return http.post(path, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode json(HttpRequest request) {
        HttpResponse<byte[]> response = http.send(request, LimitedBody.ofAtMost(most));
        if (response.statusCode() != 200) {
            throw refusal(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
        }
        JsonNode answer = tree(response.body());
        if (answer.hasNonNull("error")) {
            throw failed(answer.path("error").asText(""));
        }
        return answer;
    }

    private JsonNode tree(byte[] body) {
        try {
            // As text: of bytes the parser would guess the encoding.
            return JSON.readTree(new String(body, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw http.malformed("JSON: " + PlainText.bounded(new String(body, StandardCharsets.UTF_8), 200));
        }
    }

    /** Triton tells a failure before the first response as an event, although the status is that of an error. */
    private EngineException refusal(int status, String body) {
        String message = body.strip().replaceFirst("^data:", "");
        try {
            message = JSON.readTree(message).path("error").asText(message);
        } catch (JsonProcessingException e) {
            // Not every server answers an error with JSON; the text itself is then all there is to show.
            message = body;
        }
        boolean ours = status == 400 || status == 404 || status == 413 || status == 422 || status == 501;
        return new EngineException(
                ours ? Category.BAD_REQUEST : Category.FAILED,
                "the server at " + endpoint.base() + " answered HTTP " + status + ": "
                        + PlainText.bounded(message, 500));
    }

    private static EngineException failed(String message) {
        return new EngineException(
                Category.FAILED, "the model failed while it answered: " + PlainText.bounded(message, 500));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText("")));
        return texts;
    }

    private static List<Tensor> tensors(JsonNode array) {
        List<Tensor> tensors = new ArrayList<>();
        for (JsonNode tensor : array) {
            List<Long> shape = new ArrayList<>();
            tensor.path("shape").forEach(size -> shape.add(size.asLong()));
            tensors.add(new Tensor(
                    tensor.path("name").asText(""), tensor.path("datatype").asText(""), shape));
        }
        return tensors;
    }

    /** The first value of an output, which comes as it is or in an array. */
    private static void put(Map<String, Object> outputs, String name, JsonNode value) {
        JsonNode first = value;
        while (first.isArray()) {
            first = first.path(0);
        }
        if (first.isTextual()) {
            outputs.put(name, first.asText());
        } else if (first.isNumber()) {
            outputs.put(name, first.numberValue());
        } else if (first.isBoolean()) {
            outputs.put(name, first.asBoolean());
        }
    }

    @Override
    public void close() {}

    /**
     * Body of an answer that was asked to stream.
     *
     * @param events of an answer with status 200
     * @param refusal body of any other
     */
    private record StreamedBody(@Nullable EventSubscriber events, String refusal) {}

    /** The one response to a request that is not streamed. */
    static final class Single implements Responses {
        private @Nullable Response response;

        Single(Response response) {
            this.response = response;
        }

        @Override
        public @Nullable Response next() {
            Response next = response;
            response = null;
            return next;
        }

        @Override
        public void close() {}
    }

    /** Responses as events: no mark ends them, so that the answer is whole when its body ends as HTTP says. */
    private final class Events implements Responses {
        private final EventSubscriber events;
        private boolean whole;

        Events(EventSubscriber events) {
            this.events = events;
        }

        @Override
        public @Nullable Response next() {
            String data = http.next(events);
            if (data == null) {
                whole = true;
                return null;
            }
            JsonNode event;
            try {
                event = JSON.readTree(data);
            } catch (JsonProcessingException e) {
                throw http.malformed("event: " + PlainText.bounded(data, 200));
            }
            if (event.hasNonNull("error")) {
                throw failed(event.path("error").asText("no reason given"));
            }
            if (!event.isObject()) {
                throw http.malformed("event: " + PlainText.bounded(data, 200));
            }
            Map<String, Object> outputs = new HashMap<>();
            for (Iterator<String> names = event.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                put(outputs, name, event.get(name));
            }
            return new Response(outputs, false);
        }

        @Override
        public void close() {
            if (!whole) {
                events.cancel();
            }
        }
    }
}
