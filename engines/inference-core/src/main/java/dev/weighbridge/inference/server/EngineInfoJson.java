package dev.weighbridge.inference.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.Precision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The JSON form of an {@link EngineInfo}, in {@code /health} and in start reports. */
final class EngineInfoJson {
    private EngineInfoJson() {}

    static ObjectNode write(EngineInfo info) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("engine", info.engineId())
                .put("version", info.version())
                .put("device", info.device())
                .put("precision", info.precision().id())
                .put("model", info.modelName())
                .put("context_length", info.contextLength());
        ObjectNode details = json.putObject("details");
        new TreeMap<>(info.details()).forEach(details::put);
        return json;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException when the precision is none of ours
     */
    static EngineInfo read(JsonNode json) {
        Map<String, String> details = new LinkedHashMap<>();
        json.path("details")
                .properties()
                .forEach(
                        detail -> details.put(detail.getKey(), detail.getValue().asText()));
        return new EngineInfo(
                json.path("engine").asText(),
                json.path("version").asText(),
                json.path("device").asText(),
                Precision.of(json.path("precision").asText()),
                json.path("model").asText(),
                json.path("context_length").asInt(),
                details);
    }
}
