package dev.weighbridge.inference.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weighbridge.inference.model.BadModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON objects of a checkpoint: no key twice, nothing after the end, a bounded size. */
final class StrictJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /**
     * Reads a file that must be there.
     *
     * @param most bytes that it may have
     */
    static JsonNode read(Path file, long most) {
        try {
            if (!Files.isRegularFile(file)) {
                throw BadModel.because(file + " does not exist. Give the folder of a Hugging Face checkpoint.");
            }
            long size = Files.size(file);
            if (size > most) {
                throw BadModel.because(file + " has " + size + " bytes, at most " + most + " are read.");
            }
            return parse(Files.readAllBytes(file), file, "it");
        } catch (IOException e) {
            throw BadModel.because(file + " cannot be read: " + e, e);
        }
    }

    /**
     * Parses bytes of a file.
     *
     * @param part of the file that they are, for messages
     */
    static JsonNode parse(byte[] bytes, Path file, String part) {
        JsonNode json;
        try {
            json = MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw BadModel.because(
                    file + " is damaged: " + part + " is not valid JSON: "
                            + BadModel.shown(String.valueOf(e.getOriginalMessage())) + ". Copy it again.",
                    e);
        } catch (IOException e) {
            throw BadModel.because(file + " cannot be read: " + e, e);
        }
        if (!json.isObject()) {
            throw BadModel.because(file + " is damaged: " + part + " is not a JSON object. Copy it again.");
        }
        return json;
    }
}
