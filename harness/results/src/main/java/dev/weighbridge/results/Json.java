package dev.weighbridge.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The JSON of the result files: snake-case names, absent instead of null, stable order, unknown fields refused. */
public final class Json {
    private static final JsonMapper LINES = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .build();
    private static final JsonMapper PRETTY =
            LINES.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /** The value as one line without a line end. */
    public static String line(Object value) {
        return write(LINES, value);
    }

    /** The value as indented text that ends with a line end. */
    public static String pretty(Object value) {
        return write(PRETTY, value) + "\n";
    }

    /**
     * Reads a value from text.
     *
     * @throws InvalidResultException when the text is not that type's JSON; {@code where} names it in the message
     */
    public static <T> T read(String text, Class<T> type, String where) {
        try {
            return LINES.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw invalid(where, type, e);
        }
    }

    /**
     * Reads a value from a file.
     *
     * @throws InvalidResultException when the file is missing or is not that type's JSON
     */
    public static <T> T read(Path file, Class<T> type) {
        try {
            return read(Files.readString(file), type, file.toString());
        } catch (IOException e) {
            throw new InvalidResultException(file + " cannot be read: " + e, e);
        }
    }

    /**
     * Reads values one after the other, without holding more than one of them.
     *
     * @throws InvalidResultException when one of them is not that type's JSON, or the stream ends amid one; {@code where}
     *     names it in the message
     */
    static <T> void readEach(InputStream stream, Class<T> type, String where, Consumer<T> sink) throws IOException {
        try (MappingIterator<T> values = LINES.readerFor(type).readValues(stream)) {
            while (values.hasNextValue()) {
                sink.accept(values.nextValue());
            }
        } catch (JsonProcessingException e) {
            throw invalid(where, type, e);
        }
    }

    private static InvalidResultException invalid(String where, Class<?> type, JsonProcessingException e) {
        return new InvalidResultException(
                where + " is not a valid " + type.getSimpleName() + ": " + e.getOriginalMessage()
                        + ". It was written by another version or was damaged.",
                e);
    }

    private static String write(JsonMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new InvalidResultException("cannot write " + value.getClass().getSimpleName() + " as JSON: " + e, e);
        }
    }
}
