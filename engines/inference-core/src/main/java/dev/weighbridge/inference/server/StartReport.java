package dev.weighbridge.inference.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * What an engine process tells its parent once, when it serves or when it could not: one line of JSON, in a file that
 * appears whole.
 *
 * <pre>{@code
 * {"status":"ready","endpoint":"http://127.0.0.1:40123","process_id":17,"info":{…}}
 * {"status":"failed","category":"BAD_MODEL","message":"…"}
 * }</pre>
 */
public sealed interface StartReport {
    /**
     * The process serves.
     *
     * @param endpoint base address without a path
     * @param processId of the server
     * @param info of the engine it serves
     */
    record Ready(URI endpoint, long processId, EngineInfo info) implements StartReport {}

    /** The process could not start and ends. */
    record Failed(EngineException.Category category, String message) implements StartReport {}

    /** The report as one line without its end. */
    default String toJson() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        if (this instanceof Ready ready) {
            json.put("status", "ready")
                    .put("endpoint", ready.endpoint().toString())
                    .put("process_id", ready.processId())
                    .set("info", EngineInfoJson.write(ready.info()));
        } else if (this instanceof Failed failed) {
            json.put("status", "failed")
                    .put("category", failed.category().name())
                    .put("message", failed.message());
        }
        return json.toString();
    }

    /** Writes the report so that a reader sees all of it or no file. */
    default void writeTo(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, toJson() + "\n");
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads a report.
     *
     * @throws IOException when the file cannot be read or holds something else
     */
    static StartReport read(Path file) throws IOException {
        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        try {
            return switch (text(json, "status")) {
                case "ready" ->
                    new Ready(
                            URI.create(text(json, "endpoint")),
                            json.path("process_id").asLong(),
                            EngineInfoJson.read(json.path("info")));
                case "failed" ->
                    new Failed(EngineException.Category.valueOf(text(json, "category")), text(json, "message"));
                default -> throw new IllegalArgumentException("unknown status");
            };
        } catch (IllegalArgumentException e) {
            throw new IOException("start report " + file + " is malformed: " + e.getMessage(), e);
        }
    }

    private static String text(@Nullable JsonNode json, String field) {
        JsonNode value = json == null ? null : json.get(field);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException("field '" + field + "' is missing");
        }
        return value.asText();
    }
}
