package dev.weighbridge.core.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.core.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads prompts from a file of JSON lines. */
final class PromptLines {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MOST_BYTES = 1L << 30;

    private PromptLines() {}

    /**
     * All prompts of a file, in its order.
     *
     * @throws ConfigException naming the line, when one is not an object with that field as text
     */
    static List<String> read(Path file, String field) {
        List<String> prompts = new ArrayList<>();
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new ConfigException("prompt file " + file + " has " + Files.size(file) + " bytes, at most "
                        + MOST_BYTES + " are read");
            }
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                int number = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    if (!line.isBlank()) {
                        prompts.add(prompt(line, field, file + ":" + number));
                    }
                }
            }
        } catch (IOException e) {
            throw new ConfigException("prompt file " + file + " cannot be read: " + e);
        }
        if (prompts.isEmpty()) {
            throw new ConfigException("prompt file " + file + " is empty");
        }
        return prompts;
    }

    private static String prompt(String line, String field, String where) {
        JsonNode value;
        try {
            value = JSON.readTree(line).path(field);
        } catch (JsonProcessingException e) {
            throw new ConfigException(where + ": is no JSON: " + e.getOriginalMessage());
        }
        // Conversations are lists of turns; the first one is the prompt.
        JsonNode text = value.isArray() ? value.path(0) : value;
        if (!text.isTextual() || text.asText().isBlank()) {
            throw new ConfigException(where + ": has no text in field '" + field + "'");
        }
        return text.asText();
    }
}
