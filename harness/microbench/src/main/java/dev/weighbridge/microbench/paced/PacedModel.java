package dev.weighbridge.microbench.paced;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is served in place of a model: a folder whose {@code config.json} says how many requests a second can be answered.
 *
 * @param name of its folder
 * @param requestsPerSecond capacity of the server
 */
record PacedModel(String name, double requestsPerSecond) {
    static final String CAPACITY = "requests_per_second";
    /** What is served in place of a token of a vocabulary. */
    static final String TOKEN = " tok";
    /** Most tokens of an answer. */
    static final int MOST_TOKENS = 4096;

    private static final double MOST_REQUESTS_PER_SECOND = 100_000;
    private static final double NANOS_PER_SECOND = 1e9;

    PacedModel {
        if (!(requestsPerSecond >= 0.01 && requestsPerSecond <= MOST_REQUESTS_PER_SECOND)) {
            throw new IllegalArgumentException(
                    CAPACITY + " must be between 0.01 and 100000, got: " + requestsPerSecond);
        }
    }

    /**
     * Reads a folder.
     *
     * @throws EngineException of category BAD_MODEL when it is not such a folder
     */
    static PacedModel read(Path folder) {
        Path file = folder.resolve("config.json");
        Path name = folder.getFileName();
        try {
            JsonNode capacity =
                    new ObjectMapper().readTree(Files.readString(file)).path(CAPACITY);
            if (!capacity.isNumber()) {
                throw bad(file, "has no number " + CAPACITY, null);
            }
            return new PacedModel(name == null ? "paced" : name.toString(), capacity.asDouble());
        } catch (JsonProcessingException e) {
            throw bad(file, "is not JSON", e);
        } catch (IOException e) {
            throw bad(file, "cannot be read", e);
        } catch (IllegalArgumentException e) {
            throw bad(file, "is refused: " + e.getMessage(), e);
        }
    }

    private static EngineException bad(Path file, String what, @Nullable Throwable cause) {
        return new EngineException(
                Category.BAD_MODEL, file + " " + what + ". Write {\"" + CAPACITY + "\": 400}, for example", cause);
    }

    /** A worker of this capacity. */
    VirtualWorker worker() {
        return new VirtualWorker(Math.round(NANOS_PER_SECOND / requestsPerSecond));
    }

    /** Tokens of a prompt; there being no vocabulary, one for each four characters, as an answer has. */
    static int promptTokens(String prompt) {
        return Math.max(1, (prompt.length() + TOKEN.length() - 1) / TOKEN.length());
    }
}
