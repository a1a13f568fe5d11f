package dev.weighbridge.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.weighbridge.gateway.cache.CacheSettings;
import dev.weighbridge.gateway.guard.GuardChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway does, as a YAML file: {@code guards}, which is {@code standard} or the fields of a {@link GuardChain}, and
 * {@code cache}, which is {@code standard} or the fields of {@link CacheSettings}. Guards are asked first, so that a cache sees what they let through.
 *
 * @param stages in the order in which they are asked
 */
public record GatewayFile(List<Stage> stages) {
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final TypeReference<LinkedHashMap<String, Object>> FIELDS = new TypeReference<>() {};
    private static final Set<String> KNOWN = Set.of("cache", "guards");
    private static final int LARGEST = 1 << 20;

    public GatewayFile {
        stages = List.copyOf(stages);
    }

    /**
     * Reads a file.
     *
     * @param environment value of an environment variable, or {@code null}; usually {@code System::getenv}
     * @throws IllegalArgumentException when it cannot be read, has a field that is unknown or a value that is wrong
     */
    public static GatewayFile read(Path file, UnaryOperator<@Nullable String> environment) {
        Map<String, Object> fields = known(file);
        List<Stage> stages = new ArrayList<>();
        Object guards = fields.get("guards");
        if (guards != null) {
            stages.add(new GuardStage(guards(file, guards, environment)));
        }
        Object cache = fields.get("cache");
        if (cache != null) {
            stages.add(new CacheStage(cache(file, cache)));
        }
        if (stages.isEmpty()) {
            throw new IllegalArgumentException(file + " asks for nothing. Name one of " + KNOWN + ".");
        }
        return new GatewayFile(stages);
    }

    /**
     * Reads the guards of a file alone.
     *
     * @param environment value of an environment variable, or {@code null}; usually {@code System::getenv}
     * @throws IllegalArgumentException as {@link #read}, and when the file has none
     */
    public static GuardChain guards(Path file, UnaryOperator<@Nullable String> environment) {
        Object guards = known(file).get("guards");
        if (guards == null) {
            throw new IllegalArgumentException(file + " has no guards. Name some in its field 'guards'.");
        }
        return guards(file, guards, environment);
    }

    private static CacheSettings cache(Path file, Object cache) {
        return cache.equals("standard")
                ? CacheSettings.standard()
                : CacheSettings.of(map(file, "cache", cache), folder(file));
    }

    private static Path folder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? Path.of("") : folder;
    }

    /** The fields of a file, all of which are known. */
    private static Map<String, Object> known(Path file) {
        Map<String, Object> fields = fields(file);
        for (String name : fields.keySet()) {
            if (!KNOWN.contains(name)) {
                throw new IllegalArgumentException(
                        file + " has a field '" + name + "' that is not known. It can have " + KNOWN + ".");
            }
        }
        return fields;
    }

    private static GuardChain guards(Path file, Object guards, UnaryOperator<@Nullable String> environment) {
        if (guards.equals("standard")) {
            return GuardChain.standard();
        }
        Map<String, Object> fields = map(file, "guards", guards);
        return GuardChain.of(fields, folder(file), environment);
    }

    private static Map<String, Object> map(Path file, String name, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(
                    file + ": '" + name + "' must be standard, or fields of its own, got: " + value);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((key, own) -> fields.put(String.valueOf(key), own));
        return fields;
    }

    private static Map<String, Object> fields(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new IllegalArgumentException(
                        file + " has " + Files.size(file) + " bytes; at most " + LARGEST + " are read");
            }
            Map<String, Object> fields = YAML.readValue(Files.readString(file), FIELDS);
            return fields == null ? Map.of() : fields;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no YAML of fields: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e, e);
        }
    }

    /** Name and settings of the stages in short. */
    public String id() {
        return String.join("+", stages.stream().map(Stage::id).toList());
    }

    /** Everything that the stages' behaviour depends on, as a line of text. */
    public String description() {
        return String.join("; ", stages.stream().map(Stage::description).toList());
    }
}
