package dev.weighbridge.engines.triton;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.GenerationRequest.Sampling;
import dev.weighbridge.engines.openai.PlainText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes requests for text as a model wants them. */
final class Questions {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Inputs of Triton's vLLM backend and of TensorRT-LLM's models that ask for what is wanted of every answer. */
    private static final List<String> WISHES = List.of(
            "exclude_input_in_output", "return_finish_reason", "return_num_input_tokens", "return_num_output_tokens");

    private final Tensors tensors;
    private final Map<String, Object> body;
    private final boolean streamed;

    /**
     * @param body further fields of every request, which replace others; {@link Endpoint#OMITTED} takes one away
     * @param streamed whether the answer comes in pieces
     */
    Questions(Tensors tensors, Map<String, Object> body, boolean streamed) {
        this.tensors = tensors;
        this.body = body;
        this.streamed = streamed;
    }

    /**
     * A request for text.
     *
     * @throws EngineException of category BAD_REQUEST when the model has no input for how it wants its tokens chosen
     */
    Question question(GenerationRequest request) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(tensors.name(Field.TEXT_INPUT), request.prompt());
        if (tensors.has(Field.SAMPLING_PARAMETERS)) {
            fields.put(tensors.name(Field.SAMPLING_PARAMETERS), samplingParameters(request));
        } else {
            putSampling(fields, request);
        }
        put(fields, Field.STREAM, streamed);
        wishes().forEach(fields::put);
        body.forEach((name, value) -> {
            if (Endpoint.OMITTED.equals(value)) {
                fields.remove(name);
            } else {
                fields.put(name, value);
            }
        });
        return Question.of(tensors.model(), fields);
    }

    /** What the requests of a load say beside what its protocol has them say, and what they leave out. */
    Map<String, Object> endpointBody() {
        Map<String, Object> fields = new LinkedHashMap<>(wishes());
        if (!tensors.has(Field.SAMPLING_PARAMETERS)) {
            Map<String, Object> greedy = new LinkedHashMap<>();
            putGreedy(greedy);
            fields.put(tensors.name(Field.TEMPERATURE), Endpoint.OMITTED);
            fields.putAll(greedy);
        }
        if (!tensors.has(Field.STREAM)) {
            fields.put(tensors.name(Field.STREAM), Endpoint.OMITTED);
        }
        fields.putAll(body);
        return fields;
    }

    /** Which parts of a request the model has no input for, in a few words; empty when it has one for each. */
    String unheard() {
        if (tensors.has(Field.SAMPLING_PARAMETERS)) {
            return "";
        }
        List<String> missing = new ArrayList<>();
        for (Field field :
                List.of(Field.MAX_TOKENS, Field.TEMPERATURE, Field.TOP_K, Field.TOP_P, Field.SEED, Field.STOP)) {
            if (!tensors.has(field)) {
                missing.add(field.usual());
            }
        }
        return String.join(", ", missing);
    }

    private Map<String, Object> wishes() {
        Map<String, Object> wishes = new LinkedHashMap<>();
        for (String wish : WISHES) {
            tensors.model()
                    .input(wish)
                    .filter(tensor -> tensor.datatype().equals("BOOL"))
                    .ifPresent(tensor -> wishes.put(wish, true));
        }
        return wishes;
    }

    private void putSampling(Map<String, Object> fields, GenerationRequest request) {
        put(fields, Field.MAX_TOKENS, (long) request.maxTokens());
        Sampling sampling = request.sampling();
        if (sampling.greedy()) {
            putGreedy(fields);
        } else {
            require(Field.TEMPERATURE);
            put(fields, Field.TEMPERATURE, sampling.temperature());
            if (sampling.topK() > 0) {
                require(Field.TOP_K);
                put(fields, Field.TOP_K, (long) sampling.topK());
            }
            if (sampling.topP() < 1) {
                require(Field.TOP_P);
                put(fields, Field.TOP_P, sampling.topP());
            }
            Long seed = sampling.seed();
            if (seed != null) {
                put(fields, Field.SEED, seed);
            }
        }
        // Answers are cut at a stop text anyway; a server that knows them ends sooner.
        ModelDescription.Tensor stop = tensors.found().get(Field.STOP);
        if (!request.stop().isEmpty()
                && stop != null
                && stop.holds(request.stop().size())) {
            put(fields, Field.STOP, request.stop());
        }
    }

    /** The likeliest of one token is the likeliest at any temperature, and not every engine takes a temperature of zero. */
    private void putGreedy(Map<String, Object> fields) {
        if (tensors.has(Field.TOP_K)) {
            put(fields, Field.TOP_K, 1L);
        } else {
            put(fields, Field.TEMPERATURE, 0.0);
        }
    }

    private void put(Map<String, Object> fields, Field field, Object value) {
        if (tensors.has(field)) {
            fields.put(tensors.name(field), value);
        }
    }

    private void require(Field field) {
        if (!tensors.has(field)) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "model '" + PlainText.bounded(tensors.model().name(), 100) + "' has no input "
                            + field.usual() + ", so that its tokens cannot be drawn as asked. It has "
                            + tensors.model().told());
        }
    }

    private static String samplingParameters(GenerationRequest request) {
        Sampling sampling = request.sampling();
        ObjectNode parameters = JSON.createObjectNode()
                .put("max_tokens", request.maxTokens())
                .put("temperature", sampling.temperature())
                .put("top_p", sampling.topP());
        if (sampling.topK() > 0) {
            parameters.put("top_k", sampling.topK());
        }
        Long seed = sampling.seed();
        if (seed != null) {
            parameters.put("seed", seed.longValue());
        }
        if (!request.stop().isEmpty()) {
            ArrayNode stops = parameters.putArray("stop");
            request.stop().forEach(stops::add);
        }
        return parameters.toString();
    }
}
